// The select module: MicroPython's interface, at the price of what has happened.
//
// See watch.h for how the streams that nothing happened to stay out of the way.

#include "port/watch.h"
#include "py/mperrno.h"
#include "py/mphal.h"
#include "py/objlist.h"
#include "py/objtype.h"
#include "py/runtime.h"
#include "py/stream.h"

#define WAIT_FOREVER (-1)
// An ESP32's: as often does it look at streams that no interrupt tells of.
#define TICK_MS (10)

#define IPOLL_ONE_SHOT (1)

// As large as the entries of MicroPython's own module.
typedef struct {
    mp_obj_t stream;
    watch_t *watch;
    mp_uint_t wanted;
    mp_uint_t happened; // the answer to the last poll, for candidates only
} entry_t;

typedef struct {
    mp_obj_base_t base;
    mp_map_t entries;      // by the stream's id
    watch_set_t *set;      // NULL: no stream was registered yet
    mp_obj_t result;       // what ipoll() yields, again and again
    mp_uint_t ipoll_flags; // of the current iteration
} poll_obj_t;

static const mp_obj_type_t poll_type;

static poll_obj_t *poll_object(size_t size) {
    poll_obj_t *self = mp_obj_malloc_with_finaliser(poll_obj_t, &poll_type);
    self->set = NULL;
    self->result = MP_OBJ_NULL;
    self->ipoll_flags = 0;
    mp_map_init(&self->entries, size);
    return self;
}

// Registration

// A class of the program's is not asked for a descriptor: nobody asks it on the chips, and many
// answer 0 to all that they do not know.
static bool is_python_stream(mp_obj_t stream) {
    return mp_obj_is_instance_type(mp_obj_get_type(stream));
}

static int descriptor_of(mp_obj_t stream) {
    if (is_python_stream(stream)) {
        return -1;
    }
    int error;
    mp_uint_t fd = mp_get_stream(stream)->ioctl(stream, MP_STREAM_GET_FILENO, 0, &error);
    return fd == MP_STREAM_ERROR ? -1 : (int)fd;
}

static void add_entry(poll_obj_t *self, mp_obj_t stream, mp_uint_t wanted) {
    mp_get_stream_raise(stream, MP_STREAM_OP_IOCTL);
    entry_t *entry = m_new_obj(entry_t);
    entry->stream = stream;
    entry->wanted = wanted;
    entry->happened = 0;
    int fd = descriptor_of(stream);
    mp_map_elem_t *slot =
        mp_map_lookup(&self->entries, mp_obj_id(stream), MP_MAP_LOOKUP_ADD_IF_NOT_FOUND);
    if (self->set == NULL) {
        self->set = watch_set_new();
    }
    entry->watch = self->set == NULL ? NULL : watch_new(self->set, fd, entry);
    if (entry->watch == NULL) {
        mp_map_lookup(&self->entries, mp_obj_id(stream), MP_MAP_LOOKUP_REMOVE_IF_FOUND);
        m_malloc_fail(sizeof(watch_t));
    }
    slot->value = MP_OBJ_FROM_PTR(entry);
}

// The entry of a stream, or NULL.
static entry_t *find_entry(poll_obj_t *self, mp_obj_t stream) {
    mp_map_elem_t *slot = mp_map_lookup(&self->entries, mp_obj_id(stream), MP_MAP_LOOKUP);
    return slot == NULL ? NULL : MP_OBJ_TO_PTR(slot->value);
}

static void want(entry_t *entry, mp_uint_t wanted) {
    entry->wanted = wanted;
    watch_consider(entry->watch);
}

// register(stream, events=POLLIN | POLLOUT)
static mp_obj_t poll_register(size_t n_args, const mp_obj_t *args) {
    poll_obj_t *self = MP_OBJ_TO_PTR(args[0]);
    mp_uint_t wanted = MP_STREAM_POLL_RD | MP_STREAM_POLL_WR;
    if (n_args == 3) {
        wanted = (mp_uint_t)mp_obj_get_int(args[2]);
    }
    entry_t *entry = find_entry(self, args[1]);
    if (entry == NULL) {
        add_entry(self, args[1], wanted);
    } else {
        want(entry, wanted);
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(poll_register_obj, 2, 3, poll_register);

// unregister(stream): one that is not registered is no mistake.
static mp_obj_t poll_unregister(mp_obj_t self_in, mp_obj_t stream) {
    poll_obj_t *self = MP_OBJ_TO_PTR(self_in);
    mp_map_elem_t *slot =
        mp_map_lookup(&self->entries, mp_obj_id(stream), MP_MAP_LOOKUP_REMOVE_IF_FOUND);
    if (slot != NULL) {
        entry_t *entry = MP_OBJ_TO_PTR(slot->value);
        watch_free(entry->watch);
        // The free slot must not keep the stream alive.
        slot->value = MP_OBJ_NULL;
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(poll_unregister_obj, poll_unregister);

// modify(stream, events): OSError ENOENT if it is not registered.
static mp_obj_t poll_modify(mp_obj_t self_in, mp_obj_t stream, mp_obj_t events) {
    entry_t *entry = find_entry(MP_OBJ_TO_PTR(self_in), stream);
    if (entry == NULL) {
        mp_raise_OSError(MP_ENOENT);
    }
    want(entry, (mp_uint_t)mp_obj_get_int(events));
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_3(poll_modify_obj, poll_modify);

// Nobody refers to the poll object any more: nor must the descriptors.
static mp_obj_t poll_del(mp_obj_t self_in) {
    poll_obj_t *self = MP_OBJ_TO_PTR(self_in);
    watch_set_free(self->set);
    self->set = NULL;
    // Not mp_map_deinit(): a finaliser must not free.
    mp_map_init(&self->entries, 0);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(poll_del_obj, poll_del);

// Waiting

static mp_uint_t ask_stream(const entry_t *entry) {
    int error;
    mp_uint_t events =
        mp_get_stream(entry->stream)->ioctl(entry->stream, MP_STREAM_POLL, entry->wanted, &error);
    if (events == MP_STREAM_ERROR) {
        mp_raise_OSError(error);
    }
    return events;
}

// Asks the candidates. Returns how many are ready.
//
// before_sleep is NULL for the answers that count; candidates that are not ready are dismissed
// then. Otherwise it is only to be known whether there is time to sleep: streams of the program's
// own are left out, since the program sees each question, and *before_sleep tells if there are any.
static size_t ask(poll_obj_t *self, bool *before_sleep) {
    size_t count = 0;
    watch_rewind(self->set);
    watch_t *watch;
    while ((watch = watch_next(self->set)) != NULL) {
        // The answer of a stream of the program's may end any watch, this one too.
        entry_t *entry = watch->owner;
        entry->happened = 0;
        if (before_sleep != NULL && is_python_stream(entry->stream)) {
            *before_sleep = true;
            continue;
        }
        bool has_descriptor = watch_fd(watch) >= 0;
        if (!has_descriptor || readiness_is_possible(watch_fd(watch), (unsigned)entry->wanted)) {
            entry->happened = ask_stream(entry);
        }
        if (entry->happened != 0) {
            count++;
        } else if (has_descriptor && before_sleep == NULL) {
            watch_dismiss(watch);
        }
    }
    return count;
}

// Returns the number of streams that are ready, 0 after timeout_ms.
static size_t wait_until_ready(poll_obj_t *self, mp_int_t timeout_ms) {
    mp_uint_t start = timeout_ms > 0 ? mp_hal_ticks_ms() : 0;
    mp_int_t left = timeout_ms;
    bool python_was_asked = false;
    for (;;) {
        // What a callback does may make a stream ready that has no news to give.
        bool callbacks_run = MP_STATE_VM(sched_state) == MP_SCHED_PENDING;
        mp_event_handle_nowait();
        bool has_python = false;
        mp_int_t pause_ms = left;
        if (ask(self, &has_python) != 0 || (has_python && (!python_was_asked || callbacks_run))) {
            // No sleep, but the others shall be heard too.
            pause_ms = 0;
        } else if (has_python && (pause_ms < 0 || pause_ms > TICK_MS)) {
            pause_ms = TICK_MS;
        }
        mp_hal_wait_for_event((int)MIN(pause_ms, INT_MAX));
        size_t count = ask(self, NULL);
        python_was_asked = true;
        if (count != 0 || timeout_ms == 0) {
            return count;
        }
        if (timeout_ms > 0) {
            mp_uint_t elapsed = mp_hal_ticks_ms() - start;
            if (elapsed >= (mp_uint_t)timeout_ms) {
                return 0;
            }
            left = timeout_ms - (mp_int_t)elapsed;
        }
    }
}

// The next stream that was ready when it was asked, or NULL.
static entry_t *next_ready(poll_obj_t *self) {
    watch_t *watch;
    while ((watch = watch_next(self->set)) != NULL) {
        entry_t *entry = watch->owner;
        if (entry->happened != 0) {
            return entry;
        }
    }
    return NULL;
}

// Waits as told by poll()'s or ipoll()'s arguments. Returns how many streams next_ready() has.
static size_t wait_for_arguments(size_t n_args, const mp_obj_t *args) {
    mp_int_t timeout_ms = WAIT_FOREVER;
    if (n_args > 1 && args[1] != mp_const_none) {
        timeout_ms = MAX(mp_obj_get_int(args[1]), WAIT_FOREVER);
    }
    poll_obj_t *self = MP_OBJ_TO_PTR(args[0]);
    self->ipoll_flags = n_args > 2 ? (mp_uint_t)mp_obj_get_int(args[2]) : 0;
    size_t count = wait_until_ready(self, timeout_ms);
    watch_rewind(self->set);
    return count;
}

// poll(timeout=-1): a list of (stream, events).
static mp_obj_t poll_poll(size_t n_args, const mp_obj_t *args) {
    poll_obj_t *self = MP_OBJ_TO_PTR(args[0]);
    size_t count = wait_for_arguments(n_args, args);
    mp_obj_list_t *list = MP_OBJ_TO_PTR(mp_obj_new_list(count, NULL));
    list->len = 0;
    entry_t *entry;
    while (list->len < count && (entry = next_ready(self)) != NULL) {
        mp_obj_t pair[] = {entry->stream, MP_OBJ_NEW_SMALL_INT(entry->happened)};
        mp_obj_t tuple = mp_obj_new_tuple(MP_ARRAY_SIZE(pair), pair);
        list->items[list->len++] = tuple;
    }
    return MP_OBJ_FROM_PTR(list);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(poll_poll_obj, 1, 2, poll_poll);

// ipoll(timeout=-1, flags=0): an iterator that yields one and the same tuple. flags:
// IPOLL_ONE_SHOT, a stream that was named waits for modify().
static mp_obj_t poll_ipoll(size_t n_args, const mp_obj_t *args) {
    poll_obj_t *self = MP_OBJ_TO_PTR(args[0]);
    if (self->result == MP_OBJ_NULL) {
        self->result = mp_obj_new_tuple(2, NULL);
    }
    wait_for_arguments(n_args, args);
    return args[0];
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(poll_ipoll_obj, 1, 3, poll_ipoll);

static mp_obj_t poll_next(mp_obj_t self_in) {
    poll_obj_t *self = MP_OBJ_TO_PTR(self_in);
    entry_t *entry = self->result == MP_OBJ_NULL ? NULL : next_ready(self);
    if (entry == NULL) {
        return MP_OBJ_STOP_ITERATION;
    }
    if (self->ipoll_flags & IPOLL_ONE_SHOT) {
        entry->wanted = 0;
    }
    mp_obj_tuple_t *result = MP_OBJ_TO_PTR(self->result);
    result->items[0] = entry->stream;
    result->items[1] = MP_OBJ_NEW_SMALL_INT(entry->happened);
    return self->result;
}

static const mp_rom_map_elem_t poll_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR___del__), MP_ROM_PTR(&poll_del_obj)},
    {MP_ROM_QSTR(MP_QSTR_register), MP_ROM_PTR(&poll_register_obj)},
    {MP_ROM_QSTR(MP_QSTR_unregister), MP_ROM_PTR(&poll_unregister_obj)},
    {MP_ROM_QSTR(MP_QSTR_modify), MP_ROM_PTR(&poll_modify_obj)},
    {MP_ROM_QSTR(MP_QSTR_poll), MP_ROM_PTR(&poll_poll_obj)},
    {MP_ROM_QSTR(MP_QSTR_ipoll), MP_ROM_PTR(&poll_ipoll_obj)},
};
static MP_DEFINE_CONST_DICT(poll_locals, poll_locals_table);

static MP_DEFINE_CONST_OBJ_TYPE(poll_type, MP_QSTR_poll, MP_TYPE_FLAG_ITER_IS_ITERNEXT, iter,
                                poll_next, locals_dict, &poll_locals);

// poll()
static mp_obj_t select_poll(void) {
    return MP_OBJ_FROM_PTR(poll_object(0));
}
static MP_DEFINE_CONST_FUN_OBJ_0(select_poll_obj, select_poll);

// select.select()

enum { SIDES = 3 };

// What each of select()'s lists waits for, and which answers put a stream into it.
static const mp_uint_t side_wanted[SIDES] = {MP_STREAM_POLL_RD, MP_STREAM_POLL_WR,
                                             MP_STREAM_POLL_ERR | MP_STREAM_POLL_HUP};
static const mp_uint_t side_happened[SIDES] = {MP_STREAM_POLL_RD, MP_STREAM_POLL_WR,
                                               ~(mp_uint_t)(MP_STREAM_POLL_RD | MP_STREAM_POLL_WR)};

// select(readers, writers, others, timeout=None): three lists of those that are ready.
static mp_obj_t select_select(size_t n_args, const mp_obj_t *args) {
    size_t count[SIDES];
    mp_obj_t *streams[SIDES];
    for (int side = 0; side < SIDES; side++) {
        mp_obj_get_array(args[side], &count[side], &streams[side]);
    }
    mp_int_t timeout_ms = WAIT_FOREVER;
    if (n_args > SIDES && args[SIDES] != mp_const_none) {
        mp_float_t seconds = mp_obj_get_float(args[SIDES]);
        if (seconds >= 0) {
            mp_float_t ms = seconds * MICROPY_FLOAT_CONST(1000.0);
            timeout_ms = ms < (mp_float_t)1e9 ? (mp_int_t)ms : 1000000000;
        }
    }
    poll_obj_t *poll = poll_object(count[0] + count[1] + count[2]);
    for (int side = 0; side < SIDES; side++) {
        for (size_t i = 0; i < count[side]; i++) {
            entry_t *entry = find_entry(poll, streams[side][i]);
            if (entry == NULL) {
                add_entry(poll, streams[side][i], side_wanted[side]);
            } else {
                entry->wanted |= side_wanted[side];
            }
        }
    }
    wait_until_ready(poll, timeout_ms);
    mp_obj_t lists[SIDES];
    for (int side = 0; side < SIDES; side++) {
        lists[side] = mp_obj_new_list(0, NULL);
        watch_rewind(poll->set);
        entry_t *entry;
        while ((entry = next_ready(poll)) != NULL) {
            if (entry->happened & side_happened[side]) {
                mp_obj_list_append(lists[side], entry->stream);
            }
        }
    }
    // It need not wait for the garbage collector.
    poll_del(MP_OBJ_FROM_PTR(poll));
    return mp_obj_new_tuple(SIDES, lists);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(select_select_obj, 3, 4, select_select);

static const mp_rom_map_elem_t select_globals_table[] = {
    {MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_select)},
    {MP_ROM_QSTR(MP_QSTR_select), MP_ROM_PTR(&select_select_obj)},
    {MP_ROM_QSTR(MP_QSTR_poll), MP_ROM_PTR(&select_poll_obj)},
    {MP_ROM_QSTR(MP_QSTR_POLLIN), MP_ROM_INT(MP_STREAM_POLL_RD)},
    {MP_ROM_QSTR(MP_QSTR_POLLOUT), MP_ROM_INT(MP_STREAM_POLL_WR)},
    {MP_ROM_QSTR(MP_QSTR_POLLERR), MP_ROM_INT(MP_STREAM_POLL_ERR)},
    {MP_ROM_QSTR(MP_QSTR_POLLHUP), MP_ROM_INT(MP_STREAM_POLL_HUP)},
};
static MP_DEFINE_CONST_DICT(select_globals, select_globals_table);

const mp_obj_module_t select_module = {
    .base = {&mp_type_module},
    .globals = (mp_obj_dict_t *)&select_globals,
};
MP_REGISTER_EXTENSIBLE_MODULE(MP_QSTR_select, select_module);
