// network.WLAN: a station that is always connected, to this computer's loopback.

#include "py/runtime.h"
#include "extmod/modnetwork.h"
#include "port/hardware.h"
#include "port/modnetwork.h"

#define STAT_GOT_IP (1010)

typedef struct {
    mp_obj_base_t base;
    uint8_t interface; // MOD_NETWORK_STA_IF, MOD_NETWORK_AP_IF
} wlan_obj_t;

static const wlan_obj_t wlan_station = {{&network_wlan_type}, MOD_NETWORK_STA_IF};
static const wlan_obj_t wlan_access_point = {{&network_wlan_type}, MOD_NETWORK_AP_IF};

static bool is_up[2];

static const char address[] = "127.0.0.1";
static const char netmask[] = "255.0.0.0";

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
        mp_raise_ValueError(NULL);
    }
}

// active([is_active])
static mp_obj_t wlan_active(size_t n_args, const mp_obj_t *args) {
    const wlan_obj_t *self = MP_OBJ_TO_PTR(args[0]);
    if (n_args > 1) {
        is_up[self->interface] = mp_obj_is_true(args[1]);
    }
    return mp_obj_new_bool(is_up[self->interface]);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(wlan_active_obj, 1, 2, wlan_active);

// connect(…): there is one network, and whatever name it is called by, it is there.
static mp_obj_t wlan_connect(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    (void)args;
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(wlan_connect_obj, 1, 3, wlan_connect);

static mp_obj_t wlan_isconnected(mp_obj_t self_in) {
    const wlan_obj_t *self = MP_OBJ_TO_PTR(self_in);
    return mp_obj_new_bool(self->interface == MOD_NETWORK_STA_IF);
}
static MP_DEFINE_CONST_FUN_OBJ_1(wlan_isconnected_obj, wlan_isconnected);

static mp_obj_t wlan_status(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    (void)args;
    return MP_OBJ_NEW_SMALL_INT(STAT_GOT_IP);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(wlan_status_obj, 1, 2, wlan_status);

// (address, netmask, gateway, name server)
static mp_obj_t wlan_ifconfig(mp_obj_t self) {
    (void)self;
    mp_obj_t items[4] = {
        mp_obj_new_str_from_cstr(address),
        mp_obj_new_str_from_cstr(netmask),
        mp_obj_new_str_from_cstr(address),
        mp_obj_new_str_from_cstr(address),
    };
    return mp_obj_new_tuple(MP_ARRAY_SIZE(items), items);
}
static MP_DEFINE_CONST_FUN_OBJ_1(wlan_ifconfig_obj, wlan_ifconfig);

// ipconfig(name): reading alone.
static mp_obj_t wlan_ipconfig(mp_obj_t self, mp_obj_t name) {
    (void)self;
    mp_obj_t pair[2] = {mp_obj_new_str_from_cstr(address), mp_obj_new_str_from_cstr(netmask)};
    switch (mp_obj_str_get_qstr(name)) {
    case MP_QSTR_addr4:
        return mp_obj_new_tuple(2, pair);
    case MP_QSTR_gw4:
        return pair[0];
    case MP_QSTR_dhcp4:
    case MP_QSTR_has_dhcp4:
        return mp_const_true;
    default:
        mp_raise_ValueError(MP_ERROR_TEXT("unexpected key"));
    }
}
static MP_DEFINE_CONST_FUN_OBJ_2(wlan_ipconfig_obj, wlan_ipconfig);

// config(name): reading alone.
static mp_obj_t wlan_config(mp_obj_t self, mp_obj_t name) {
    (void)self;
    switch (mp_obj_str_get_qstr(name)) {
    case MP_QSTR_mac:
        return mp_obj_new_bytes(hardware.registers->mac, 6);
    case MP_QSTR_hostname:
        return mod_network_hostname(0, NULL);
    case MP_QSTR_ssid:
    case MP_QSTR_essid:
        return MP_OBJ_NEW_QSTR(MP_QSTR_HOST);
    default:
        mp_raise_ValueError(MP_ERROR_TEXT("unknown config param"));
    }
}
static MP_DEFINE_CONST_FUN_OBJ_2(wlan_config_obj, wlan_config);

static const mp_rom_map_elem_t wlan_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR_active), MP_ROM_PTR(&wlan_active_obj)},
    {MP_ROM_QSTR(MP_QSTR_connect), MP_ROM_PTR(&wlan_connect_obj)},
    {MP_ROM_QSTR(MP_QSTR_isconnected), MP_ROM_PTR(&wlan_isconnected_obj)},
    {MP_ROM_QSTR(MP_QSTR_status), MP_ROM_PTR(&wlan_status_obj)},
    {MP_ROM_QSTR(MP_QSTR_ifconfig), MP_ROM_PTR(&wlan_ifconfig_obj)},
    {MP_ROM_QSTR(MP_QSTR_ipconfig), MP_ROM_PTR(&wlan_ipconfig_obj)},
    {MP_ROM_QSTR(MP_QSTR_config), MP_ROM_PTR(&wlan_config_obj)},
    {MP_ROM_QSTR(MP_QSTR_IF_STA), MP_ROM_INT(MOD_NETWORK_STA_IF)},
    {MP_ROM_QSTR(MP_QSTR_IF_AP), MP_ROM_INT(MOD_NETWORK_AP_IF)},
};
static MP_DEFINE_CONST_DICT(wlan_locals, wlan_locals_table);

MP_DEFINE_CONST_OBJ_TYPE(network_wlan_type, MP_QSTR_WLAN, MP_TYPE_FLAG_NONE, make_new,
                         wlan_make_new, locals_dict, &wlan_locals);

// ipconfig(name): what is the same for all interfaces.
static mp_obj_t network_ipconfig(size_t n_args, const mp_obj_t *args, mp_map_t *kwargs) {
    (void)kwargs;
    if (n_args == 1 && mp_obj_str_get_qstr(args[0]) == MP_QSTR_dns) {
        return mp_obj_new_str_from_cstr(address);
    }
    mp_raise_ValueError(MP_ERROR_TEXT("unexpected key"));
}
MP_DEFINE_CONST_FUN_OBJ_KW(network_ipconfig_obj, 0, network_ipconfig);
