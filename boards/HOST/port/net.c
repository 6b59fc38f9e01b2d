#define _GNU_SOURCE

#include "port/net.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "port/events.h"
#include "port/hardware.h"

// CONFIG_LWIP_MAX_SOCKETS of our ESP32 board; MEMP_NUM_TCP_PCB of the ESP8266's lwIP.
#define ESP32_SOCKET_MAX (24)
#define ESP8266_SOCKET_MAX (5)

// The send buffer of one connection: CONFIG_LWIP_TCP_SND_BUF_DEFAULT; two segments on the ESP8266.
#define ESP32_SEND_MAX (5760)
#define ESP8266_SEND_MAX (2 * 1460)

static unsigned open_sockets;

static bool is_esp8266(void) {
    return hardware.registers->profile == PROFILE_ESP8266;
}

bool net_has_free_socket(void) {
    return open_sockets < (is_esp8266() ? ESP8266_SOCKET_MAX : ESP32_SOCKET_MAX);
}

int net_open(int type, int protocol) {
    if (!net_has_free_socket()) {
        errno = is_esp8266() ? ENOMEM : ENFILE;
        return -1;
    }
    int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (fd >= 0) {
        open_sockets++;
        events_add(fd);
    }
    return fd;
}

void net_close(int fd) {
    close(fd);
    open_sockets--;
}

int net_accept(int fd, struct sockaddr_in *peer) {
    if (!net_has_free_socket()) {
        errno = EAGAIN;
        return -1;
    }
    socklen_t length = sizeof(*peer);
    int accepted = accept4(fd, (struct sockaddr *)peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted >= 0) {
        open_sockets++;
        events_add(accepted);
    }
    return accepted;
}

ssize_t net_send(int fd, int type, const void *data, size_t length,
                 const struct sockaddr_in *peer) {
    size_t most = is_esp8266() ? ESP8266_SEND_MAX : ESP32_SEND_MAX;
    if (type == SOCK_STREAM && length > most) {
        length = most;
    }
    return sendto(fd, data, length, MSG_NOSIGNAL, (const struct sockaddr *)peer,
                  peer == NULL ? 0 : sizeof(*peer));
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
