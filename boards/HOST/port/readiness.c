#define _GNU_SOURCE

#include "port/readiness.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>

// As many descriptors can tell their news in one system call.
#define BATCH_SIZE (32)

#define ALL_BITS (POLLIN | POLLPRI | POLLOUT | POLLRDHUP | POLLERR | POLLHUP)
#define ALWAYS_WANTED (POLLERR | POLLHUP)
// With one of these a read that runs short may have stopped before the end of the stream, or before
// a byte out of band, and not because there was no more.
#define STOPS_READ (POLLPRI | POLLRDHUP | POLLERR | POLLHUP)

typedef struct {
    uint16_t known;   // bits that are set
    uint16_t doubted; // bits that the system has to be asked for
    list_t listeners;
} descriptor_t;

static int epoll_fd;
static descriptor_t descriptors[READINESS_FD_MAX];

void readiness_init(void) {
    _Static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT && EPOLLPRI == POLLPRI, "one alphabet");
    _Static_assert(EPOLLERR == POLLERR && EPOLLHUP == POLLHUP, "one alphabet");
    _Static_assert(EPOLLRDHUP == POLLRDHUP, "one alphabet");
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_fd < 0) {
        abort();
    }
    for (int fd = 0; fd < READINESS_FD_MAX; fd++) {
        list_init(&descriptors[fd].listeners);
    }
}

void readiness_tell(int fd) {
    list_t *ring = &descriptors[fd].listeners;
    for (list_t *node = ring->next; node != ring;) {
        listener_t *listener = LIST_OWNER(node, listener_t, ring);
        node = node->next;
        listener->news(listener);
    }
}

bool readiness_add(int fd) {
    if (fd >= READINESS_FD_MAX) {
        errno = EMFILE;
        return false;
    }
    // What it is ready for already comes as its first edge.
    descriptors[fd].known = descriptors[fd].doubted = 0;
    struct epoll_event event = {
        .events = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET,
        .data.fd = fd,
    };
    return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

// Closing it takes it out of the epoll.
void readiness_remove(int fd) {
    list_t *ring = &descriptors[fd].listeners;
    while (!list_is_empty(ring)) {
        listener_t *listener = LIST_OWNER(ring->next, listener_t, ring);
        list_remove(&listener->ring);
        listener->fd = -1;
        listener->news(listener);
    }
}

static void ask_system(int fd) {
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN | POLLPRI | POLLOUT | POLLRDHUP};
    descriptors[fd].known = poll(&poll_fd, 1, 0) > 0 ? (uint16_t)poll_fd.revents : 0;
    descriptors[fd].doubted = 0;
}

unsigned readiness_get(int fd, unsigned wanted) {
    wanted |= ALWAYS_WANTED;
    if (descriptors[fd].doubted & wanted) {
        ask_system(fd);
    }
    return descriptors[fd].known & wanted;
}

bool readiness_is_possible(int fd, unsigned wanted) {
    return (descriptors[fd].known | descriptors[fd].doubted) & (wanted | ALWAYS_WANTED);
}

void readiness_used_up(int fd, unsigned bits) {
    descriptors[fd].known &= (uint16_t)~bits;
    descriptors[fd].doubted &= (uint16_t)~bits;
}

void readiness_ran_short(int fd, unsigned bits) {
    if (descriptors[fd].known & STOPS_READ) {
        readiness_doubt(fd, bits);
    } else {
        readiness_used_up(fd, bits);
    }
}

void readiness_doubt(int fd, unsigned bits) {
    descriptors[fd].doubted |= (uint16_t)bits;
    readiness_tell(fd);
}

void readiness_forget(int fd) {
    readiness_doubt(fd, ALL_BITS);
}

int readiness_wait(int timeout_ms) {
    struct epoll_event events[BATCH_SIZE];
    int count = epoll_wait(epoll_fd, events, BATCH_SIZE, timeout_ms);
    for (int i = 0; i < count; i++) {
        descriptor_t *descriptor = &descriptors[events[i].data.fd];
        descriptor->known = (uint16_t)events[i].events;
        descriptor->doubted = 0;
        readiness_tell(events[i].data.fd);
    }
    return count;
}

void readiness_listen(listener_t *listener, int fd) {
    listener->fd = fd;
    list_append(&descriptors[fd].listeners, &listener->ring);
}

void readiness_unlisten(listener_t *listener) {
    list_remove(&listener->ring);
}
