// Interrupts and waiting for them.
//
// The processor sleeps until an edge comes: bytes on the console, news on a socket (readiness.h),
// or a signal. An edge that comes before it falls asleep is not lost; it wakes at once.

#ifndef HOST_PORT_EVENTS_H
#define HOST_PORT_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

// What interrupts, bits.
enum event {
    EVENT_INTERRUPT = 1, // Ctrl-C
    EVENT_STOP = 2,
    EVENT_CLOCK = 4,   // something is due
    EVENT_COMMAND = 8, // the control channel has a command
};

void events_init(void);

// Interrupts the program, as soon as interrupts are not held.
void events_raise(uint32_t events);
bool events_are_held(void);

// True when a signal has come since the last time somebody asked.
bool events_take_signalled(void);

// Tells the boot loader that there is an answer.
void events_tell_answer(void);

// True once the boot loader has asked for the end (SIGTERM).
bool events_stop_requested(void);

#endif
