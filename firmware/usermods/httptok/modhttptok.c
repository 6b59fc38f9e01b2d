// The module `httptok`: the core over the buffers of Python. Head keeps its buffer, not a copy, and
// makes an object of a part of the head when it is asked for it, not before.
#include <string.h>

#include "py/objstr.h"
#include "py/runtime.h"

#include "httptok.h"
#include "lend.h"

typedef struct {
    mp_obj_base_t base;
    mp_obj_t buf;
    size_t start;
    httptok_head_t head;
} head_obj_t;

typedef struct {
    mp_obj_base_t base;
    httptok_chunked_t chunked;
} chunked_obj_t;

static MP_NORETURN void refuse(mp_rom_error_text_t what) {
    mp_raise_ValueError(what);
}

static httptok_span_t get_span(mp_obj_t obj) {
    mp_buffer_info_t info;
    mp_get_buffer_raise(obj, &info, MP_BUFFER_READ);
    return (httptok_span_t){info.buf, info.len};
}

// The bytes start .. end of a buffer.
static uint8_t *get_range(mp_obj_t obj, mp_obj_t start, mp_obj_t end, unsigned flags, size_t *len) {
    mp_buffer_info_t info;
    mp_get_buffer_raise(obj, &info, flags);
    mp_int_t from = mp_obj_get_int(start), to = mp_obj_get_int(end);
    if (from < 0 || to < from || (size_t)to > info.len) {
        refuse(MP_ERROR_TEXT("range"));
    }
    *len = (size_t)(to - from);
    return (uint8_t *)info.buf + from;
}

static mp_obj_t new_bytes(httptok_span_t span) {
    return span.data ? mp_obj_new_bytes(span.data, span.len) : mp_const_none;
}

// Head

static mp_obj_t head_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                              const mp_obj_t *all_args) {
    enum { ARG_buf, ARG_target_max };
    static const mp_arg_t allowed[] = {
        {MP_QSTR_buf, MP_ARG_REQUIRED | MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
        {MP_QSTR_target_max, MP_ARG_INT, {.u_int = 2048}},
    };
    mp_arg_val_t args[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all_kw_array(n_args, n_kw, all_args, MP_ARRAY_SIZE(allowed), allowed, args);
    mp_int_t target_max = args[ARG_target_max].u_int;
    if (target_max < 1 || target_max > HTTPTOK_HEAD_MAX) {
        refuse(MP_ERROR_TEXT("target_max"));
    }
    mp_buffer_info_t info;
    mp_get_buffer_raise(args[ARG_buf].u_obj, &info, MP_BUFFER_RW);
    head_obj_t *self = mp_obj_malloc(head_obj_t, type);
    self->buf = args[ARG_buf].u_obj;
    self->start = 0;
    httptok_reset(&self->head, (uint16_t)target_max);
    return MP_OBJ_FROM_PTR(self);
}

static mp_obj_t head_reset(mp_obj_t self_in) {
    head_obj_t *self = MP_OBJ_TO_PTR(self_in);
    httptok_reset(&self->head, (uint16_t)self->head.target_max);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(head_reset_obj, head_reset);

static mp_obj_t head_parse(mp_obj_t self_in, mp_obj_t start, mp_obj_t end) {
    head_obj_t *self = MP_OBJ_TO_PTR(self_in);
    size_t len;
    const uint8_t *data = get_range(self->buf, start, end, MP_BUFFER_READ, &len);
    if (!self->head.result) {
        self->start = (size_t)mp_obj_get_int(start);
    }
    int n = httptok_parse(&self->head, data, len);
    return mp_obj_new_int(n > 0 ? (mp_int_t)self->start + n : n);
}
static MP_DEFINE_CONST_FUN_OBJ_3(head_parse_obj, head_parse);

// First byte of the complete head; NULL when there is none. The buffer may have shrunk since.
static const uint8_t *head_data(head_obj_t *self) {
    if (self->head.result <= 0) {
        return NULL;
    }
    httptok_span_t buf = get_span(self->buf);
    if (buf.len < self->start + (size_t)self->head.result) {
        refuse(MP_ERROR_TEXT("range"));
    }
    return buf.data + self->start;
}

static mp_obj_t head_part(head_obj_t *self, const httptok_part_t *part) {
    const uint8_t *data = head_data(self);
    if (!data || !part->at) {
        return mp_const_none;
    }
    return mp_obj_new_bytes(data + part->at, part->len);
}

// Length of the body behind the head; -1 where more than the two decides how to answer.
static mp_int_t head_rest(const httptok_head_t *head) {
    const uint32_t wanted = HTTPTOK_KEEP_ALIVE | HTTPTOK_CHUNKED;
    if (head->result <= 0 || head->method == HTTPTOK_HEAD || !head->minor ||
        (head->flags & wanted) != HTTPTOK_KEEP_ALIVE) {
        return -1;
    }
    return head->content_length > 0 ? head->content_length : 0;
}

static void head_attr(mp_obj_t self_in, qstr name, mp_obj_t *dest) {
    head_obj_t *self = MP_OBJ_TO_PTR(self_in);
    const httptok_head_t *head = &self->head;
    bool complete = head->result > 0;
    mp_int_t value;
    if (dest[0] != MP_OBJ_NULL) {
        return; // read only
    }
    switch (name) {
    case MP_QSTR_path:
        dest[0] = head_part(self, &head->path);
        return;
    case MP_QSTR_query:
        dest[0] = head_part(self, &head->query);
        return;
    case MP_QSTR_content_length:
        dest[0] = mp_obj_new_int(complete ? head->content_length : -1);
        return;
    case MP_QSTR_rest:
        dest[0] = mp_obj_new_int(head_rest(head));
        return;
    case MP_QSTR_method:
        value = (mp_int_t)head->method;
        break;
    case MP_QSTR_version:
        value = (mp_int_t)head->minor;
        break;
    case MP_QSTR_flags:
        value = (mp_int_t)head->flags;
        break;
    case MP_QSTR_count:
        value = (mp_int_t)head->count;
        break;
    default:
        dest[1] = MP_OBJ_SENTINEL; // look among the methods
        return;
    }
    dest[0] = MP_OBJ_NEW_SMALL_INT(complete ? value : 0);
}

// Looks the path up in a dict without making an object of it, which is all that mp_map_lookup
// takes. As that does, it begins where the hash says and ends at a slot that was never used; what
// it passes it compares by itself, for to ask mp_obj_equal costs more than all the rest.
static mp_obj_t head_find(mp_obj_t self_in, mp_obj_t table) {
    head_obj_t *self = MP_OBJ_TO_PTR(self_in);
    const uint8_t *data = head_data(self);
    const mp_map_t *map = mp_obj_dict_get_map(table);
    if (!data || map->alloc == 0) {
        return mp_const_none;
    }
    const uint8_t *path = data + self->head.path.at;
    const size_t len = self->head.path.len;
    size_t at = map->is_ordered ? 0 : qstr_compute_hash(path, len) % map->alloc;
    for (size_t left = map->alloc; left > 0 && map->table[at].key != MP_OBJ_NULL; left--) {
        mp_obj_t key = map->table[at].key;
        if (key != MP_OBJ_SENTINEL && mp_obj_is_exact_type(key, &mp_type_bytes)) {
            const mp_obj_str_t *known = MP_OBJ_TO_PTR(key);
            if (known->len == len && memcmp(known->data, path, len) == 0) {
                return map->table[at].value;
            }
        }
        at = at + 1 < map->alloc ? at + 1 : 0;
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(head_find_obj, head_find);

static bool same_name(httptok_span_t a, httptok_span_t b) {
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (unichar_tolower(a.data[i]) != unichar_tolower(b.data[i])) {
            return false;
        }
    }
    return true;
}

static mp_obj_t head_get(mp_obj_t self_in, mp_obj_t key) {
    head_obj_t *self = MP_OBJ_TO_PTR(self_in);
    const uint8_t *data = head_data(self);
    size_t slot;
    if (mp_obj_is_int(key)) {
        slot = (size_t)mp_obj_get_int(key);
        if (slot >= HTTPTOK_SLOT_COUNT) {
            mp_raise_msg(&mp_type_IndexError, MP_ERROR_TEXT("slot"));
        }
    } else {
        httptok_span_t name = get_span(key), sent, value;
        slot = httptok_find_slot(name.data, name.len);
        for (size_t i = 0; i < name.len; i++) {
            if (name.data[i] < ' ') { // what find_slot is not made for
                slot = HTTPTOK_SLOT_COUNT;
            }
        }
        if (data && slot == HTTPTOK_SLOT_COUNT) {
            for (size_t i = 0; i < self->head.count; i++) {
                httptok_field(&self->head, data, i, &sent, &value);
                if (same_name(sent, name)) {
                    return new_bytes(value);
                }
            }
            return mp_const_none;
        }
    }
    return data ? new_bytes(httptok_slot(&self->head, data, slot)) : mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(head_get_obj, head_get);

static mp_obj_t head_item(mp_obj_t self_in, mp_obj_t index) {
    head_obj_t *self = MP_OBJ_TO_PTR(self_in);
    const uint8_t *data = head_data(self);
    size_t i = (size_t)mp_obj_get_int(index);
    if (!data || i >= self->head.count) {
        mp_raise_msg(&mp_type_IndexError, MP_ERROR_TEXT("field"));
    }
    httptok_span_t name, value;
    httptok_field(&self->head, data, i, &name, &value);
    mp_obj_t pair[2] = {new_bytes(name), new_bytes(value)};
    return mp_obj_new_tuple(2, pair);
}
static MP_DEFINE_CONST_FUN_OBJ_2(head_item_obj, head_item);

static const mp_rom_map_elem_t head_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR_parse), MP_ROM_PTR(&head_parse_obj)},
    {MP_ROM_QSTR(MP_QSTR_reset), MP_ROM_PTR(&head_reset_obj)},
    {MP_ROM_QSTR(MP_QSTR_get), MP_ROM_PTR(&head_get_obj)},
    {MP_ROM_QSTR(MP_QSTR_item), MP_ROM_PTR(&head_item_obj)},
    {MP_ROM_QSTR(MP_QSTR_find), MP_ROM_PTR(&head_find_obj)},
};
static MP_DEFINE_CONST_DICT(head_locals, head_locals_table);

static MP_DEFINE_CONST_OBJ_TYPE(head_type, MP_QSTR_Head, MP_TYPE_FLAG_NONE, make_new, head_make_new,
                                attr, head_attr, locals_dict, &head_locals);

const uint8_t *httptok_lend(mp_obj_t head, size_t slot, size_t *len) {
    if (!mp_obj_is_exact_type(head, &head_type)) {
        return NULL;
    }
    head_obj_t *self = MP_OBJ_TO_PTR(head);
    const uint8_t *data = head_data(self);
    httptok_span_t value = {NULL, 0};
    if (data) {
        value = httptok_slot(&self->head, data, slot);
    }
    *len = value.len;
    return value.data ? value.data : (const uint8_t *)"";
}

// Chunked

static mp_obj_t chunked_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                                 const mp_obj_t *args) {
    (void)args;
    mp_arg_check_num(n_args, n_kw, 0, 0, false);
    chunked_obj_t *self = mp_obj_malloc(chunked_obj_t, type);
    self->chunked = (httptok_chunked_t){0};
    return MP_OBJ_FROM_PTR(self);
}

static mp_obj_t chunked_decode(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    chunked_obj_t *self = MP_OBJ_TO_PTR(args[0]);
    size_t len, data_len;
    uint8_t *data = get_range(args[1], args[2], args[3], MP_BUFFER_RW, &len);
    size_t used = httptok_chunked(&self->chunked, data, len, &data_len);
    if (used == HTTPTOK_MALFORMED) {
        refuse(MP_ERROR_TEXT("chunked"));
    }
    mp_int_t start = mp_obj_get_int(args[2]);
    mp_obj_t result[3] = {
        mp_obj_new_int(start + (mp_int_t)used),
        mp_obj_new_int(start + (mp_int_t)data_len),
        mp_obj_new_bool(httptok_chunked_done(&self->chunked)),
    };
    return mp_obj_new_tuple(3, result);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(chunked_decode_obj, 4, 4, chunked_decode);

static const mp_rom_map_elem_t chunked_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR_decode), MP_ROM_PTR(&chunked_decode_obj)},
};
static MP_DEFINE_CONST_DICT(chunked_locals, chunked_locals_table);

static MP_DEFINE_CONST_OBJ_TYPE(chunked_type, MP_QSTR_Chunked, MP_TYPE_FLAG_NONE, make_new,
                                chunked_make_new, locals_dict, &chunked_locals);

// Functions

static mp_obj_t decoded(httptok_span_t span, bool plus) {
    vstr_t vstr;
    vstr_init_len(&vstr, span.len);
    size_t len = httptok_unquote((uint8_t *)vstr.buf, span.data, span.len, plus);
    if (len == HTTPTOK_MALFORMED) {
        vstr_clear(&vstr);
        refuse(MP_ERROR_TEXT("escape"));
    }
    vstr.len = len;
    return mp_obj_new_bytes_from_vstr(&vstr);
}

static mp_obj_t mod_unquote(size_t n_args, const mp_obj_t *args, mp_map_t *kw_args) {
    enum { ARG_data, ARG_plus };
    static const mp_arg_t allowed[] = {
        {MP_QSTR_data, MP_ARG_REQUIRED | MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
        {MP_QSTR_plus, MP_ARG_BOOL, {.u_bool = false}},
    };
    mp_arg_val_t vals[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all(n_args, args, kw_args, MP_ARRAY_SIZE(allowed), allowed, vals);
    return decoded(get_span(vals[ARG_data].u_obj), vals[ARG_plus].u_bool);
}
static MP_DEFINE_CONST_FUN_OBJ_KW(unquote_obj, 1, mod_unquote);

static mp_obj_t mod_split_pairs(mp_obj_t data, mp_obj_t sep_in, mp_obj_t decode_in) {
    httptok_span_t rest = get_span(data), sep = get_span(sep_in), name, value;
    bool decode = mp_obj_is_true(decode_in);
    if (sep.len != 1) {
        refuse(MP_ERROR_TEXT("sep"));
    }
    mp_obj_t list = mp_obj_new_list(0, NULL);
    while (httptok_pair(&rest, sep.data[0], !decode, &name, &value)) {
        mp_obj_t pair[2];
        pair[0] = decode ? decoded(name, true) : new_bytes(name);
        pair[1] = decode ? decoded(value, true) : new_bytes(value);
        mp_obj_list_append(list, mp_obj_new_tuple(2, pair));
    }
    return list;
}
static MP_DEFINE_CONST_FUN_OBJ_3(split_pairs_obj, mod_split_pairs);

static httptok_span_t get_boundary(mp_obj_t obj) {
    httptok_span_t boundary = get_span(obj);
    if (boundary.len < 1 || boundary.len > 255) {
        refuse(MP_ERROR_TEXT("boundary"));
    }
    return boundary;
}

static mp_obj_t mod_find_boundary(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    size_t len;
    const uint8_t *data = get_range(args[0], args[1], args[2], MP_BUFFER_READ, &len);
    httptok_span_t boundary = get_boundary(args[3]);
    size_t at = httptok_search(data, len, boundary);
    if (at + boundary.len > len) {
        return MP_OBJ_NEW_SMALL_INT(-1);
    }
    return mp_obj_new_int(mp_obj_get_int(args[1]) + (mp_int_t)at);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(find_boundary_obj, 4, 4, mod_find_boundary);

static mp_obj_t mod_boundary_tail(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    size_t len, skip = 0;
    const uint8_t *data = get_range(args[0], args[1], args[2], MP_BUFFER_READ, &len);
    httptok_span_t boundary = get_boundary(args[3]);
    if (len >= boundary.len) {
        skip = len - boundary.len + 1;
    }
    size_t at = skip + httptok_search(data + skip, len - skip, boundary);
    return mp_obj_new_int(mp_obj_get_int(args[1]) + (mp_int_t)at);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(boundary_tail_obj, 4, 4, mod_boundary_tail);

static mp_obj_t mod_unmask(size_t n_args, const mp_obj_t *args) {
    size_t len;
    uint8_t *data = get_range(args[0], args[1], args[2], MP_BUFFER_RW, &len);
    httptok_span_t key = get_span(args[3]);
    mp_int_t offset = n_args > 4 ? mp_obj_get_int(args[4]) : 0;
    if (key.len != 4 || offset < 0) {
        refuse(MP_ERROR_TEXT("key"));
    }
    httptok_unmask(data, len, key.data, (size_t)offset);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(unmask_obj, 4, 5, mod_unmask);

// Whether a handler's result is the body as it is. Others have a buffer, too, but mean numbers.
static bool is_body(mp_obj_t obj) {
    return mp_obj_is_str_or_bytes(obj) || mp_obj_is_exact_type(obj, &mp_type_bytearray) ||
           mp_obj_is_exact_type(obj, &mp_type_memoryview);
}

static mp_obj_t mod_compose(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    if (!is_body(args[3])) {
        return MP_OBJ_NEW_SMALL_INT(0);
    }
    mp_buffer_info_t to;
    mp_get_buffer_raise(args[0], &to, MP_BUFFER_WRITE);
    httptok_span_t prefix = get_span(args[1]), end = get_span(args[2]), body = get_span(args[3]);
    char digits[12];
    size_t n = sizeof(digits);
    for (size_t left = body.len; n == sizeof(digits) || left > 0; left /= 10) {
        digits[--n] = (char)('0' + left % 10);
    }
    httptok_span_t length = {(const uint8_t *)digits + n, sizeof(digits) - n};
    if (prefix.len + length.len + end.len + body.len > to.len) {
        return MP_OBJ_NEW_SMALL_INT(0);
    }
    uint8_t *p = to.buf;
    const httptok_span_t parts[] = {prefix, length, end, body};
    for (size_t i = 0; i < MP_ARRAY_SIZE(parts); i++) {
        memmove(p, parts[i].data, parts[i].len);
        p += parts[i].len;
    }
    return MP_OBJ_NEW_SMALL_INT(p - (uint8_t *)to.buf);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(compose_obj, 4, 4, mod_compose);

// WebSocket's small texts, which most messages are (RFC 6455 5.2): one call in place of a dozen

enum {
    WHOLE_TEXT = 0x81, // the first byte of a frame
    MASKED = 0x80,     // in the second one, beside the length
    CLIENT_HEAD = 6,
    SERVER_HEAD = 2,
    SMALL_MAX = 125,
};

static mp_obj_t mod_take_text(mp_obj_t buf, mp_obj_t end) {
    size_t len;
    const uint8_t *frame = get_range(buf, MP_OBJ_NEW_SMALL_INT(0), end, MP_BUFFER_READ, &len);
    if (len < CLIENT_HEAD || len > CLIENT_HEAD + SMALL_MAX || frame[0] != WHOLE_TEXT ||
        frame[1] != (MASKED | (len - CLIENT_HEAD))) {
        return mp_const_none;
    }
    uint8_t text[SMALL_MAX], seen = 0;
    len -= CLIENT_HEAD;
    memcpy(text, frame + CLIENT_HEAD, len);
    httptok_unmask(text, len, frame + 2, 0);
    for (size_t i = 0; i < len; i++) {
        seen |= text[i];
    }
    if (seen & 0x80) {
        return mp_const_none;
    }
    // Without a search for a name of this spelling, which takes longer than all the rest
    return mp_obj_new_str_copy(&mp_type_str, text, len);
}
static MP_DEFINE_CONST_FUN_OBJ_2(take_text_obj, mod_take_text);

static mp_obj_t mod_put_text(mp_obj_t buf, mp_obj_t text) {
    mp_buffer_info_t to;
    mp_get_buffer_raise(buf, &to, MP_BUFFER_WRITE);
    if (!mp_obj_is_str(text)) {
        return MP_OBJ_NEW_SMALL_INT(0);
    }
    httptok_span_t from = get_span(text);
    if (from.len > SMALL_MAX || SERVER_HEAD + from.len > to.len) {
        return MP_OBJ_NEW_SMALL_INT(0);
    }
    uint8_t *frame = to.buf;
    frame[0] = WHOLE_TEXT;
    frame[1] = (uint8_t)from.len;
    memcpy(frame + SERVER_HEAD, from.data, from.len);
    return MP_OBJ_NEW_SMALL_INT(SERVER_HEAD + from.len);
}
static MP_DEFINE_CONST_FUN_OBJ_2(put_text_obj, mod_put_text);

static const mp_rom_map_elem_t module_globals_table[] = {
    {MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_httptok)},
    {MP_ROM_QSTR(MP_QSTR_Head), MP_ROM_PTR(&head_type)},
    {MP_ROM_QSTR(MP_QSTR_Chunked), MP_ROM_PTR(&chunked_type)},
    {MP_ROM_QSTR(MP_QSTR_unquote), MP_ROM_PTR(&unquote_obj)},
    {MP_ROM_QSTR(MP_QSTR_split_pairs), MP_ROM_PTR(&split_pairs_obj)},
    {MP_ROM_QSTR(MP_QSTR_find_boundary), MP_ROM_PTR(&find_boundary_obj)},
    {MP_ROM_QSTR(MP_QSTR_boundary_tail), MP_ROM_PTR(&boundary_tail_obj)},
    {MP_ROM_QSTR(MP_QSTR_unmask), MP_ROM_PTR(&unmask_obj)},
    {MP_ROM_QSTR(MP_QSTR_compose), MP_ROM_PTR(&compose_obj)},
    {MP_ROM_QSTR(MP_QSTR_take_text), MP_ROM_PTR(&take_text_obj)},
    {MP_ROM_QSTR(MP_QSTR_put_text), MP_ROM_PTR(&put_text_obj)},
// A slot's name is a qstr. An incremental build looks for those in files that have changed, and in
// no header: touch this file after another slot.
// clang-format off
#define CONSTANT(name) {MP_ROM_QSTR(MP_QSTR_##name), MP_ROM_INT(HTTPTOK_##name)},
#define SLOT(n, slot, name, kind) CONSTANT(slot)
    HTTPTOK_METHODS(CONSTANT)
    HTTPTOK_SLOTS(SLOT, 0)
    CONSTANT(KEEP_ALIVE)
    CONSTANT(CHUNKED)
    CONSTANT(EXPECT_100)
    CONSTANT(UPGRADE_WEBSOCKET)
    CONSTANT(ACCEPT_GZIP)
    // clang-format on
};
static MP_DEFINE_CONST_DICT(module_globals, module_globals_table);

const mp_obj_module_t httptok_module = {
    .base = {&mp_type_module},
    .globals = (mp_obj_dict_t *)&module_globals,
};
MP_REGISTER_MODULE(MP_QSTR_httptok, httptok_module);
