// The name in lwIP 1.4.
#include <lwip/priv/tcp_priv.h>
