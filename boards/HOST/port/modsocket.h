// What the socket module and its objects share: addresses, (host, port) tuples as with lwIP.

#ifndef HOST_PORT_MODSOCKET_H
#define HOST_PORT_MODSOCKET_H

#include <netinet/in.h>

#include "py/obj.h"

extern const mp_obj_type_t socket_type;

// Looks the name up; raises OSError with getaddrinfo()'s negative number when there is no such
// host. type: SOCK_STREAM, SOCK_DGRAM.
struct sockaddr_in socket_address_from(mp_obj_t tuple, int type);

mp_obj_t socket_address_tuple(struct sockaddr_in *address);

#endif
