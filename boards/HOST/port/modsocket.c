// The socket module: names, addresses, constants.

#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>

#include "port/modsocket.h"
#include "port/net.h"
#include "py/runtime.h"
#include "shared/netutils/netutils.h"

static struct sockaddr_in resolve(mp_obj_t host_in, mp_obj_t port_in, int type) {
    const char *host = mp_obj_str_get_str(host_in);
    char service[8];
    snprintf(service, sizeof(service), "%u", (unsigned)mp_obj_get_int(port_in) & 0xffff);
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = type};
    struct addrinfo *result = NULL;
    // As in lwIP, no name stands for every address of ours.
    int error = getaddrinfo(*host == '\0' ? "0.0.0.0" : host, service, &hints, &result);
    if (error != 0) {
        mp_raise_OSError(error);
    }
    struct sockaddr_in address = *(struct sockaddr_in *)result->ai_addr;
    freeaddrinfo(result);
    return address;
}

struct sockaddr_in socket_address_from(mp_obj_t tuple, int type) {
    mp_obj_t *items;
    mp_obj_get_array_fixed_n(tuple, 2, &items);
    return resolve(items[0], items[1], type);
}

mp_obj_t socket_address_tuple(struct sockaddr_in *address) {
    return netutils_format_inet_addr((uint8_t *)&address->sin_addr, ntohs(address->sin_port),
                                     NETUTILS_BIG);
}

// getaddrinfo(host, port, family=0, type=0, …)
static mp_obj_t mod_getaddrinfo(size_t n_args, const mp_obj_t *args) {
    mp_int_t type = n_args > 3 ? mp_obj_get_int(args[3]) : 0;
    if (type == 0) {
        type = SOCK_STREAM;
    }
    struct sockaddr_in address = resolve(args[0], args[1], (int)type);
    mp_obj_t items[5] = {
        MP_OBJ_NEW_SMALL_INT(AF_INET), MP_OBJ_NEW_SMALL_INT(type),     MP_OBJ_NEW_SMALL_INT(0),
        MP_OBJ_NEW_QSTR(MP_QSTR_),     socket_address_tuple(&address),
    };
    mp_obj_t entry = mp_obj_new_tuple(MP_ARRAY_SIZE(items), items);
    return mp_obj_new_list(1, &entry);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(mod_getaddrinfo_obj, 2, 6, mod_getaddrinfo);

static const mp_rom_map_elem_t socket_globals_table[] = {
    {MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_socket)},
    {MP_ROM_QSTR(MP_QSTR_socket), MP_ROM_PTR(&socket_type)},
    {MP_ROM_QSTR(MP_QSTR_getaddrinfo), MP_ROM_PTR(&mod_getaddrinfo_obj)},
    {MP_ROM_QSTR(MP_QSTR_AF_INET), MP_ROM_INT(AF_INET)},
    {MP_ROM_QSTR(MP_QSTR_SOCK_STREAM), MP_ROM_INT(SOCK_STREAM)},
    {MP_ROM_QSTR(MP_QSTR_SOCK_DGRAM), MP_ROM_INT(SOCK_DGRAM)},
    {MP_ROM_QSTR(MP_QSTR_IPPROTO_IP), MP_ROM_INT(IPPROTO_IP)},
    {MP_ROM_QSTR(MP_QSTR_IPPROTO_TCP), MP_ROM_INT(IPPROTO_TCP)},
    {MP_ROM_QSTR(MP_QSTR_IPPROTO_UDP), MP_ROM_INT(IPPROTO_UDP)},
    {MP_ROM_QSTR(MP_QSTR_SOL_SOCKET), MP_ROM_INT(NET_SOL_SOCKET)},
    {MP_ROM_QSTR(MP_QSTR_SO_REUSEADDR), MP_ROM_INT(NET_SO_REUSEADDR)},
    {MP_ROM_QSTR(MP_QSTR_SO_BROADCAST), MP_ROM_INT(NET_SO_BROADCAST)},
    {MP_ROM_QSTR(MP_QSTR_IP_ADD_MEMBERSHIP), MP_ROM_INT(NET_IP_ADD_MEMBERSHIP)},
    {MP_ROM_QSTR(MP_QSTR_TCP_NODELAY), MP_ROM_INT(NET_TCP_NODELAY)},
};
static MP_DEFINE_CONST_DICT(socket_globals, socket_globals_table);

const mp_obj_module_t socket_module = {
    .base = {&mp_type_module},
    .globals = (mp_obj_dict_t *)&socket_globals,
};
MP_REGISTER_EXTENSIBLE_MODULE(MP_QSTR_socket, socket_module);
