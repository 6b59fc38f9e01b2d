// The machine module's part in resets.

#ifndef HOST_PORT_MODMACHINE_H
#define HOST_PORT_MODMACHINE_H

#include "py/obj.h"

extern const mp_obj_type_t machine_rtc_type;

// To be called on a soft reset: it becomes the reset cause.
void machine_deinit(void);

// On an ESP8266: after how many milliseconds ALARM0 ends deep sleep; 0: it does not.
uint32_t machine_rtc_alarm_ms(void);

#endif
