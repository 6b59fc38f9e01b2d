// The port's part of the os module; included by extmod/modos.c.

#include <sys/random.h>

#include "py/mphal.h"

static mp_obj_t mp_os_urandom(mp_obj_t count) {
    vstr_t bytes;
    vstr_init_len(&bytes, mp_obj_get_int(count));
    size_t done = 0;
    while (done < bytes.len) {
        // Longer requests than 256 bytes may be cut short by a signal.
        ssize_t length = getrandom(bytes.buf + done, bytes.len - done, 0);
        if (length > 0) {
            done += (size_t)length;
        } else if (errno != EINTR) {
            mp_raise_OSError(errno);
        }
    }
    return mp_obj_new_bytes_from_vstr(&bytes);
}
static MP_DEFINE_CONST_FUN_OBJ_1(mp_os_urandom_obj, mp_os_urandom);
