// The chip has lwIP 1.4, Debian the headers of 2.1. MicroPython asks which it is.
#include_next <lwip/init.h>
#undef LWIP_VERSION_MAJOR
#define LWIP_VERSION_MAJOR 1
#undef LWIP_VERSION_MINOR
#define LWIP_VERSION_MINOR 4
#undef LWIP_VERSION_REVISION
#define LWIP_VERSION_REVISION 0
