// Time, and what interrupts the program at a certain time.
//
// There are two clocks. The computer's; and the fast one, which stands still while the program
// computes, passes by a microsecond each time that somebody looks at it, and jumps to the next
// thing that is due when the program waits. A program that computes for a second of processor time
// without a look at the clock is moved on by a second, lest it wait for a timer for ever.

#ifndef HOST_PORT_CLOCK_H
#define HOST_PORT_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "port/list.h"

// Something that interrupts at a certain time. All zero but for the ring when it is not set.
typedef struct alarm {
    list_t ring;
    int64_t due_us;
    // An interrupt handler: it allocates nothing and waits for nothing. It may set the alarm again.
    void (*run)(struct alarm *self);
} alarm_t;

// Set by whoever has sent something: an answer may come soon.
extern bool clock_network_was_used;

void clock_init(void);

// Microseconds, from an unknown point on.
int64_t clock_us(void);

// The same for interrupt handlers: not a look that takes time.
int64_t clock_now_us(void);

// To be called once before an alarm is used.
void alarm_init(alarm_t *alarm, void (*run)(alarm_t *self));
void alarm_set(alarm_t *alarm, int64_t due_us);
void alarm_clear(alarm_t *alarm);

// Makes happen what is due: an interrupt handler.
void clock_interrupt(void);

// The circuit or the clock has been changed from outside.
void clock_rearm(void);

// Sleeps until something happens, at most timeout_ms; negative: for ever.
void clock_wait(int timeout_ms);

#endif
