// The part of POSIX that HOST's socket module uses; port/net.c has the functions.

#ifndef LX106_POLL_H
#define LX106_POLL_H

#define POLLIN 1
#define POLLOUT 4
#define POLLERR 8
#define POLLHUP 16

struct pollfd {
    int fd;
    short events;
    short revents;
};

// One descriptor, without waiting.
int poll(struct pollfd *descriptors, unsigned count, int timeout_ms);

#endif
