// The far end: a program on the computer that has the sockets, the clock and the random numbers.
//
// Each call is a request and its answer over one descriptor. A request is {operation, length of the
// data, handle, argument} and the data; an answer {result, length of the data} and the data; all
// numbers are little-endian, see the structures in far_end.c. A result below zero is an errno.

#ifndef LX106_PORT_FAR_END_H
#define LX106_PORT_FAR_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum far_operation {
    FAR_OPEN = 1,          // argument: SOCK_…; result: handle
    FAR_CLOSE = 2,         //
    FAR_BIND = 3,          // data: address
    FAR_LISTEN = 4,        // argument: backlog
    FAR_ACCEPT = 5,        // result: handle; answer: address
    FAR_CONNECT = 6,       // data: address
    FAR_SEND = 7,          // data; result: bytes taken
    FAR_SEND_TO = 8,       // data: address and datagram; result: bytes taken
    FAR_RECEIVE = 9,       // argument: size; answer: data
    FAR_RECEIVE_FROM = 10, // argument: size; answer: address and datagram
    FAR_OPTION = 11,       // argument: number; data: value
    FAR_POLL = 12,         // argument: events; result: events
    FAR_ERROR = 13,        // result: how connecting ended, 0 or an errno that is not negative
    FAR_RESOLVE = 14,      // data: name; answer: address
    FAR_WAIT = 15,   // argument: milliseconds, -1 for ever; result: milliseconds that have passed
    FAR_TIME = 16,   // answer: microseconds since 2000, 64 bits
    FAR_RANDOM = 17, // argument: size; answer: that many random bytes
    FAR_RESET = 18,  // argument: enum reset_cause; data: milliseconds to sleep before
    FAR_MARK = 19,   // data: a label for what was counted so far
};

// Result, or -ENODEV when there is no far end. The answer's data goes to answer, cut to its size.
int far_call(enum far_operation operation, int handle, int argument, const void *data,
             size_t length, void *answer, size_t size);

bool far_end_is_there(void);

#endif
