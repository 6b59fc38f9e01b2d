// The module `keyhash`: the core over the buffers of Python.

#include "py/objlist.h"
#include "py/runtime.h"

#include "../httptok/lend.h"
#include "keyhash.h"

typedef struct {
    mp_obj_base_t base;
    keyhash_pbkdf2_t core;
} pbkdf2_obj_t;

static const uint8_t *get_bytes(mp_obj_t obj, size_t *len) {
    mp_buffer_info_t info;
    mp_get_buffer_raise(obj, &info, MP_BUFFER_READ);
    *len = info.len;
    return info.buf;
}

static mp_obj_t new_hash(const uint32_t words[8]) {
    uint8_t bytes[KEYHASH_SIZE];
    keyhash_bytes(words, bytes);
    return mp_obj_new_bytes(bytes, sizeof(bytes));
}

// Pbkdf2(password, salt, index=1): after one iteration.
static mp_obj_t pbkdf2_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                                const mp_obj_t *args) {
    mp_arg_check_num(n_args, n_kw, 2, 3, false);
    size_t password_len, salt_len;
    const uint8_t *password = get_bytes(args[0], &password_len);
    const uint8_t *salt = get_bytes(args[1], &salt_len);
    mp_int_t index = n_args > 2 ? mp_obj_get_int(args[2]) : 1;
    if (index < 1) {
        mp_raise_ValueError(MP_ERROR_TEXT("index: expected 1 or more"));
    }
    pbkdf2_obj_t *self = mp_obj_malloc(pbkdf2_obj_t, type);
    keyhash_pbkdf2_begin(&self->core, password, password_len, salt, salt_len, (uint32_t)index);
    return MP_OBJ_FROM_PTR(self);
}

// step(iterations): does as many more.
static mp_obj_t pbkdf2_step(mp_obj_t self_in, mp_obj_t iterations_in) {
    pbkdf2_obj_t *self = MP_OBJ_TO_PTR(self_in);
    mp_int_t iterations = mp_obj_get_int(iterations_in);
    if (iterations < 0) {
        mp_raise_ValueError(MP_ERROR_TEXT("iterations: expected 0 or more"));
    }
    keyhash_pbkdf2_step(&self->core, (uint32_t)iterations);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(pbkdf2_step_obj, pbkdf2_step);

// key(): the block of the key after the iterations that were done, 32 bytes.
static mp_obj_t pbkdf2_key(mp_obj_t self_in) {
    pbkdf2_obj_t *self = MP_OBJ_TO_PTR(self_in);
    return new_hash(self->core.sum);
}
static MP_DEFINE_CONST_FUN_OBJ_1(pbkdf2_key_obj, pbkdf2_key);

static const mp_rom_map_elem_t pbkdf2_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR_step), MP_ROM_PTR(&pbkdf2_step_obj)},
    {MP_ROM_QSTR(MP_QSTR_key), MP_ROM_PTR(&pbkdf2_key_obj)},
};
static MP_DEFINE_CONST_DICT(pbkdf2_locals, pbkdf2_locals_table);

static MP_DEFINE_CONST_OBJ_TYPE(pbkdf2_type, MP_QSTR_Pbkdf2, MP_TYPE_FLAG_NONE, make_new,
                                pbkdf2_make_new, locals_dict, &pbkdf2_locals);

// hmac(key, message): 32 bytes.
static mp_obj_t hmac(mp_obj_t key_in, mp_obj_t message_in) {
    size_t key_len, len;
    const uint8_t *key = get_bytes(key_in, &key_len);
    const uint8_t *message = get_bytes(message_in, &len);
    keyhash_hmac_t core;
    uint32_t hash[8];
    keyhash_hmac_key(&core, key, key_len);
    keyhash_hmac(&core, message, len, 0, hash);
    return new_hash(hash);
}
static MP_DEFINE_CONST_FUN_OBJ_2(hmac_obj, hmac);

// equal(a, b): whether they are the same bytes; only their lengths can be told from how long it
// takes.
static mp_obj_t equal(mp_obj_t a_in, mp_obj_t b_in) {
    size_t a_len, b_len;
    const uint8_t *a = get_bytes(a_in, &a_len);
    const uint8_t *b = get_bytes(b_in, &b_len);
    return mp_obj_new_bool(a_len == b_len && keyhash_equal(a, b, a_len));
}
static MP_DEFINE_CONST_FUN_OBJ_2(equal_obj, equal);

// holder(holders, cookies, name): the one of a list whose attribute `secret` the cookie `name` has,
// or None. `cookies` is a head that may have the field, or the field's value; `name` has its `=`;
// the cookie is two characters, whose low four bits say which of the list, and the secret.
static mp_obj_t holder(mp_obj_t holders, mp_obj_t cookies_in, mp_obj_t name_in) {
    size_t len, name_len, count;
    const uint8_t *cookies = httptok_lend(cookies_in, HTTPTOK_COOKIE, &len);
    if (!cookies) {
        cookies = get_bytes(cookies_in, &len);
    }
    const uint8_t *name = get_bytes(name_in, &name_len);
    mp_obj_t *items;
    mp_obj_list_get(holders, &count, &items);
    size_t start = keyhash_cookie(cookies, len, name, name_len);
    if (len - start < 2) {
        return mp_const_none;
    }
    size_t number = (size_t)(cookies[start] & 15) << 4 | (cookies[start + 1] & 15);
    if (number >= count || items[number] == mp_const_none) {
        return mp_const_none;
    }
    start += 2;
    size_t secret_len;
    const uint8_t *secret = get_bytes(mp_load_attr(items[number], MP_QSTR_secret), &secret_len);
    if (len - start < secret_len || !keyhash_equal(secret, cookies + start, secret_len)) {
        return mp_const_none;
    }
    return items[number];
}
static MP_DEFINE_CONST_FUN_OBJ_3(holder_obj, holder);

static const mp_rom_map_elem_t module_table[] = {
    {MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_keyhash)},
    {MP_ROM_QSTR(MP_QSTR_Pbkdf2), MP_ROM_PTR(&pbkdf2_type)},
    {MP_ROM_QSTR(MP_QSTR_hmac), MP_ROM_PTR(&hmac_obj)},
    {MP_ROM_QSTR(MP_QSTR_equal), MP_ROM_PTR(&equal_obj)},
    {MP_ROM_QSTR(MP_QSTR_holder), MP_ROM_PTR(&holder_obj)},
};
static MP_DEFINE_CONST_DICT(module_globals, module_table);

const mp_obj_module_t keyhash_module = {
    .base = {&mp_type_module},
    .globals = (mp_obj_dict_t *)&module_globals,
};

MP_REGISTER_MODULE(MP_QSTR_keyhash, keyhash_module);
