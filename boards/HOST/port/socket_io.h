// The operations of a socket object that may have to wait.
//
// Callbacks of the program run while they do, and may close the socket.

#ifndef HOST_PORT_SOCKET_IO_H
#define HOST_PORT_SOCKET_IO_H

#include <netinet/in.h>

#include "py/obj.h"

#define SOCKET_WAITS_FOREVER (-1)

typedef struct {
    mp_obj_base_t base;
    int fd;         // -1 once closed
    int timeout_ms; // SOCKET_WAITS_FOREVER: blocking, 0: non-blocking
    bool listening;
    uint8_t type; // SOCK_STREAM, SOCK_DGRAM
} socket_obj_t;

// What the socket is ready for, out of flags. Makes a system call only when there is doubt.
mp_uint_t socket_io_poll(const socket_obj_t *self, uintptr_t flags);

// Returns a descriptor, or -1 with *error set.
int socket_io_accept(const socket_obj_t *self, struct sockaddr_in *peer, int *error);

// Returns an errno, 0 for a connection that stands.
int socket_io_connect(const socket_obj_t *self, const struct sockaddr_in *peer);

// Return the number of bytes, or MP_STREAM_ERROR with *error set. peer may be NULL.
mp_uint_t socket_io_receive(const socket_obj_t *self, void *buffer, size_t size,
                            struct sockaddr_in *peer, int *error);
mp_uint_t socket_io_send(const socket_obj_t *self, const void *buffer, size_t size,
                         const struct sockaddr_in *peer, int *error);

#endif
