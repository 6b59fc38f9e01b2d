// Entries of the network module; included by extmod/modnetwork.c inside its table.

// clang-format off
{MP_ROM_QSTR(MP_QSTR_WLAN), MP_ROM_PTR(&network_wlan_type)},
{MP_ROM_QSTR(MP_QSTR_ipconfig), MP_ROM_PTR(&network_ipconfig_obj)},
{MP_ROM_QSTR(MP_QSTR_STA_IF), MP_ROM_INT(MOD_NETWORK_STA_IF)},
{MP_ROM_QSTR(MP_QSTR_AP_IF), MP_ROM_INT(MOD_NETWORK_AP_IF)},
{MP_ROM_QSTR(MP_QSTR_STAT_IDLE), MP_ROM_INT(1000)},
{MP_ROM_QSTR(MP_QSTR_STAT_CONNECTING), MP_ROM_INT(1001)},
{MP_ROM_QSTR(MP_QSTR_STAT_GOT_IP), MP_ROM_INT(1010)},
