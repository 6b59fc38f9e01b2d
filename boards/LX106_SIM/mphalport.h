// What MicroPython's core asks of the hardware. Implemented in port/console.c and port/timer.c.

#include <errno.h>
#include <stdint.h>

#include "py/ringbuf.h"
#include "shared/runtime/interrupt_char.h"

// Bytes that the console has received.
extern ringbuf_t stdin_ringbuf;

// Sleeps until something happens at the far end or on the console, at most timeout_ms; negative:
// as long as the clock allows. May return early.
void mp_hal_wait_for_event(int timeout_ms);
#define MICROPY_INTERNAL_WFE(TIMEOUT_MS) mp_hal_wait_for_event((int)(TIMEOUT_MS))

// There are no interrupts.
#define MICROPY_BEGIN_ATOMIC_SECTION() (0)
#define MICROPY_END_ATOMIC_SECTION(state) (void)(state)
