// What MicroPython's core asks of the hardware. Implemented in console.c, events.c and timer.c.

#include <errno.h>
#include <stdint.h>
#include <sys/types.h>

#include "py/obj.h"
#include "py/ringbuf.h"
#include "shared/runtime/interrupt_char.h"

// Bytes that the console has received; the size of the ESP32's.
extern ringbuf_t stdin_ringbuf;

// Sleeps until something happens, at most timeout_ms; negative: for ever.
void mp_hal_wait_for_event(int timeout_ms);
#define MICROPY_INTERNAL_WFE(TIMEOUT_MS) mp_hal_wait_for_event((int)(TIMEOUT_MS))

#define mp_hal_ticks_cpu() mp_hal_ticks_us()

// Holds interrupts, which are signals here, until the matching release. Sections may be nested.
uint32_t mp_hal_hold_interrupts(void);
void mp_hal_release_interrupts(uint32_t state);
#define MICROPY_BEGIN_ATOMIC_SECTION() mp_hal_hold_interrupts()
#define MICROPY_END_ATOMIC_SECTION(state) mp_hal_release_interrupts(state)

// Pins, by number: port/machine_pin.h and port/pin.h.
#define mp_hal_pin_obj_t unsigned
#define mp_hal_get_pin_obj(ID) machine_pin_number(ID)
#define mp_hal_pin_read(PIN) pin_read(PIN)
#define mp_hal_pin_write(PIN, LEVEL) pin_write(PIN, LEVEL)
int pin_read(unsigned pin);
void pin_write(unsigned pin, int level);
unsigned machine_pin_number(mp_obj_t id);
