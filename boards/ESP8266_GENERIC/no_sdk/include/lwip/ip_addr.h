// For lwIP 1.4 MicroPython brings this name itself.
#include_next <lwip/ip_addr.h>
#undef IPADDR_STRLEN_MAX
