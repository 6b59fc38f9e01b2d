// machine.Timer for other modules.

#ifndef HOST_PORT_MACHINE_TIMER_H
#define HOST_PORT_MACHINE_TIMER_H

#include "py/obj.h"

extern const mp_obj_type_t machine_timer_type;

// Soft reset: no timer runs any more.
void machine_timer_deinit_all(void);

#endif
