// The port defines __assert in its own way; picolibc declares it in another.
#define __assert libc_assert
#include_next <assert.h>
#undef __assert
