// What ends a sleep, besides time.

#ifndef HOST_PORT_WAKE_H
#define HOST_PORT_WAKE_H

#include "py/obj.h"

#if !HOST_ESP8266_NAMES
MP_DECLARE_CONST_FUN_OBJ_KW(esp32_wake_on_ext0_obj);
MP_DECLARE_CONST_FUN_OBJ_KW(esp32_wake_on_ext1_obj);
#endif

#endif
