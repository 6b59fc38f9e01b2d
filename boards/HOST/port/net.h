// The computer's network with the chip's limit on open sockets.
//
// All sockets are non-blocking underneath; waiting is the caller's. Errors come back as -1 with
// errno set. What a socket is ready for is known to readiness.h, which every call here keeps right.

#ifndef HOST_PORT_NET_H
#define HOST_PORT_NET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/types.h>

// Option numbers that programs use: lwIP's.
enum {
    NET_SOL_SOCKET = 0xfff,
    NET_SO_REUSEADDR = 0x4,
    NET_SO_KEEPALIVE = 0x8,
    NET_SO_BROADCAST = 0x20,
    NET_TCP_NODELAY = 0x1,
    NET_IP_ADD_MEMBERSHIP = 0x3,
};

// Fails with ENFILE (ESP32) or ENOMEM (ESP8266) when the chip has no more sockets.
int net_open(int type, int protocol);
void net_close(int fd);

// The address of the chip's access point is this computer's loopback.
int net_bind(int fd, const struct sockaddr_in *address);
int net_listen(int fd, int backlog);
int net_connect(int fd, const struct sockaddr_in *peer);

// The error of a connection attempt that has ended, 0 if it went well. Clears it.
int net_error(int fd);

// Connections that the chip has no socket for stay in the backlog (EAGAIN).
int net_accept(int fd, struct sockaddr_in *peer);

// True when the chip could open another socket.
bool net_has_free_socket(void);

// Receives; *peer is the sender unless peer is NULL. Returns the number of bytes, 0 at the end of a
// stream.
ssize_t net_receive(int fd, int type, void *buffer, size_t size, struct sockaddr_in *peer);

// Sends, to the peer when that is not NULL. As with lwIP's send buffer, a stream takes only so much
// at a time. Returns the number of bytes taken.
ssize_t net_send(int fd, int type, const void *data, size_t length, const struct sockaddr_in *peer);

// Sets an option by its lwIP number. EINVAL: there is no such option here.
int net_set_option(int fd, int option, int value);

// Joins a multicast group. addresses: group and interface, four bytes each.
int net_join_group(int fd, const uint8_t addresses[8]);

#endif
