// The part of POSIX that HOST's socket module uses.

#ifndef LX106_POLL_H
#define LX106_POLL_H

#define POLLIN 1
#define POLLOUT 4
#define POLLERR 8
#define POLLHUP 16

#endif
