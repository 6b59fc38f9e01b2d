#define _GNU_SOURCE

#include "port/net.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "port/clock.h"
#include "port/hardware.h"
#include "port/readiness.h"

// CONFIG_LWIP_MAX_SOCKETS of our ESP32 board; MEMP_NUM_TCP_PCB of the ESP8266's lwIP.
#define ESP32_SOCKET_MAX (24)
#define ESP8266_SOCKET_MAX (5)

// The send buffer of one connection: CONFIG_LWIP_TCP_SND_BUF_DEFAULT; two segments on the ESP8266.
#define ESP32_SEND_MAX (5760)
#define ESP8266_SEND_MAX (2 * 1460)

static unsigned open_sockets;
static int listening[READINESS_FD_MAX];
static unsigned listening_count;

static bool is_esp8266(void) {
    return hardware.registers->profile == PROFILE_ESP8266;
}

static unsigned socket_max(void) {
    unsigned chosen = hardware.registers->socket_max;
    return chosen != 0 ? chosen : is_esp8266() ? ESP8266_SOCKET_MAX : ESP32_SOCKET_MAX;
}

bool net_has_free_socket(void) {
    return open_sockets < socket_max();
}

// A socket of the computer's becomes one of the chip's. Returns it, or -1 with errno.
static int take(int fd) {
    if (fd >= 0 && !readiness_add(fd)) {
        int error = errno;
        close(fd);
        errno = error;
        fd = -1;
    }
    open_sockets += fd >= 0;
    return fd;
}

// A call that needs `bit` has failed.
static void note_failure(int fd, unsigned bit) {
    if (errno == EAGAIN) {
        readiness_used_up(fd, bit);
    } else if (errno != EINTR && fd >= 0) {
        readiness_forget(fd);
    }
}

int net_open(int type, int protocol) {
    if (!net_has_free_socket()) {
        errno = is_esp8266() ? ENOMEM : ENFILE;
        return -1;
    }
    return take(socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
}

void net_close(int fd) {
    bool was_full = !net_has_free_socket();
    readiness_remove(fd);
    close(fd);
    open_sockets--;
    for (unsigned i = 0; i < listening_count; i++) {
        if (listening[i] == fd) {
            listening[i--] = listening[--listening_count];
        } else if (was_full) {
            // Whoever waits in the backlog can be served now.
            readiness_tell(listening[i]);
        }
    }
}

int net_bind(int fd, const struct sockaddr_in *address) {
    const radio_access_point_t *point = &hardware.registers->radio.access_point;
    struct sockaddr_in own = *address;
    if (point->is_on && memcmp(&own.sin_addr, point->ip.address, 4) == 0) {
        own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    return bind(fd, (const struct sockaddr *)&own, sizeof(own));
}

int net_listen(int fd, int backlog) {
    if (listen(fd, backlog) != 0) {
        return -1;
    }
    readiness_forget(fd);
    for (unsigned i = 0; i < listening_count; i++) {
        if (listening[i] == fd) {
            return 0;
        }
    }
    listening[listening_count++] = fd;
    return 0;
}

int net_connect(int fd, const struct sockaddr_in *peer) {
    clock_network_was_used = true;
    int result = connect(fd, (const struct sockaddr *)peer, sizeof(*peer));
    if (fd >= 0) {
        readiness_forget(fd);
    }
    return result;
}

int net_error(int fd) {
    int error;
    socklen_t length = sizeof(error);
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) {
        return errno;
    }
    if (error != 0) {
        readiness_forget(fd);
    }
    return error;
}

int net_accept(int fd, struct sockaddr_in *peer) {
    if (fd >= 0 && !net_has_free_socket()) {
        errno = EAGAIN;
        return -1;
    }
    socklen_t length = sizeof(*peer);
    int accepted = accept4(fd, (struct sockaddr *)peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted < 0) {
        note_failure(fd, POLLIN);
        return -1;
    }
    readiness_doubt(fd, POLLIN);
    return take(accepted);
}

ssize_t net_receive(int fd, int type, void *buffer, size_t size, struct sockaddr_in *peer) {
    socklen_t length = sizeof(*peer);
    ssize_t received =
        recvfrom(fd, buffer, size, 0, (struct sockaddr *)peer, peer == NULL ? NULL : &length);
    if (received < 0) {
        note_failure(fd, POLLIN);
    } else if (type != SOCK_STREAM || (size_t)received == size) {
        readiness_doubt(fd, POLLIN);
    } else if (received != 0) {
        readiness_ran_short(fd, POLLIN);
    }
    return received;
}

ssize_t net_send(int fd, int type, const void *data, size_t length,
                 const struct sockaddr_in *peer) {
    size_t most = is_esp8266() ? ESP8266_SEND_MAX : ESP32_SEND_MAX;
    if (type == SOCK_STREAM && length > most) {
        length = most;
    }
    clock_network_was_used = true;
    ssize_t sent = sendto(fd, data, length, MSG_NOSIGNAL, (const struct sockaddr *)peer,
                          peer == NULL ? 0 : sizeof(*peer));
    if (sent < 0) {
        note_failure(fd, POLLOUT);
    } else if ((size_t)sent < length) {
        readiness_ran_short(fd, POLLOUT);
    }
    return sent;
}

int net_set_option(int fd, int option, int value) {
    int level = SOL_SOCKET;
    switch (option) {
    case NET_SO_REUSEADDR:
        option = SO_REUSEADDR;
        break;
    case NET_SO_KEEPALIVE:
        option = SO_KEEPALIVE;
        break;
    case NET_SO_BROADCAST:
        option = SO_BROADCAST;
        break;
    case NET_TCP_NODELAY:
        level = IPPROTO_TCP;
        option = TCP_NODELAY;
        break;
    default:
        errno = EINVAL;
        return -1;
    }
    return setsockopt(fd, level, option, &value, sizeof(value));
}

int net_join_group(int fd, const uint8_t addresses[8]) {
    struct ip_mreq request;
    memcpy(&request.imr_multiaddr, addresses, 4);
    memcpy(&request.imr_interface, addresses + 4, 4);
    return setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof(request));
}
