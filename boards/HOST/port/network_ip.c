// Addresses of network.WLAN's interfaces, and network.ipconfig().

#include <string.h>

#include "py/runtime.h"
#include "extmod/modnetwork.h"
#include "port/modnetwork.h"
#include "shared/netutils/netutils.h"

static radio_ip_t get_ip(mp_obj_t self) {
    const radio_t *radio = network_radio();
    if (network_is_station(self)) {
        return radio_station_ip(radio);
    }
    return radio->access_point.ip;
}

static mp_obj_t format(const uint8_t address[4]) {
    uint8_t copy[4];
    memcpy(copy, address, 4);
    return netutils_format_ipv4_addr(copy, NETUTILS_BIG);
}

static void parse(mp_obj_t text, uint8_t address[4]) {
    netutils_parse_ipv4_addr(text, address, NETUTILS_BIG);
}

static void set_prefix(uint8_t netmask[4], mp_int_t bits) {
    uint32_t mask = bits <= 0 ? 0 : bits >= 32 ? UINT32_MAX : ~(UINT32_MAX >> bits);
    for (int i = 0; i < 4; i++) {
        netmask[i] = (uint8_t)(mask >> (24 - 8 * i));
    }
}

static void use_static(mp_obj_t self, const radio_ip_t *ip) {
    radio_t *radio = network_radio();
    if (network_is_station(self)) {
        radio->station.fixed = *ip;
        radio->station.is_static = true;
    } else {
        radio->access_point.ip = *ip;
    }
}

static void use_dhcp(radio_station_t *station, bool on) {
    if (on && station->is_static && station->phase == RADIO_UP) {
        station->phase = RADIO_ADDRESSING;
    }
    if (!on && !station->is_static) {
        memset(&station->fixed, 0, sizeof(station->fixed));
    }
    station->is_static = !on;
}

// ifconfig([(address, netmask, gateway, name server)]) or ifconfig('dhcp')
static mp_obj_t network_ifconfig(size_t n_args, const mp_obj_t *args) {
    radio_ip_t ip = get_ip(args[0]);
    if (n_args == 1) {
        mp_obj_t items[4] = {format(ip.address), format(ip.netmask), format(ip.gateway),
                             format(ip.dns)};
        return mp_obj_new_tuple(MP_ARRAY_SIZE(items), items);
    }
    if (mp_obj_is_str(args[1])) {
        if (!network_is_station(args[0]) || strcmp(mp_obj_str_get_str(args[1]), "dhcp") != 0) {
            mp_raise_ValueError(MP_ERROR_TEXT("invalid arguments"));
        }
        use_dhcp(&network_radio()->station, true);
        return mp_const_none;
    }
    mp_obj_t *items;
    mp_obj_get_array_fixed_n(args[1], 4, &items);
    parse(items[0], ip.address);
    if (mp_obj_is_int(items[1])) {
        set_prefix(ip.netmask, mp_obj_get_int(items[1]));
    } else {
        parse(items[1], ip.netmask);
    }
    parse(items[2], ip.gateway);
    parse(items[3], ip.dns);
    use_static(args[0], &ip);
    return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(network_ifconfig_obj, 1, 2, network_ifconfig);

// '192.168.1.5/24', '192.168.1.5' or ('192.168.1.5', '255.255.255.0')
static void set_address(radio_ip_t *ip, mp_obj_t value) {
    if (!mp_obj_is_str(value)) {
        mp_obj_t *items;
        mp_obj_get_array_fixed_n(value, 2, &items);
        parse(items[0], ip->address);
        parse(items[1], ip->netmask);
        return;
    }
    size_t length;
    const char *text = mp_obj_str_get_data(value, &length);
    const char *slash = memchr(text, '/', length);
    if (slash != NULL) {
        const char *digits = slash + 1;
        mp_int_t bits = 0;
        while (digits < text + length && unichar_isdigit((unichar)*digits) && bits <= 32) {
            bits = bits * 10 + *digits++ - '0';
        }
        if (digits == slash + 1 || digits < text + length || bits > 32) {
            mp_raise_ValueError(MP_ERROR_TEXT("invalid arguments"));
        }
        set_prefix(ip->netmask, bits);
        value = mp_obj_new_str(text, (size_t)(slash - text));
    }
    parse(value, ip->address);
}

static mp_obj_t get_parameter(mp_obj_t self, qstr key) {
    radio_ip_t ip = get_ip(self);
    mp_obj_t pair[2] = {format(ip.address), format(ip.netmask)};
    switch (key) {
    case MP_QSTR_addr4:
        return mp_obj_new_tuple(2, pair);
    case MP_QSTR_gw4:
        return format(ip.gateway);
    case MP_QSTR_dhcp4:
        if (network_is_station(self)) {
            return mp_obj_new_bool(!network_radio()->station.is_static);
        }
        if (HOST_NETWORK_ESP8266) {
            return mp_const_true;
        }
        break;
    default:
        break;
    }
    mp_raise_ValueError(MP_ERROR_TEXT("unexpected key"));
}

// ipconfig(name) or ipconfig(name=value, …)
static mp_obj_t network_nic_ipconfig(size_t n_args, const mp_obj_t *args, mp_map_t *kwargs) {
    if (kwargs->used == 0) {
        if (n_args != 2) {
            mp_raise_TypeError(MP_ERROR_TEXT("must query one param"));
        }
        return get_parameter(args[0], mp_obj_str_get_qstr(args[1]));
    }
    if (n_args != 1) {
        mp_raise_TypeError(MP_ERROR_TEXT("can't specify pos and kw args"));
    }
    radio_ip_t ip = get_ip(args[0]);
    bool is_touched = false;
    for (size_t i = 0; i < kwargs->alloc; i++) {
        if (!mp_map_slot_is_filled(kwargs, i)) {
            continue;
        }
        mp_obj_t value = kwargs->table[i].value;
        qstr key = mp_obj_str_get_qstr(kwargs->table[i].key);
        if (key == MP_QSTR_dhcp4 && network_is_station(args[0])) {
            use_dhcp(&network_radio()->station, mp_obj_is_true(value));
        } else if (key == MP_QSTR_addr4) {
            set_address(&ip, value);
            is_touched = true;
        } else if (key == MP_QSTR_gw4) {
            parse(value, ip.gateway);
            is_touched = true;
        } else {
            mp_raise_ValueError(MP_ERROR_TEXT("unexpected key"));
        }
    }
    if (is_touched) {
        use_static(args[0], &ip);
    }
    return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_KW(network_nic_ipconfig_obj, 1, network_nic_ipconfig);

// ipconfig('dns') or ipconfig(dns=address): what is the same for all interfaces.
static mp_obj_t network_ipconfig(size_t n_args, const mp_obj_t *args, mp_map_t *kwargs) {
    radio_t *radio = network_radio();
    if (kwargs->used == 0) {
        if (n_args != 1) {
            mp_raise_TypeError(MP_ERROR_TEXT("must query one param"));
        }
        if (mp_obj_str_get_qstr(args[0]) != MP_QSTR_dns) {
            mp_raise_ValueError(MP_ERROR_TEXT("unexpected key"));
        }
        return format(radio_station_ip(radio).dns);
    }
    if (n_args != 0) {
        mp_raise_TypeError(MP_ERROR_TEXT("can't specify pos and kw args"));
    }
    mp_map_elem_t *dns = mp_map_lookup(kwargs, MP_OBJ_NEW_QSTR(MP_QSTR_dns), MP_MAP_LOOKUP);
    if (dns != NULL && kwargs->used == 1) {
        parse(dns->value, radio->station.fixed.dns);
        return mp_const_none;
    }
    mp_raise_ValueError(MP_ERROR_TEXT("unexpected key"));
}
MP_DEFINE_CONST_FUN_OBJ_KW(network_ipconfig_obj, 0, network_ipconfig);
