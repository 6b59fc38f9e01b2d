// The part of POSIX that HOST's socket module uses; port/net.c has the functions.

#ifndef LX106_SYS_SOCKET_H
#define LX106_SYS_SOCKET_H

#include <netinet/in.h>
#include <sys/types.h>

#define AF_INET 2
#define SOCK_STREAM 1
#define SOCK_DGRAM 2

typedef uint32_t socklen_t;

struct sockaddr;

int bind(int fd, const struct sockaddr *address, socklen_t length);

#endif
