// config() of network.WLAN: its keys are those of each chip's port.

#include <string.h>

#include "py/runtime.h"
#include "extmod/modnetwork.h"
#include "port/modnetwork.h"

// What is kept and answered, and has no other effect here.
static struct {
    int txpower; // quarters of a dBm
    int pm;
    int protocol;
} settings = {80, 1, HOST_NETWORK_ESP8266 ? 3 : 7};

static _Noreturn void unknown_parameter(void) {
    mp_raise_ValueError(MP_ERROR_TEXT("unknown config param"));
}

static void set_mac(uint8_t mac[6], mp_obj_t value) {
    mp_buffer_info_t buffer;
    mp_get_buffer_raise(value, &buffer, MP_BUFFER_READ);
    if (buffer.len != 6) {
        mp_raise_ValueError(MP_ERROR_TEXT("invalid buffer length"));
    }
    memcpy(mac, buffer.buf, 6);
}

// Parameters of the access point alone. Returns false: it is none of them.
static bool set_access_point(mp_obj_t self, radio_access_point_t *point, qstr key, mp_obj_t value) {
    switch (key) {
    case MP_QSTR_ssid:
    case MP_QSTR_essid:
        point->ssid_length = network_take_text(value, point->ssid, AIR_SSID_MAX);
        break;
    case MP_QSTR_hidden:
        point->hidden = mp_obj_is_true(value);
        break;
    case MP_QSTR_security:
    case MP_QSTR_authmode:
        point->security = (uint8_t)mp_obj_get_int(value);
        break;
    case MP_QSTR_key:
    case MP_QSTR_password:
        point->key[network_take_text(value, point->key, AIR_KEY_MAX)] = '\0';
        break;
    case MP_QSTR_max_clients:
        if (HOST_NETWORK_ESP8266) {
            return false;
        }
        point->max_clients = (uint8_t)mp_obj_get_int(value);
        break;
    default:
        return false;
    }
    network_require(self, false);
    return true;
}

static void set_channel(mp_obj_t self, radio_access_point_t *point, mp_obj_t value) {
    mp_int_t channel = mp_obj_get_int(value);
    if (channel < 1 || channel > AIR_CHANNEL_MAX) {
        if (HOST_NETWORK_ESP8266) {
            network_fail(MP_ERROR_TEXT("can't set channel"));
        }
        mp_raise_msg(&mp_type_RuntimeError, MP_ERROR_TEXT("Wifi Unknown Error 0x0102"));
    }
    if (HOST_NETWORK_ESP8266 || !network_is_station(self)) {
        point->channel = (uint8_t)channel;
    }
}

static void set_other(mp_obj_t self, radio_t *radio, qstr key, mp_obj_t value) {
    switch (key) {
    case MP_QSTR_mac:
        set_mac(network_is_station(self) ? radio->station.mac : radio->access_point.mac, value);
        break;
    case MP_QSTR_hostname:
    case MP_QSTR_dhcp_hostname:
        mod_network_hostname(1, &value);
        break;
    case MP_QSTR_reconnects:
        if (HOST_NETWORK_ESP8266) {
            unknown_parameter();
        }
        network_require(self, true);
        radio->station.tries_max = (uint32_t)(mp_obj_get_int(value) + 1);
        break;
    case MP_QSTR_txpower:
        settings.txpower = (int)(mp_obj_get_float(value) * 4);
        break;
    case MP_QSTR_pm:
        settings.pm = (int)mp_obj_get_int(value);
        break;
    case MP_QSTR_protocol:
        settings.protocol = (int)mp_obj_get_int(value);
        break;
    default:
        unknown_parameter();
    }
}

static void check_access_point(const radio_access_point_t *point) {
    if (!point->is_on) {
        network_fail(HOST_NETWORK_ESP8266 ? MP_ERROR_TEXT("can't set AP config")
                                          : MP_ERROR_TEXT("Wifi Invalid Mode"));
    }
    if (point->security != AIR_OPEN && strlen(point->key) < AIR_KEY_MIN) {
        network_fail(HOST_NETWORK_ESP8266 ? MP_ERROR_TEXT("can't set AP config")
                                          : MP_ERROR_TEXT("Wifi Invalid Password"));
    }
}

static void set_config(mp_obj_t self, const mp_map_t *parameters) {
    radio_t *radio = network_radio();
    radio_access_point_t changed = radio->access_point;
    for (size_t i = 0; i < parameters->alloc; i++) {
        if (mp_map_slot_is_filled(parameters, i)) {
            qstr key = mp_obj_str_get_qstr(parameters->table[i].key);
            mp_obj_t value = parameters->table[i].value;
            if (key == MP_QSTR_channel) {
                set_channel(self, &changed, value);
            } else if (!set_access_point(self, &changed, key, value)) {
                set_other(self, radio, key, value);
            }
        }
    }
    if (!network_is_station(self)) {
        check_access_point(&changed);
        memcpy(changed.mac, radio->access_point.mac, sizeof(changed.mac));
        radio->access_point = changed;
    }
}

static mp_obj_t get_access_point(mp_obj_t self, const radio_access_point_t *point, qstr key) {
    mp_obj_t value;
    switch (key) {
    case MP_QSTR_hidden:
        value = mp_obj_new_bool(point->hidden);
        break;
    case MP_QSTR_security:
    case MP_QSTR_authmode:
        value = MP_OBJ_NEW_SMALL_INT(point->security);
        break;
    case MP_QSTR_max_clients:
        if (!HOST_NETWORK_ESP8266) {
            return MP_OBJ_NEW_SMALL_INT(point->max_clients);
        }
        // fallthrough
    default:
        unknown_parameter();
    }
    network_require(self, false);
    return value;
}

static mp_obj_t get_config(mp_obj_t self, qstr key) {
    const radio_t *radio = network_radio();
    const radio_station_t *station = &radio->station;
    const radio_access_point_t *point = &radio->access_point;
    switch (key) {
    case MP_QSTR_mac:
        return mp_obj_new_bytes(network_is_station(self) ? station->mac : point->mac, 6);
    case MP_QSTR_ssid:
    case MP_QSTR_essid:
        return network_is_station(self)
                   ? mp_obj_new_str((char *)station->ssid, station->ssid_length)
                   : mp_obj_new_str((char *)point->ssid, point->ssid_length);
    case MP_QSTR_channel:
        return MP_OBJ_NEW_SMALL_INT(station->phase >= RADIO_JOINING ? station->channel
                                                                    : point->channel);
    case MP_QSTR_hostname:
    case MP_QSTR_dhcp_hostname:
        network_require(self, true);
        return mod_network_hostname(0, NULL);
    case MP_QSTR_protocol:
        return MP_OBJ_NEW_SMALL_INT(settings.protocol);
    case MP_QSTR_pm:
        return MP_OBJ_NEW_SMALL_INT(settings.pm);
    case MP_QSTR_reconnects:
        if (!HOST_NETWORK_ESP8266) {
            network_require(self, true);
            return MP_OBJ_NEW_SMALL_INT((mp_int_t)station->tries_max - 1);
        }
        break;
    case MP_QSTR_txpower:
        if (!HOST_NETWORK_ESP8266) {
            return mp_obj_new_float((mp_float_t)settings.txpower / 4);
        }
        break;
    default:
        break;
    }
    return get_access_point(self, point, key);
}

// config(name) or config(name=value, …)
static mp_obj_t wlan_config(size_t n_args, const mp_obj_t *args, mp_map_t *kwargs) {
    if (n_args != 1 && kwargs->used != 0) {
        mp_raise_TypeError(MP_ERROR_TEXT("either pos or kw args are allowed"));
    }
    if (kwargs->used != 0) {
        set_config(args[0], kwargs);
        return mp_const_none;
    }
    if (n_args != 2) {
        mp_raise_TypeError(MP_ERROR_TEXT("can query only one param"));
    }
    return get_config(args[0], mp_obj_str_get_qstr(args[1]));
}
MP_DEFINE_CONST_FUN_OBJ_KW(network_config_obj, 1, wlan_config);

// phy_mode([mode]): the ESP32's takes it and does nothing.
static mp_obj_t network_phy_mode(size_t n_args, const mp_obj_t *args) {
    if (!HOST_NETWORK_ESP8266) {
        return mp_const_none;
    }
    if (n_args == 0) {
        return MP_OBJ_NEW_SMALL_INT(settings.protocol);
    }
    settings.protocol = (int)mp_obj_get_int(args[0]);
    return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(network_phy_mode_obj, 0, 1, network_phy_mode);
