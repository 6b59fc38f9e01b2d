// The module `_events`: what modcore.events does for each event. modcore/pyevents.py is the same
// for CPython; what happens once in a while is Python's, in modcore/event_faults.py.

#include <string.h>

#include "py/mphal.h"
#include "py/objexcept.h"
#include "py/objstr.h"
#include "py/objtuple.h"
#include "py/runtime.h"

#include "running.h"

#define ROUTES_MAX (32) // names whose subscribers are remembered
#define TURN (16)       // events handled before sockets have their turn again

enum { EVENT_NAME, EVENT_DATA, EVENT_SOURCE, EVENT_ANSWER, EVENT_FIELDS };

static const qstr event_fields[] = {MP_QSTR_name, MP_QSTR_data, MP_QSTR_source, MP_QSTR_answer};

typedef struct _subscriber_obj_t {
    mp_obj_base_t base;
    mp_obj_t name;
    mp_obj_t patterns; // a tuple
    mp_obj_t handler;
    mp_obj_t owner;
    account_obj_t *account; // the owner's, or NULL
    struct _subscriber_obj_t *next;
    mp_obj_t *queue; // a ring of limit events
    uint32_t dropped;
    uint8_t limit;
    uint8_t first;
    uint8_t count;
    bool active; // it is among those to be served, or its fiber runs
} subscriber_obj_t;

typedef struct {
    mp_obj_base_t base;
    mp_obj_t poller;
    mp_obj_tuple_t *subscribers;
    mp_map_t routes; // tuples of subscribers by name
    subscriber_obj_t *ready, *last_ready;
    bool in_turn;
} events_obj_t;

static const mp_obj_type_t subscriber_type;

// What is rare is Python's

// Calls that function of modcore.event_faults. Returns whether it went well: with the heap full it
// may not, and then the other subscribers shall have their events all the same.
static bool rare(qstr function, size_t n_args, const mp_obj_t *args) {
    nlr_buf_t nlr;
    if (nlr_push(&nlr) == 0) {
        qstr name = qstr_from_str("modcore.event_faults");
        mp_obj_t module = mp_import_name(name, mp_const_true, MP_OBJ_NEW_SMALL_INT(0));
        mp_call_function_n_kw(mp_load_attr(module, function), n_args, 0, args);
        nlr_pop();
        return true;
    }
    if (!mp_obj_exception_match(MP_OBJ_FROM_PTR(nlr.ret_val),
                                MP_OBJ_FROM_PTR(&mp_type_Exception))) {
        nlr_jump(nlr.ret_val);
    }
    return false;
}

// Subscriber

// Subscriber(name, patterns, handler, owner=None, limit=8)
static mp_obj_t subscriber_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                                    const mp_obj_t *args) {
    mp_arg_check_num(n_args, n_kw, 3, 5, false);
    mp_int_t limit = n_args > 4 ? mp_obj_get_int(args[4]) : 8;
    if (limit < 1 || limit > 255) {
        mp_raise_ValueError(MP_ERROR_TEXT("limit: expected 1 to 255"));
    }
    subscriber_obj_t *self = mp_obj_malloc(subscriber_obj_t, type);
    self->name = args[0];
    if (!mp_obj_is_type(args[1], &mp_type_tuple)) {
        mp_raise_TypeError(MP_ERROR_TEXT("patterns: expected a tuple"));
    }
    self->patterns = args[1];
    self->handler = args[2];
    self->owner = n_args > 3 ? args[3] : mp_const_none;
    self->account = NULL;
    self->next = NULL;
    self->queue = NULL;
    self->dropped = 0;
    self->limit = (uint8_t)limit;
    self->first = self->count = 0;
    self->active = false;
    if (self->owner != mp_const_none) {
        mp_obj_t account[2];
        mp_load_method_maybe(self->owner, MP_QSTR_account, account);
        if (account[0] != MP_OBJ_NULL && mp_obj_is_type(account[0], &events_account_type)) {
            self->account = MP_OBJ_TO_PTR(account[0]);
        }
    }
    self->queue = m_new0(mp_obj_t, limit);
    return MP_OBJ_FROM_PTR(self);
}

static void subscriber_attr(mp_obj_t self_in, qstr attr, mp_obj_t *dest) {
    const subscriber_obj_t *self = MP_OBJ_TO_PTR(self_in);
    if (dest[0] != MP_OBJ_NULL) {
        return;
    }
    switch (attr) {
    case MP_QSTR_name:
        dest[0] = self->name;
        break;
    case MP_QSTR_patterns:
        dest[0] = self->patterns;
        break;
    case MP_QSTR_owner:
        dest[0] = self->owner;
        break;
    case MP_QSTR_dropped:
        dest[0] = mp_obj_new_int_from_uint(self->dropped);
        break;
    }
}

static MP_DEFINE_CONST_OBJ_TYPE(subscriber_type, MP_QSTR_Subscriber, MP_TYPE_FLAG_NONE, make_new,
                                subscriber_make_new, attr, subscriber_attr);

static mp_obj_t take(subscriber_obj_t *self) {
    mp_obj_t event = self->queue[self->first];
    self->queue[self->first] = MP_OBJ_NULL; // it must not live on
    self->first = (uint8_t)((self->first + 1) % self->limit);
    self->count--;
    return event;
}

static void put(subscriber_obj_t *self, mp_obj_t event) {
    if (self->count == self->limit) {
        take(self);
        self->dropped++;
        // 1, 2, 4, 8 … of them: a storm must not fill the log as well
        if ((self->dropped & (self->dropped - 1)) == 0) {
            mp_obj_t args[] = {MP_OBJ_FROM_PTR(self)};
            rare(MP_QSTR_overflow, 1, args);
        }
    }
    self->queue[(self->first + self->count) % self->limit] = event;
    self->count++;
}

// Events

// Events(poller): its attribute `pending` is what is to be called before the loop waits.
static mp_obj_t events_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                                const mp_obj_t *args) {
    mp_arg_check_num(n_args, n_kw, 1, 1, false);
    events_obj_t *self = mp_obj_malloc(events_obj_t, type);
    self->poller = args[0];
    self->subscribers = (mp_obj_tuple_t *)&mp_const_empty_tuple_obj;
    mp_map_init(&self->routes, 0);
    self->ready = self->last_ready = NULL;
    self->in_turn = false;
    return MP_OBJ_FROM_PTR(self);
}

static void append_ready(events_obj_t *self, subscriber_obj_t *subscriber) {
    subscriber->active = true;
    subscriber->next = NULL;
    if (self->ready == NULL) {
        self->ready = subscriber;
        if (!self->in_turn) {
            mp_store_attr(self->poller, MP_QSTR_pending, MP_OBJ_FROM_PTR(self));
        }
    } else {
        self->last_ready->next = subscriber;
    }
    self->last_ready = subscriber;
}

static void set_subscribers(events_obj_t *self, size_t count, const mp_obj_t *items) {
    self->subscribers = MP_OBJ_TO_PTR(mp_obj_new_tuple(count, items));
    mp_map_clear(&self->routes);
}

// add(subscriber)
static mp_obj_t events_add(mp_obj_t self_in, mp_obj_t subscriber) {
    events_obj_t *self = MP_OBJ_TO_PTR(self_in);
    if (!mp_obj_is_type(subscriber, &subscriber_type)) {
        mp_raise_TypeError(MP_ERROR_TEXT("expected a Subscriber"));
    }
    size_t count = self->subscribers->len;
    mp_obj_t *items = m_new(mp_obj_t, count + 1);
    memcpy(items, self->subscribers->items, count * sizeof(mp_obj_t));
    items[count] = subscriber;
    set_subscribers(self, count + 1, items);
    m_del(mp_obj_t, items, count + 1);
    return subscriber;
}
static MP_DEFINE_CONST_FUN_OBJ_2(events_add_obj, events_add);

// remove(subscriber): with the events that wait for it. One that is not there is no mistake.
static mp_obj_t events_remove(mp_obj_t self_in, mp_obj_t subscriber) {
    events_obj_t *self = MP_OBJ_TO_PTR(self_in);
    size_t count = self->subscribers->len;
    mp_obj_t *items = m_new(mp_obj_t, count + 1);
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        if (self->subscribers->items[i] != subscriber) {
            items[left++] = self->subscribers->items[i];
        }
    }
    set_subscribers(self, left, items);
    m_del(mp_obj_t, items, count + 1);
    if (mp_obj_is_type(subscriber, &subscriber_type)) {
        while (((subscriber_obj_t *)MP_OBJ_TO_PTR(subscriber))->count > 0) {
            take(MP_OBJ_TO_PTR(subscriber));
        }
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(events_remove_obj, events_remove);

// A pattern is a name, "*", or a name and ".*" for all names below it.
static bool matches(mp_obj_t pattern_in, mp_obj_t name_in) {
    size_t pattern_len, name_len;
    const char *pattern = mp_obj_str_get_data(pattern_in, &pattern_len);
    const char *name = mp_obj_str_get_data(name_in, &name_len);
    if (pattern_len == name_len && memcmp(pattern, name, name_len) == 0) {
        return true;
    }
    if (pattern_len == 0 || pattern[pattern_len - 1] != '*') {
        return false;
    }
    pattern_len--;
    return pattern_len == 0 || (pattern[pattern_len - 1] == '.' && name_len > pattern_len &&
                                memcmp(pattern, name, pattern_len) == 0);
}

static bool wants(const subscriber_obj_t *subscriber, mp_obj_t name) {
    const mp_obj_tuple_t *patterns = MP_OBJ_TO_PTR(subscriber->patterns);
    for (size_t i = 0; i < patterns->len; i++) {
        if (matches(patterns->items[i], name)) {
            return true;
        }
    }
    return false;
}

static mp_obj_tuple_t *route(events_obj_t *self, mp_obj_t name) {
    mp_map_elem_t *known = mp_map_lookup(&self->routes, name, MP_MAP_LOOKUP);
    if (known != NULL) {
        return MP_OBJ_TO_PTR(known->value);
    }
    size_t count = self->subscribers->len;
    mp_obj_t *items = m_new(mp_obj_t, count + 1);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if (wants(MP_OBJ_TO_PTR(self->subscribers->items[i]), name)) {
            items[found++] = self->subscribers->items[i];
        }
    }
    mp_obj_t subscribers = mp_obj_new_tuple(found, items);
    m_del(mp_obj_t, items, count + 1);
    if (self->routes.used >= ROUTES_MAX) {
        mp_map_clear(&self->routes);
    }
    mp_map_lookup(&self->routes, name, MP_MAP_LOOKUP_ADD_IF_NOT_FOUND)->value = subscribers;
    return MP_OBJ_TO_PTR(subscribers);
}

// fire(name, data=None, source=None, answer=None): how many subscribers get it.
static mp_obj_t events_fire(size_t n_args, const mp_obj_t *args) {
    events_obj_t *self = MP_OBJ_TO_PTR(args[0]);
    mp_obj_t fields[EVENT_FIELDS] = {MP_OBJ_NULL, mp_const_none, mp_const_none, mp_const_none};
    memcpy(fields, args + 1, (n_args - 1) * sizeof(mp_obj_t));
    mp_obj_tuple_t *subscribers = route(self, fields[EVENT_NAME]);
    mp_obj_t event = MP_OBJ_NULL;
    size_t count = 0;
    for (size_t i = 0; i < subscribers->len; i++) {
        subscriber_obj_t *subscriber = MP_OBJ_TO_PTR(subscribers->items[i]);
        if (subscriber->owner != mp_const_none && subscriber->owner == fields[EVENT_SOURCE]) {
            continue;
        }
        if (event == MP_OBJ_NULL) {
            event = mp_obj_new_attrtuple(event_fields, EVENT_FIELDS, fields);
        }
        put(subscriber, event);
        if (!subscriber->active) {
            append_ready(self, subscriber);
        }
        count++;
    }
    return MP_OBJ_NEW_SMALL_INT(count);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(events_fire_obj, 2, 5, events_fire);

// Serve what waits for the subscriber, or let it rest.
static void go_on(events_obj_t *self, subscriber_obj_t *subscriber) {
    if (subscriber->count > 0) {
        append_ready(self, subscriber);
    } else {
        subscriber->active = false;
    }
}

// resume(subscriber): its fiber has ended.
static mp_obj_t events_resume(mp_obj_t self, mp_obj_t subscriber) {
    go_on(MP_OBJ_TO_PTR(self), MP_OBJ_TO_PTR(subscriber));
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(events_resume_obj, events_resume);

static bool is_fiber(mp_obj_t result) {
    mp_obj_t send[2];
    mp_load_method_maybe(result, MP_QSTR_send, send);
    return send[0] != MP_OBJ_NULL;
}

// Calls the handler. Returns whether a fiber does the rest.
static bool handle(events_obj_t *self, subscriber_obj_t *subscriber) {
    mp_obj_t event = take(subscriber);
    mp_obj_t result = mp_const_none;
    running_enter(MP_OBJ_FROM_PTR(subscriber));
    nlr_buf_t nlr;
    if (nlr_push(&nlr) == 0) {
        result = mp_call_function_1(subscriber->handler, event);
        nlr_pop();
        running_leave(subscriber->account);
    } else {
        running_leave(subscriber->account);
        mp_obj_t exception = MP_OBJ_FROM_PTR(nlr.ret_val);
        if (!mp_obj_exception_match(exception, MP_OBJ_FROM_PTR(&mp_type_Exception))) {
            self->in_turn = false;
            go_on(self, subscriber);
            nlr_jump(nlr.ret_val);
        }
        mp_obj_t args[] = {MP_OBJ_FROM_PTR(subscriber), event, exception};
        rare(MP_QSTR_failed, MP_ARRAY_SIZE(args), args);
    }
    if (result == mp_const_none) {
        return false;
    }
    if (is_fiber(result)) {
        mp_obj_t args[] = {MP_OBJ_FROM_PTR(self), MP_OBJ_FROM_PTR(subscriber), event, result};
        return rare(MP_QSTR_spawn, MP_ARRAY_SIZE(args), args);
    }
    mp_obj_t answer = ((mp_obj_tuple_t *)MP_OBJ_TO_PTR(event))->items[EVENT_ANSWER];
    if (answer != mp_const_none) {
        mp_obj_t args[] = {answer, result};
        rare(MP_QSTR_answer, MP_ARRAY_SIZE(args), args);
    }
    return false;
}

// What the loop calls before it waits; true: there is more to do.
static mp_obj_t events_turn(mp_obj_t self_in, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    (void)args;
    mp_arg_check_num(n_args, n_kw, 0, 0, false);
    events_obj_t *self = MP_OBJ_TO_PTR(self_in);
    self->in_turn = true;
    for (size_t i = 0; i < TURN && self->ready != NULL; i++) {
        subscriber_obj_t *subscriber = self->ready;
        self->ready = subscriber->next;
        if (subscriber->count == 0 || !handle(self, subscriber)) {
            go_on(self, subscriber);
        }
    }
    self->in_turn = false;
    return mp_obj_new_bool(self->ready != NULL);
}

static const mp_rom_map_elem_t events_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR_add), MP_ROM_PTR(&events_add_obj)},
    {MP_ROM_QSTR(MP_QSTR_remove), MP_ROM_PTR(&events_remove_obj)},
    {MP_ROM_QSTR(MP_QSTR_fire), MP_ROM_PTR(&events_fire_obj)},
    {MP_ROM_QSTR(MP_QSTR_resume), MP_ROM_PTR(&events_resume_obj)},
};
static MP_DEFINE_CONST_DICT(events_locals, events_locals_table);

static MP_DEFINE_CONST_OBJ_TYPE(events_type, MP_QSTR_Events, MP_TYPE_FLAG_NONE, make_new,
                                events_make_new, call, events_turn, locals_dict, &events_locals);

// The module

static mp_obj_t events_init(void) {
    running_enter(MP_OBJ_NULL);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_0(events_init_obj, events_init);

static const mp_rom_map_elem_t module_table[] = {
    {MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR__events)},
    {MP_ROM_QSTR(MP_QSTR___init__), MP_ROM_PTR(&events_init_obj)},
    {MP_ROM_QSTR(MP_QSTR_Events), MP_ROM_PTR(&events_type)},
    {MP_ROM_QSTR(MP_QSTR_Subscriber), MP_ROM_PTR(&subscriber_type)},
    {MP_ROM_QSTR(MP_QSTR_Account), MP_ROM_PTR(&events_account_type)},
    {MP_ROM_QSTR(MP_QSTR_running), MP_ROM_PTR(&events_running_obj)},
};
static MP_DEFINE_CONST_DICT(module_globals, module_table);

const mp_obj_module_t events_module = {
    .base = {&mp_type_module},
    .globals = (mp_obj_dict_t *)&module_globals,
};

MP_REGISTER_MODULE(MP_QSTR__events, events_module);
