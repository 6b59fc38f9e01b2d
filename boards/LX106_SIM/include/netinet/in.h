// The part of POSIX that HOST's socket module uses; port/net.c has the functions.

#ifndef LX106_NETINET_IN_H
#define LX106_NETINET_IN_H

#include <stdint.h>

#define IPPROTO_IP 0
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17

struct in_addr {
    uint32_t s_addr;
};

// As it goes to the far end: family, port and address, the last two in network order.
struct sockaddr_in {
    uint16_t sin_family;
    uint16_t sin_port;
    struct in_addr sin_addr;
};

static inline uint16_t ntohs(uint16_t number) {
    return (uint16_t)(number << 8 | number >> 8);
}

#endif
