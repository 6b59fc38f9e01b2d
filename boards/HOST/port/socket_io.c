#include "port/socket_io.h"

#include <poll.h>
#include <sys/socket.h>

#include "port/net.h"
#include "port/readiness.h"
#include "py/mperrno.h"
#include "py/mphal.h"
#include "py/runtime.h"
#include "py/stream.h"

mp_uint_t socket_io_poll(const socket_obj_t *self, uintptr_t flags) {
    // MicroPython's flags have the values of POSIX.
    MP_STATIC_ASSERT(MP_STREAM_POLL_RD == POLLIN && MP_STREAM_POLL_WR == POLLOUT);
    MP_STATIC_ASSERT(MP_STREAM_POLL_ERR == POLLERR && MP_STREAM_POLL_HUP == POLLHUP);
    if (self->fd < 0) {
        return MP_STREAM_POLL_NVAL;
    }
    flags &= POLLIN | POLLOUT;
    if (self->listening && !net_has_free_socket()) {
        // Whoever waits in the backlog has to wait for a socket.
        flags &= ~(uintptr_t)POLLIN;
    }
    return readiness_get(self->fd, (unsigned)flags);
}

// 0 without a timeout, where nobody looks at the clock.
static int64_t start_of_wait(const socket_obj_t *self) {
    return self->timeout_ms > 0 ? (int64_t)mp_hal_ticks_ms() : 0;
}

// The operation would block. Returns true to try it again, after something has happened; false,
// with *error set, when the time is up. flags: what the operation needs.
static bool wait_to_retry(const socket_obj_t *self, uintptr_t flags, int64_t start, int *error) {
    int left = SOCKET_WAITS_FOREVER;
    if (self->timeout_ms == 0) {
        *error = MP_EAGAIN;
        return false;
    }
    if (self->timeout_ms != SOCKET_WAITS_FOREVER) {
        left = (int)(start + self->timeout_ms - (int64_t)mp_hal_ticks_ms());
        if (left <= 0) {
            *error = MP_ETIMEDOUT;
            return false;
        }
    }
    // Callbacks run here. One that sleeps may be told the news that we wait for.
    mp_event_handle_nowait();
    if (socket_io_poll(self, flags) == 0) {
        mp_hal_wait_for_event(left);
    }
    return true;
}

// A system call failed. Returns true to try it again, else *error says why not.
static bool may_retry(const socket_obj_t *self, uintptr_t flags, int64_t start, int *error) {
    if (errno == EINTR) {
        mp_handle_pending(true);
        return true;
    }
    if (errno == EAGAIN) {
        return wait_to_retry(self, flags, start, error);
    }
    *error = errno;
    return false;
}

int socket_io_accept(const socket_obj_t *self, struct sockaddr_in *peer, int *error) {
    int64_t start = start_of_wait(self);
    for (;;) {
        int fd = net_accept(self->fd, peer);
        if (fd >= 0 || !may_retry(self, POLLIN, start, error)) {
            return fd;
        }
    }
}

// Waits for the end of a connection attempt. Returns its errno.
static int finish_connect(const socket_obj_t *self) {
    int64_t start = start_of_wait(self);
    while (socket_io_poll(self, POLLOUT) == 0) {
        int error;
        if (!wait_to_retry(self, POLLOUT, start, &error)) {
            return error;
        }
    }
    return net_error(self->fd);
}

int socket_io_connect(const socket_obj_t *self, const struct sockaddr_in *peer) {
    if (net_connect(self->fd, peer) == 0) {
        return 0;
    }
    if (errno != EINPROGRESS || self->timeout_ms == 0) {
        return errno;
    }
    return finish_connect(self);
}

mp_uint_t socket_io_receive(const socket_obj_t *self, void *buffer, size_t size,
                            struct sockaddr_in *peer, int *error) {
    int64_t start = start_of_wait(self);
    for (;;) {
        ssize_t received = net_receive(self->fd, self->type, buffer, size, peer);
        if (received >= 0) {
            return (mp_uint_t)received;
        }
        if (!may_retry(self, POLLIN, start, error)) {
            return MP_STREAM_ERROR;
        }
    }
}

mp_uint_t socket_io_send(const socket_obj_t *self, const void *buffer, size_t size,
                         const struct sockaddr_in *peer, int *error) {
    int64_t start = start_of_wait(self);
    for (;;) {
        ssize_t sent = net_send(self->fd, self->type, buffer, size, peer);
        if (sent >= 0) {
            return (mp_uint_t)sent;
        }
        if (!may_retry(self, POLLOUT, start, error)) {
            return MP_STREAM_ERROR;
        }
    }
}
