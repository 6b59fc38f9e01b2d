// For other modules in C: a field of a `Head` where it lies, without an object of it.

#ifndef HTTPTOK_LEND_H
#define HTTPTOK_LEND_H

#include "py/obj.h"

#include "httptok.h"

// The value of the first field in `slot`, as far as the buffer of `head` stays; *len is 0 where the
// field is absent or the head is not complete. NULL: `head` is no Head.
const uint8_t *httptok_lend(mp_obj_t head, size_t slot, size_t *len);

#endif
