// The serial port that other programs open: a pseudo-terminal.

#ifndef HOST_LOADER_PTY_H
#define HOST_LOADER_PTY_H

#include <stdbool.h>

typedef struct {
    int master;     // non-blocking
    int slave;      // kept open, so that the port outlives who uses it
    int watch;      // inotify: who opens and closes the port; -1 when the system has none
    int open_count; // how many have it open, ourselves not counted
    char name[64];
    const char *link; // NULL: none
} pty_t;

// Opens a port in raw mode. link: path of a symbolic link to it, or NULL. Returns false with errno.
bool pty_open(pty_t *pty, const char *link);

// To be called when `watch` is readable. Returns true when somebody has the port open.
bool pty_update(pty_t *pty);

// Removes the link.
void pty_close(pty_t *pty);

#endif
