// Sockets at the far end, in the form in which HOST's socket module asks for them.

#include "port/net.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "port/far_end.h"
#include "port/readiness.h"

// MEMP_NUM_TCP_PCB of the ESP8266's lwIP, and its send buffer: two segments.
#define SOCKETS_MAX (5)
#define SEND_MAX (2 * 1460)

// EAI_NONAME, as lwIP has it.
#define NO_SUCH_NAME (-2)

static unsigned open_sockets;

// The result of a call, as POSIX has it.
static int posix(int result) {
    if (result < 0) {
        errno = -result;
        return -1;
    }
    return result;
}

static int call(enum far_operation operation, int fd, int argument) {
    return posix(far_call(operation, fd, argument, NULL, 0, NULL, 0));
}

static int call_with(enum far_operation operation, int fd, const void *data, size_t length) {
    return posix(far_call(operation, fd, 0, data, length, NULL, 0));
}

bool net_has_free_socket(void) {
    return open_sockets < SOCKETS_MAX;
}

int net_open(int type, int protocol) {
    (void)protocol;
    if (!net_has_free_socket()) {
        errno = ENOMEM;
        return -1;
    }
    int fd = call(FAR_OPEN, 0, type);
    if (fd >= 0) {
        open_sockets++;
    }
    return fd;
}

void net_close(int fd) {
    call(FAR_CLOSE, fd, 0);
    open_sockets--;
}

int net_accept(int fd, struct sockaddr_in *peer) {
    if (!net_has_free_socket()) {
        errno = EAGAIN;
        return -1;
    }
    int accepted = posix(far_call(FAR_ACCEPT, fd, 0, NULL, 0, peer, sizeof(*peer)));
    if (accepted >= 0) {
        open_sockets++;
    }
    return accepted;
}

ssize_t net_send(int fd, int type, const void *data, size_t length,
                 const struct sockaddr_in *peer) {
    if (length > SEND_MAX) {
        if (type != SOCK_STREAM) {
            errno = EMSGSIZE;
            return -1;
        }
        length = SEND_MAX;
    }
    if (peer == NULL) {
        return call_with(FAR_SEND, fd, data, length);
    }
    static uint8_t datagram[sizeof(*peer) + SEND_MAX];
    memcpy(datagram, peer, sizeof(*peer));
    memcpy(datagram + sizeof(*peer), data, length);
    return call_with(FAR_SEND_TO, fd, datagram, sizeof(*peer) + length);
}

int net_set_option(int fd, int option, int value) {
    switch (option) {
    case NET_SO_REUSEADDR:
    case NET_SO_KEEPALIVE:
    case NET_SO_BROADCAST:
    case NET_TCP_NODELAY:
        return posix(far_call(FAR_OPTION, fd, option, &value, sizeof(value), NULL, 0));
    default:
        errno = EINVAL;
        return -1;
    }
}

int net_join_group(int fd, const uint8_t addresses[8]) {
    return posix(far_call(FAR_OPTION, fd, NET_IP_ADD_MEMBERSHIP, addresses, 8, NULL, 0));
}

int bind(int fd, const struct sockaddr *address, socklen_t length) {
    return call_with(FAR_BIND, fd, address, length);
}

int net_bind(int fd, const struct sockaddr_in *address) {
    return bind(fd, (const struct sockaddr *)address, sizeof(*address));
}

int net_listen(int fd, int backlog) {
    return call(FAR_LISTEN, fd, backlog);
}

int net_connect(int fd, const struct sockaddr_in *peer) {
    return call_with(FAR_CONNECT, fd, peer, sizeof(*peer));
}

int net_error(int fd) {
    return call(FAR_ERROR, fd, 0);
}

ssize_t net_receive(int fd, int type, void *buffer, size_t size, struct sockaddr_in *peer) {
    (void)type;
    if (peer == NULL) {
        return posix(far_call(FAR_RECEIVE, fd, (int)size, NULL, 0, buffer, size));
    }
    static uint8_t datagram[sizeof(*peer) + SEND_MAX];
    if (size > SEND_MAX) {
        size = SEND_MAX;
    }
    int count =
        posix(far_call(FAR_RECEIVE_FROM, fd, (int)size, NULL, 0, datagram, sizeof(datagram)));
    if (count >= 0) {
        memcpy(peer, datagram, sizeof(*peer));
        memcpy(buffer, datagram + sizeof(*peer), (size_t)count);
    }
    return count;
}

unsigned readiness_get(int fd, unsigned wanted) {
    return (unsigned)call(FAR_POLL, fd, (int)wanted);
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **result) {
    // One at a time: the caller copies it and gives it back.
    static struct sockaddr_in address;
    static struct addrinfo entry;
    if (far_call(FAR_RESOLVE, 0, 0, host, strlen(host), &address, sizeof(address)) < 0) {
        return NO_SUCH_NAME;
    }
    uint16_t port = 0;
    for (; *service != '\0'; service++) {
        port = (uint16_t)(10 * port + (*service - '0'));
    }
    address.sin_port = ntohs(port);
    entry = *hints;
    entry.ai_addr = &address;
    *result = &entry;
    return 0;
}

void freeaddrinfo(struct addrinfo *result) {
    (void)result;
}
