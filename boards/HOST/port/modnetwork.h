// What HOST adds to the network module; included by extmod/modnetwork.c.

#ifndef HOST_PORT_MODNETWORK_H
#define HOST_PORT_MODNETWORK_H

#include "py/obj.h"

extern const mp_obj_type_t network_wlan_type;

MP_DECLARE_CONST_FUN_OBJ_KW(network_ipconfig_obj);

#endif
