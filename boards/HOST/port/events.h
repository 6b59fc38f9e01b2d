// Interrupts and waiting for them.
//
// The processor sleeps until an edge comes: bytes on the console, news on a socket (readiness.h),
// or a signal. An edge that comes before it falls asleep is not lost; it wakes at once.

#ifndef HOST_PORT_EVENTS_H
#define HOST_PORT_EVENTS_H

#include <stdbool.h>

void events_init(void);

// True once the boot loader has asked for the end (SIGTERM).
bool events_stop_requested(void);

#endif
