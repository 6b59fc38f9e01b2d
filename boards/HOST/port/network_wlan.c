// network.WLAN, over the simulated air. Numbers, keys and errors are the ESP32's in the 64-bit
// firmware and the ESP8266's in the 32-bit one, as each of MicroPython's ports has them.

#include <string.h>

#include "py/runtime.h"
#include "extmod/modnetwork.h"
#include "port/hardware.h"
#include "port/modnetwork.h"
#include "py/mphal.h"
#include "py/objlist.h"
#include "shared/netutils/netutils.h"

static const network_wlan_obj_t wlan_station = {{&network_wlan_type}, MOD_NETWORK_STA_IF};
static const network_wlan_obj_t wlan_access_point = {{&network_wlan_type}, MOD_NETWORK_AP_IF};

radio_t *network_radio_in(air_t *air) {
    radio_t *radio = &hardware.registers->radio;
    air_read(&hardware.registers->air, air);
    radio_update(radio, air, (uint32_t)mp_hal_ticks_ms());
    return radio;
}

radio_t *network_radio(void) {
    air_t air;
    return network_radio_in(&air);
}

_Noreturn void network_fail(mp_rom_error_text_t message) {
    mp_raise_msg(&mp_type_OSError, message);
}

bool network_is_station(mp_obj_t self_in) {
    const network_wlan_obj_t *self = MP_OBJ_TO_PTR(self_in);
    return self->interface == MOD_NETWORK_STA_IF;
}

void network_require(mp_obj_t self_in, bool station) {
    if (network_is_station(self_in) != station) {
        network_fail(station ? MP_ERROR_TEXT("STA required") : MP_ERROR_TEXT("AP required"));
    }
}

static mp_obj_t wlan_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                              const mp_obj_t *args) {
    (void)type;
    mp_arg_check_num(n_args, n_kw, 0, 1, false);
    mp_int_t interface = n_args == 0 ? MOD_NETWORK_STA_IF : mp_obj_get_int(args[0]);
    switch (interface) {
    case MOD_NETWORK_STA_IF:
        return MP_OBJ_FROM_PTR(&wlan_station);
    case MOD_NETWORK_AP_IF:
        return MP_OBJ_FROM_PTR(&wlan_access_point);
    default:
        mp_raise_ValueError(MP_ERROR_TEXT("invalid WLAN interface identifier"));
    }
}

// active([is_active])
static mp_obj_t wlan_active(size_t n_args, const mp_obj_t *args) {
    radio_t *radio = network_radio();
    bool station = network_is_station(args[0]);
    if (n_args > 1) {
        bool on = mp_obj_is_true(args[1]);
        if (station) {
            radio_station_switch(radio, on);
        } else {
            radio->access_point.is_on = on;
        }
        if (HOST_NETWORK_ESP8266) {
            return mp_const_none;
        }
    }
    return mp_obj_new_bool(station ? radio->station.is_on : radio->access_point.is_on);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(wlan_active_obj, 1, 2, wlan_active);

uint8_t network_take_text(mp_obj_t value, void *text, size_t size) {
    size_t length;
    const char *data = mp_obj_str_get_data(value, &length);
    length = MIN(length, size);
    memset(text, 0, size);
    memcpy(text, data, length);
    return (uint8_t)length;
}

static void check_can_connect(const radio_t *radio) {
    if (HOST_NETWORK_ESP8266) {
        if (!radio->station.is_on) {
            network_fail(MP_ERROR_TEXT("Cannot connect to AP"));
        }
    } else if (!radio->station.is_on && !radio->access_point.is_on) {
        network_fail(MP_ERROR_TEXT("Wifi Not Started"));
    } else if (!radio->station.is_on || radio->station.phase != RADIO_IDLE) {
        // Also while it connects, or is connected: disconnect() comes first.
        network_fail(MP_ERROR_TEXT("Wifi Internal Error"));
    }
}

// connect(ssid=None, key=None, *, bssid=None)
static mp_obj_t wlan_connect(size_t n_args, const mp_obj_t *pos_args, mp_map_t *kw_args) {
    enum { ARG_SSID, ARG_KEY, ARG_BSSID };
    static const mp_arg_t allowed[] = {
        {MP_QSTR_, MP_ARG_OBJ, {.u_obj = mp_const_none}},
        {MP_QSTR_, MP_ARG_OBJ, {.u_obj = mp_const_none}},
        {MP_QSTR_bssid, MP_ARG_KW_ONLY | MP_ARG_OBJ, {.u_obj = mp_const_none}},
    };
    mp_arg_val_t args[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all(n_args - 1, pos_args + 1, kw_args, MP_ARRAY_SIZE(allowed), allowed, args);

    radio_t *radio = network_radio();
    network_require(pos_args[0], true);
    check_can_connect(radio);
    radio_station_t *station = &radio->station;
    if (n_args > 1) {
        station->ssid_length = 0;
        station->key[0] = '\0';
        station->has_target_bssid = false;
        if (args[ARG_SSID].u_obj != mp_const_none) {
            station->ssid_length =
                network_take_text(args[ARG_SSID].u_obj, station->ssid, AIR_SSID_MAX);
        }
        if (args[ARG_KEY].u_obj != mp_const_none) {
            station->key[network_take_text(args[ARG_KEY].u_obj, station->key, AIR_KEY_MAX)] = '\0';
        }
        if (args[ARG_BSSID].u_obj != mp_const_none) {
            size_t length;
            const char *bssid = mp_obj_str_get_data(args[ARG_BSSID].u_obj, &length);
            if (length != sizeof(station->target_bssid)) {
                mp_raise_ValueError(NULL);
            }
            station->has_target_bssid = true;
            memcpy(station->target_bssid, bssid, length);
        }
    }
    // ESP-IDF does not go below WPA when it has a key; the ESP8266 takes what it finds.
    station->refuses_open = !HOST_NETWORK_ESP8266 && strlen(station->key) >= AIR_KEY_MIN;
    if (HOST_NETWORK_ESP8266) {
        radio_disconnect(radio);
    }
    radio_connect(radio, (uint32_t)mp_hal_ticks_ms());
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_KW(wlan_connect_obj, 1, wlan_connect);

static mp_obj_t wlan_disconnect(mp_obj_t self) {
    radio_t *radio = network_radio();
    if (HOST_NETWORK_ESP8266) {
        network_require(self, true);
        if (!radio->station.is_on) {
            network_fail(MP_ERROR_TEXT("Cannot disconnect from AP"));
        }
    } else if (!radio->station.is_on && !radio->access_point.is_on) {
        network_fail(MP_ERROR_TEXT("Wifi Not Started"));
    }
    radio_disconnect(radio);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(wlan_disconnect_obj, wlan_disconnect);

static mp_obj_t wlan_isconnected(mp_obj_t self) {
    air_t air;
    const radio_t *radio = network_radio_in(&air);
    return mp_obj_new_bool(network_is_station(self) ? radio->station.phase == RADIO_UP
                                                    : radio_client_count(radio, &air) != 0);
}
static MP_DEFINE_CONST_FUN_OBJ_1(wlan_isconnected_obj, wlan_isconnected);

// As in each port, one that tries again still says why it did not connect the last time.
static int station_status(const radio_station_t *station) {
    if (station->phase == RADIO_UP) {
        return STAT_GOT_IP;
    }
    if (HOST_NETWORK_ESP8266 && !station->wanted) {
        return STAT_IDLE;
    }
    switch (station->reason) {
    case RADIO_REASON_NO_AP_FOUND:
        return STAT_NO_AP_FOUND;
    case RADIO_REASON_NO_AP_FOUND_W_COMPATIBLE_SECURITY:
        return HOST_NETWORK_ESP8266 ? STAT_WRONG_PASSWORD : station->reason;
    case RADIO_REASON_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD:
        return station->reason;
    case RADIO_REASON_AUTH_FAIL:
        return STAT_WRONG_PASSWORD;
    default:
        break;
    }
    if (!HOST_NETWORK_ESP8266 && station->reason == RADIO_REASON_ASSOC_LEAVE) {
        return STAT_IDLE;
    }
    if (station->wanted && (station->tries_max == 0 || station->tries < station->tries_max)) {
        return STAT_CONNECTING;
    }
    return station->reason == RADIO_REASON_NONE ? STAT_IDLE : station->reason;
}

static mp_obj_t client_list(const radio_t *radio, const air_t *air) {
    mp_obj_t list = mp_obj_new_list(0, NULL);
    for (size_t i = 0; i < radio_client_count(radio, air); i++) {
        // The access point's addresses in turn, as its DHCP server gives them.
        uint8_t ip[4];
        memcpy(ip, radio->access_point.ip.address, 4);
        ip[3] = (uint8_t)(ip[3] + 1 + i);
        mp_obj_t items[2] = {
            mp_obj_new_bytes(air->stations[i], 6),
            netutils_format_ipv4_addr(ip, NETUTILS_BIG),
        };
        mp_obj_list_append(list, mp_obj_new_tuple(HOST_NETWORK_ESP8266 ? 2 : 1, items));
    }
    return list;
}

// status(['rssi' or 'stations'])
static mp_obj_t wlan_status(size_t n_args, const mp_obj_t *args) {
    air_t air;
    const radio_t *radio = network_radio_in(&air);
    bool station = network_is_station(args[0]);
    if (n_args == 1) {
        if (station) {
            return MP_OBJ_NEW_SMALL_INT(station_status(&radio->station));
        }
        return HOST_NETWORK_ESP8266 ? MP_OBJ_NEW_SMALL_INT(-1) : mp_const_none;
    }
    switch (mp_obj_str_get_qstr(args[1])) {
    case MP_QSTR_stations:
        network_require(args[0], false);
        return client_list(radio, &air);
    case MP_QSTR_rssi:
        network_require(args[0], true);
        if (radio->station.phase >= RADIO_ADDRESSING) {
            return MP_OBJ_NEW_SMALL_INT(radio->station.rssi);
        }
        if (HOST_NETWORK_ESP8266) {
            return MP_OBJ_NEW_SMALL_INT(31);
        }
        network_fail(MP_ERROR_TEXT("Wifi Not Connected"));
    default:
        mp_raise_ValueError(MP_ERROR_TEXT("unknown status param"));
    }
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(wlan_status_obj, 1, 2, wlan_status);

static mp_obj_t scan_result(const air_point_t *point) {
    mp_obj_t items[6] = {
        mp_obj_new_bytes(point->ssid, point->hidden ? 0 : point->ssid_length),
        mp_obj_new_bytes(point->bssid, sizeof(point->bssid)),
        MP_OBJ_NEW_SMALL_INT(point->channel),
        MP_OBJ_NEW_SMALL_INT(point->rssi),
        MP_OBJ_NEW_SMALL_INT(point->security),
        HOST_NETWORK_ESP8266 ? MP_OBJ_NEW_SMALL_INT(point->hidden) : mp_const_false,
    };
    return mp_obj_new_tuple(MP_ARRAY_SIZE(items), items);
}

static mp_obj_t wlan_scan(mp_obj_t self) {
    air_t air;
    const radio_t *radio = network_radio_in(&air);
    if (HOST_NETWORK_ESP8266) {
        network_require(self, true);
    }
    if (!radio->station.is_on) {
        network_fail(MP_ERROR_TEXT("STA must be active"));
    }
    mp_obj_t list = mp_obj_new_list(0, NULL);
    if (radio->station.phase != RADIO_IDLE && radio->station.phase != RADIO_UP) {
        return list; // the chips refuse while they connect, and the ports do not tell
    }
    // The whole program waits, as on the chips.
    mp_hal_delay_ms(RADIO_SCAN_MS);
    network_radio_in(&air);
    for (size_t i = 0; i < AIR_POINTS_MAX; i++) {
        if (air_reaches(&air.points[i])) {
            mp_obj_list_append(list, scan_result(&air.points[i]));
        }
    }
    return list;
}
static MP_DEFINE_CONST_FUN_OBJ_1(wlan_scan_obj, wlan_scan);

static const mp_rom_map_elem_t wlan_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR_active), MP_ROM_PTR(&wlan_active_obj)},
    {MP_ROM_QSTR(MP_QSTR_connect), MP_ROM_PTR(&wlan_connect_obj)},
    {MP_ROM_QSTR(MP_QSTR_disconnect), MP_ROM_PTR(&wlan_disconnect_obj)},
    {MP_ROM_QSTR(MP_QSTR_isconnected), MP_ROM_PTR(&wlan_isconnected_obj)},
    {MP_ROM_QSTR(MP_QSTR_status), MP_ROM_PTR(&wlan_status_obj)},
    {MP_ROM_QSTR(MP_QSTR_scan), MP_ROM_PTR(&wlan_scan_obj)},
    {MP_ROM_QSTR(MP_QSTR_ifconfig), MP_ROM_PTR(&network_ifconfig_obj)},
    {MP_ROM_QSTR(MP_QSTR_ipconfig), MP_ROM_PTR(&network_nic_ipconfig_obj)},
    {MP_ROM_QSTR(MP_QSTR_config), MP_ROM_PTR(&network_config_obj)},
    {MP_ROM_QSTR(MP_QSTR_IF_STA), MP_ROM_INT(MOD_NETWORK_STA_IF)},
    {MP_ROM_QSTR(MP_QSTR_IF_AP), MP_ROM_INT(MOD_NETWORK_AP_IF)},
    {MP_ROM_QSTR(MP_QSTR_SEC_OPEN), MP_ROM_INT(AIR_OPEN)},
    {MP_ROM_QSTR(MP_QSTR_SEC_WEP), MP_ROM_INT(AIR_WEP)},
    {MP_ROM_QSTR(MP_QSTR_SEC_WPA), MP_ROM_INT(AIR_WPA)},
    {MP_ROM_QSTR(MP_QSTR_SEC_WPA2), MP_ROM_INT(AIR_WPA2)},
    {MP_ROM_QSTR(MP_QSTR_SEC_WPA_WPA2), MP_ROM_INT(AIR_WPA_WPA2)},
#if !HOST_NETWORK_ESP8266
    {MP_ROM_QSTR(MP_QSTR_SEC_WPA3), MP_ROM_INT(AIR_WPA3)},
    {MP_ROM_QSTR(MP_QSTR_SEC_WPA2_WPA3), MP_ROM_INT(AIR_WPA2_WPA3)},
#endif
    {MP_ROM_QSTR(MP_QSTR_PM_NONE), MP_ROM_INT(0)},
    {MP_ROM_QSTR(MP_QSTR_PM_PERFORMANCE), MP_ROM_INT(HOST_NETWORK_ESP8266 ? 2 : 1)},
    {MP_ROM_QSTR(MP_QSTR_PM_POWERSAVE), MP_ROM_INT(HOST_NETWORK_ESP8266 ? 1 : 2)},
};
static MP_DEFINE_CONST_DICT(wlan_locals, wlan_locals_table);

MP_DEFINE_CONST_OBJ_TYPE(network_wlan_type, MP_QSTR_WLAN, MP_TYPE_FLAG_NONE, make_new,
                         wlan_make_new, locals_dict, &wlan_locals);
