// The machine module's types.

#ifndef LX106_PORT_MODMACHINE_H
#define LX106_PORT_MODMACHINE_H

#include "py/obj.h"

extern const mp_obj_type_t machine_rtc_type;

#endif
