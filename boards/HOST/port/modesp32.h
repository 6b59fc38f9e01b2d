#ifndef HOST_PORT_MODESP32_H
#define HOST_PORT_MODESP32_H

#include "chip/esp_err.h"
#include "py/obj.h"

extern const mp_obj_type_t esp32_partition_type;

// Raises OSError(-error, name) as MicroPython's ESP32 port does, unless error is ESP_OK.
void check_esp_err(esp_err_t error);

#endif
