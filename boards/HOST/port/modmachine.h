// The machine module's part in resets.

#ifndef HOST_PORT_MODMACHINE_H
#define HOST_PORT_MODMACHINE_H

#include "py/obj.h"

extern const mp_obj_type_t machine_rtc_type;

// To be called on a soft reset: it becomes the reset cause.
void machine_deinit(void);

#endif
