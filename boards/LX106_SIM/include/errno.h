// MicroPython's programs know Linux's number, which is the far end's too.
#include_next <errno.h>
#undef EINPROGRESS
#define EINPROGRESS 115
