// What each open descriptor is ready for, known without asking the system.
//
// An edge-triggered epoll takes the part of the interrupt line. What it reports is kept, as an
// interrupt-driven driver keeps it, until reads and writes have used it up:
//
//   an edge                         says all that is true of its descriptor at that moment
//   a read or write would block     the bit is gone until the next edge
//   it moved less than it could     the same, unless the end of the stream may lie behind
//   anything else that takes        the bit is in doubt; whoever wants to know has poll(2) called
//
// So nobody is told that a descriptor is ready when it is not, and data that is left unread is not
// forgotten. POLLOUT alone is believed for as long as writes fit.
//
// Bits are those of poll(2). POLLERR and POLLHUP are always wanted.

#ifndef HOST_PORT_READINESS_H
#define HOST_PORT_READINESS_H

#include <stdbool.h>

#include "port/list.h"

// A descriptor's number is below this.
#define READINESS_FD_MAX (1024)

// Somebody who wants to hear of news: edges, doubt, and the end of the descriptor.
typedef struct listener {
    list_t ring;
    int fd; // -1 once the descriptor is closed
    void (*news)(struct listener *self);
} listener_t;

void readiness_init(void);

// Takes an open, non-blocking descriptor. Returns false, with errno set, if there are too many.
bool readiness_add(int fd);

// To be called before the descriptor is closed.
void readiness_remove(int fd);

// Those of the wanted bits that are set.
unsigned readiness_get(int fd, unsigned wanted);

// False: readiness_get() would say 0, and would not have to ask the system.
bool readiness_is_possible(int fd, unsigned wanted);

// A read or write would have blocked.
void readiness_used_up(int fd, unsigned bits);

// A read or write of a stream has moved something, but less than it could.
void readiness_ran_short(int fd, unsigned bits);

// A read has taken something, and nothing is known of what is behind it.
void readiness_doubt(int fd, unsigned bits);

// Nothing is known any more: after listen(), connect(), and errors, which reading clears.
void readiness_forget(int fd);

// Has the listeners told without news, when something else stood in the descriptor's way.
void readiness_tell(int fd);

// Sleeps until an edge comes, at most timeout_ms; negative: for ever. Returns how many descriptors
// had one; less than 1 when there was none, or a signal came.
int readiness_wait(int timeout_ms);

// listener->news() is called from readiness_wait() and from the functions above.
void readiness_listen(listener_t *listener, int fd);
void readiness_unlisten(listener_t *listener);

#endif
