// The name in lwIP 1.4.
#include <lwip/timeouts.h>
