// machine.Pin for other modules.

#ifndef HOST_PORT_MACHINE_PIN_H
#define HOST_PORT_MACHINE_PIN_H

#include "py/obj.h"

extern const mp_obj_type_t machine_pin_type;

// The number of a pin, given as a Pin or an int. Raises ValueError if there is none.
unsigned machine_pin_number(mp_obj_t id);

// Soft reset: no pin has a handler any more.
void machine_pin_deinit_all(void);

// irq(wake=…) of an ESP32: the pin wakes from the sleeps that are the bits of `sleeps`. Raises
// ValueError.
void machine_pin_wake(unsigned pin, bool level, mp_obj_t sleeps);

#endif
