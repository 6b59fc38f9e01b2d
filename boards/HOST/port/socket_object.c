// socket.socket over the computer's network.

#include <sys/socket.h>

#include "port/modsocket.h"
#include "port/net.h"
#include "port/socket_io.h"
#include "py/gc.h"
#include "py/mperrno.h"
#include "py/mphal.h"
#include "py/runtime.h"
#include "py/stream.h"

static socket_obj_t *socket_object(int type) {
    socket_obj_t *self = mp_obj_malloc_with_finaliser(socket_obj_t, &socket_type);
    self->fd = -1;
    self->timeout_ms = SOCKET_WAITS_FOREVER;
    self->listening = false;
    self->type = (uint8_t)type;
    return self;
}

// socket(family=AF_INET, type=SOCK_STREAM, proto=0)
static mp_obj_t socket_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                                const mp_obj_t *args) {
    (void)type;
    mp_arg_check_num(n_args, n_kw, 0, 3, false);
    if (n_args > 0 && mp_obj_get_int(args[0]) != AF_INET) {
        mp_raise_OSError(MP_EAFNOSUPPORT);
    }
    int socket_kind = n_args > 1 ? mp_obj_get_int(args[1]) : SOCK_STREAM;
    int protocol = n_args > 2 ? mp_obj_get_int(args[2]) : 0;
    socket_obj_t *self = socket_object(socket_kind);
    self->fd = net_open(socket_kind, protocol);
    if (self->fd < 0 && (errno == ENFILE || errno == ENOMEM)) {
        // Sockets that nobody refers to any more may give theirs back.
        gc_collect();
        self->fd = net_open(socket_kind, protocol);
    }
    if (self->fd < 0) {
        mp_raise_OSError(errno);
    }
    return MP_OBJ_FROM_PTR(self);
}

static void socket_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    (void)kind;
    const socket_obj_t *self = MP_OBJ_TO_PTR(self_in);
    mp_printf(print, "<socket %d>", self->fd);
}

static mp_obj_t socket_bind(mp_obj_t self_in, mp_obj_t tuple) {
    const socket_obj_t *self = MP_OBJ_TO_PTR(self_in);
    struct sockaddr_in address = socket_address_from(tuple, self->type);
    if (net_bind(self->fd, &address) != 0) {
        mp_raise_OSError(errno);
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(socket_bind_obj, socket_bind);

static mp_obj_t socket_listen(size_t n_args, const mp_obj_t *args) {
    socket_obj_t *self = MP_OBJ_TO_PTR(args[0]);
    mp_int_t backlog = MICROPY_PY_SOCKET_LISTEN_BACKLOG_DEFAULT;
    if (n_args > 1) {
        backlog = MAX(0, mp_obj_get_int(args[1]));
    }
    if (net_listen(self->fd, backlog) != 0) {
        mp_raise_OSError(errno);
    }
    self->listening = true;
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(socket_listen_obj, 1, 2, socket_listen);

static mp_obj_t socket_accept(mp_obj_t self_in) {
    const socket_obj_t *self = MP_OBJ_TO_PTR(self_in);
    // The objects come first: without memory for them the connection stays in the backlog.
    socket_obj_t *accepted = socket_object(self->type);
    mp_obj_tuple_t *result = MP_OBJ_TO_PTR(mp_obj_new_tuple(2, NULL));
    struct sockaddr_in peer;
    int error;
    accepted->fd = socket_io_accept(self, &peer, &error);
    if (accepted->fd < 0) {
        mp_raise_OSError(error);
    }
    result->items[0] = MP_OBJ_FROM_PTR(accepted);
    result->items[1] = socket_address_tuple(&peer);
    return MP_OBJ_FROM_PTR(result);
}
static MP_DEFINE_CONST_FUN_OBJ_1(socket_accept_obj, socket_accept);

static mp_obj_t socket_connect(mp_obj_t self_in, mp_obj_t tuple) {
    const socket_obj_t *self = MP_OBJ_TO_PTR(self_in);
    struct sockaddr_in address = socket_address_from(tuple, self->type);
    int error = socket_io_connect(self, &address);
    if (error != 0) {
        mp_raise_OSError(error);
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(socket_connect_obj, socket_connect);

static mp_obj_t receive_bytes(mp_obj_t self_in, mp_obj_t size, struct sockaddr_in *peer) {
    vstr_t bytes;
    vstr_init_len(&bytes, mp_obj_get_int(size));
    int error;
    mp_uint_t length =
        socket_io_receive(MP_OBJ_TO_PTR(self_in), bytes.buf, bytes.len, peer, &error);
    if (length == MP_STREAM_ERROR) {
        mp_raise_OSError(error);
    }
    bytes.len = length;
    return mp_obj_new_bytes_from_vstr(&bytes);
}

static mp_obj_t socket_recv(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    return receive_bytes(args[0], args[1], NULL);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(socket_recv_obj, 2, 3, socket_recv);

static mp_obj_t socket_recvfrom(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    struct sockaddr_in peer = {.sin_family = AF_INET};
    mp_obj_t items[2];
    items[0] = receive_bytes(args[0], args[1], &peer);
    items[1] = socket_address_tuple(&peer);
    return mp_obj_new_tuple(2, items);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(socket_recvfrom_obj, 2, 3, socket_recvfrom);

static mp_uint_t send_or_raise(mp_obj_t self_in, const uint8_t *bytes, size_t length,
                               const struct sockaddr_in *peer) {
    int error;
    mp_uint_t sent = socket_io_send(MP_OBJ_TO_PTR(self_in), bytes, length, peer, &error);
    if (sent == MP_STREAM_ERROR) {
        mp_raise_OSError(error);
    }
    return sent;
}

static mp_obj_t socket_send(mp_obj_t self_in, mp_obj_t data) {
    mp_buffer_info_t buffer;
    mp_get_buffer_raise(data, &buffer, MP_BUFFER_READ);
    return mp_obj_new_int_from_uint(send_or_raise(self_in, buffer.buf, buffer.len, NULL));
}
static MP_DEFINE_CONST_FUN_OBJ_2(socket_send_obj, socket_send);

static mp_obj_t socket_sendall(mp_obj_t self_in, mp_obj_t data) {
    mp_buffer_info_t buffer;
    mp_get_buffer_raise(data, &buffer, MP_BUFFER_READ);
    for (size_t sent = 0; sent < buffer.len;) {
        sent += send_or_raise(self_in, (uint8_t *)buffer.buf + sent, buffer.len - sent, NULL);
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(socket_sendall_obj, socket_sendall);

static mp_obj_t socket_sendto(mp_obj_t self_in, mp_obj_t data, mp_obj_t tuple) {
    const socket_obj_t *self = MP_OBJ_TO_PTR(self_in);
    mp_buffer_info_t buffer;
    mp_get_buffer_raise(data, &buffer, MP_BUFFER_READ);
    struct sockaddr_in peer = socket_address_from(tuple, self->type);
    return mp_obj_new_int_from_uint(send_or_raise(self_in, buffer.buf, buffer.len, &peer));
}
static MP_DEFINE_CONST_FUN_OBJ_3(socket_sendto_obj, socket_sendto);

// setsockopt(level, option, value): as in lwIP the option alone decides.
static mp_obj_t socket_setsockopt(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    const socket_obj_t *self = MP_OBJ_TO_PTR(args[0]);
    int option = mp_obj_get_int(args[2]);
    int result;
    if (option == NET_IP_ADD_MEMBERSHIP) {
        mp_buffer_info_t buffer;
        mp_get_buffer_raise(args[3], &buffer, MP_BUFFER_READ);
        if (buffer.len != 8) {
            mp_raise_ValueError(NULL);
        }
        result = net_join_group(self->fd, buffer.buf);
    } else {
        result = net_set_option(self->fd, option, mp_obj_get_int(args[3]));
    }
    if (result != 0) {
        mp_raise_OSError(errno);
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(socket_setsockopt_obj, 4, 4, socket_setsockopt);

// settimeout(seconds): None blocks, 0 does not.
static mp_obj_t socket_settimeout(mp_obj_t self_in, mp_obj_t timeout) {
    socket_obj_t *self = MP_OBJ_TO_PTR(self_in);
    self->timeout_ms = SOCKET_WAITS_FOREVER;
    if (timeout != mp_const_none) {
        mp_float_t ms = mp_obj_get_float(timeout) * MICROPY_FLOAT_CONST(1000.0);
        if (!(ms >= 0)) {
            mp_raise_ValueError(NULL);
        }
        self->timeout_ms = ms < (mp_float_t)1e9 ? (int)ms : 1000000000;
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(socket_settimeout_obj, socket_settimeout);

static mp_obj_t socket_setblocking(mp_obj_t self_in, mp_obj_t blocking) {
    socket_obj_t *self = MP_OBJ_TO_PTR(self_in);
    self->timeout_ms = mp_obj_is_true(blocking) ? SOCKET_WAITS_FOREVER : 0;
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(socket_setblocking_obj, socket_setblocking);

static mp_obj_t socket_fileno(mp_obj_t self_in) {
    const socket_obj_t *self = MP_OBJ_TO_PTR(self_in);
    return MP_OBJ_NEW_SMALL_INT(self->fd);
}
static MP_DEFINE_CONST_FUN_OBJ_1(socket_fileno_obj, socket_fileno);

static mp_obj_t socket_makefile(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    return args[0];
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(socket_makefile_obj, 1, 3, socket_makefile);

// readinto(buffer[, size]): as every stream does it, until there is no more. But a non-blocking
// stream that gave less than it was asked for is not asked again, only to say that it has nothing.
static mp_obj_t socket_readinto(size_t n_args, const mp_obj_t *args) {
    const socket_obj_t *self = MP_OBJ_TO_PTR(args[0]);
    mp_buffer_info_t buffer;
    mp_get_buffer_raise(args[1], &buffer, MP_BUFFER_WRITE);
    size_t size = buffer.len;
    if (n_args > 2) {
        size = MIN(size, (size_t)mp_obj_get_int(args[2]));
    }
    size_t done = 0;
    bool ran_short = false;
    while (done < size && !ran_short) {
        int error;
        mp_uint_t received =
            socket_io_receive(self, (uint8_t *)buffer.buf + done, size - done, NULL, &error);
        if (received == MP_STREAM_ERROR) {
            if (error != MP_EAGAIN) {
                mp_raise_OSError(error);
            }
            return done == 0 ? mp_const_none : MP_OBJ_NEW_SMALL_INT(done);
        }
        done += received;
        ran_short = received == 0 || (self->timeout_ms == 0 && self->type == SOCK_STREAM);
    }
    return MP_OBJ_NEW_SMALL_INT(done);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(socket_readinto_obj, 2, 3, socket_readinto);

static mp_uint_t socket_stream_read(mp_obj_t self, void *buffer, mp_uint_t size, int *error) {
    return socket_io_receive(MP_OBJ_TO_PTR(self), buffer, size, NULL, error);
}

static mp_uint_t socket_stream_write(mp_obj_t self, const void *buffer, mp_uint_t size,
                                     int *error) {
    return socket_io_send(MP_OBJ_TO_PTR(self), buffer, size, NULL, error);
}

static mp_uint_t socket_stream_ioctl(mp_obj_t self_in, mp_uint_t request, uintptr_t argument,
                                     int *error) {
    socket_obj_t *self = MP_OBJ_TO_PTR(self_in);
    switch (request) {
    case MP_STREAM_POLL:
        return socket_io_poll(self, argument);
    case MP_STREAM_GET_FILENO:
        if (self->fd < 0) {
            *error = MP_EBADF;
            return MP_STREAM_ERROR;
        }
        return (mp_uint_t)self->fd;
    case MP_STREAM_CLOSE:
        if (self->fd >= 0) {
            net_close(self->fd);
            self->fd = -1;
        }
        return 0;
    default:
        *error = MP_EINVAL;
        return MP_STREAM_ERROR;
    }
}

static const mp_rom_map_elem_t socket_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR___del__), MP_ROM_PTR(&mp_stream_close_obj)},
    {MP_ROM_QSTR(MP_QSTR_close), MP_ROM_PTR(&mp_stream_close_obj)},
    {MP_ROM_QSTR(MP_QSTR_bind), MP_ROM_PTR(&socket_bind_obj)},
    {MP_ROM_QSTR(MP_QSTR_listen), MP_ROM_PTR(&socket_listen_obj)},
    {MP_ROM_QSTR(MP_QSTR_accept), MP_ROM_PTR(&socket_accept_obj)},
    {MP_ROM_QSTR(MP_QSTR_connect), MP_ROM_PTR(&socket_connect_obj)},
    {MP_ROM_QSTR(MP_QSTR_send), MP_ROM_PTR(&socket_send_obj)},
    {MP_ROM_QSTR(MP_QSTR_sendall), MP_ROM_PTR(&socket_sendall_obj)},
    {MP_ROM_QSTR(MP_QSTR_sendto), MP_ROM_PTR(&socket_sendto_obj)},
    {MP_ROM_QSTR(MP_QSTR_recv), MP_ROM_PTR(&socket_recv_obj)},
    {MP_ROM_QSTR(MP_QSTR_recvfrom), MP_ROM_PTR(&socket_recvfrom_obj)},
    {MP_ROM_QSTR(MP_QSTR_setsockopt), MP_ROM_PTR(&socket_setsockopt_obj)},
    {MP_ROM_QSTR(MP_QSTR_settimeout), MP_ROM_PTR(&socket_settimeout_obj)},
    {MP_ROM_QSTR(MP_QSTR_setblocking), MP_ROM_PTR(&socket_setblocking_obj)},
    {MP_ROM_QSTR(MP_QSTR_makefile), MP_ROM_PTR(&socket_makefile_obj)},
    {MP_ROM_QSTR(MP_QSTR_fileno), MP_ROM_PTR(&socket_fileno_obj)},
    {MP_ROM_QSTR(MP_QSTR_read), MP_ROM_PTR(&mp_stream_read_obj)},
    {MP_ROM_QSTR(MP_QSTR_readinto), MP_ROM_PTR(&socket_readinto_obj)},
    {MP_ROM_QSTR(MP_QSTR_readline), MP_ROM_PTR(&mp_stream_unbuffered_readline_obj)},
    {MP_ROM_QSTR(MP_QSTR_write), MP_ROM_PTR(&mp_stream_write_obj)},
};
static MP_DEFINE_CONST_DICT(socket_locals, socket_locals_table);

static const mp_stream_p_t socket_stream = {
    .read = socket_stream_read,
    .write = socket_stream_write,
    .ioctl = socket_stream_ioctl,
};

MP_DEFINE_CONST_OBJ_TYPE(socket_type, MP_QSTR_socket, MP_TYPE_FLAG_NONE, make_new, socket_make_new,
                         print, socket_print, protocol, &socket_stream, locals_dict,
                         &socket_locals);
