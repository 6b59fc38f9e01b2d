// What HOST adds to the network module; included by extmod/modnetwork.c.

#ifndef HOST_PORT_MODNETWORK_H
#define HOST_PORT_MODNETWORK_H

#include "chip/radio.h"
#include "py/obj.h"
#include "py/runtime.h"

// Numbers that differ between the chips.
#if HOST_NETWORK_ESP8266
#define STAT_IDLE (0)
#define STAT_CONNECTING (1)
#define STAT_WRONG_PASSWORD (2)
#define STAT_NO_AP_FOUND (3)
#define STAT_CONNECT_FAIL (4)
#define STAT_GOT_IP (5)
#else
#define STAT_IDLE (1000)
#define STAT_CONNECTING (1001)
#define STAT_WRONG_PASSWORD (RADIO_REASON_AUTH_FAIL)
#define STAT_NO_AP_FOUND (RADIO_REASON_NO_AP_FOUND)
#define STAT_CONNECT_FAIL (203)
#define STAT_GOT_IP (1010)
#endif

typedef struct {
    mp_obj_base_t base;
    uint8_t interface; // MOD_NETWORK_STA_IF, MOD_NETWORK_AP_IF
} network_wlan_obj_t;

extern const mp_obj_type_t network_wlan_type;

// The chip's radio as it is now; the second one says in which air, too.
radio_t *network_radio(void);
radio_t *network_radio_in(air_t *air);

bool network_is_station(mp_obj_t self);

// Raise OSError: the interface is the other one; message.
void network_require(mp_obj_t self, bool station);
_Noreturn void network_fail(mp_rom_error_text_t message);

// Copies str or bytes, cut to size; what is left is zero. Returns the length.
uint8_t network_take_text(mp_obj_t value, void *text, size_t size);

MP_DECLARE_CONST_FUN_OBJ_KW(network_config_obj);
MP_DECLARE_CONST_FUN_OBJ_VAR_BETWEEN(network_ifconfig_obj);
MP_DECLARE_CONST_FUN_OBJ_KW(network_nic_ipconfig_obj);
MP_DECLARE_CONST_FUN_OBJ_KW(network_ipconfig_obj);
MP_DECLARE_CONST_FUN_OBJ_VAR_BETWEEN(network_phy_mode_obj);

#endif
