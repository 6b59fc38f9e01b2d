// The part of POSIX that HOST's socket module uses; port/net.c has the functions.

#ifndef LX106_SYS_SOCKET_H
#define LX106_SYS_SOCKET_H

#include <netinet/in.h>
#include <sys/types.h>

#define AF_INET 2
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOL_SOCKET 1
#define SO_ERROR 4

typedef uint32_t socklen_t;

struct sockaddr;

int bind(int fd, const struct sockaddr *address, socklen_t length);
int listen(int fd, int backlog);
int connect(int fd, const struct sockaddr *address, socklen_t length);
ssize_t recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *peer,
                 socklen_t *length);

// SO_ERROR alone.
int getsockopt(int fd, int level, int option, void *value, socklen_t *length);

#endif
