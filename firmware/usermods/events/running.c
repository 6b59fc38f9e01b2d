#include "running.h"

#include "py/mphal.h"
#include "py/runtime.h"
#include "py/smallint.h"

static uint32_t since_us;

void running_enter(mp_obj_t who) {
    MP_STATE_VM(events_who) = who;
    since_us = mp_hal_ticks_us();
}

void running_leave(account_obj_t *account) {
    MP_STATE_VM(events_who) = MP_OBJ_NULL;
    if (account == NULL) {
        return;
    }
    uint32_t us = (uint32_t)mp_hal_ticks_us() - since_us;
    if (us > account->longest_us) {
        account->longest_us = us;
    }
    account->busy_s += us / 1000000;
    account->busy_us += us % 1000000;
    if (account->busy_us >= 1000000) {
        account->busy_us -= 1000000;
        account->busy_s++;
    }
}

// running

static mp_obj_t running_py_enter(mp_obj_t self, mp_obj_t who) {
    (void)self;
    running_enter(who);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(running_enter_obj, running_py_enter);

static mp_obj_t running_py_leave(mp_obj_t self, mp_obj_t account) {
    (void)self;
    running_leave(mp_obj_is_type(account, &events_account_type) ? MP_OBJ_TO_PTR(account) : NULL);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(running_leave_obj, running_py_leave);

static void running_attr(mp_obj_t self_in, qstr attr, mp_obj_t *dest) {
    (void)self_in;
    if (dest[0] != MP_OBJ_NULL) {
        return;
    }
    if (attr == MP_QSTR_who) {
        mp_obj_t who = MP_STATE_VM(events_who);
        dest[0] = who == MP_OBJ_NULL ? mp_const_none : who;
    } else if (attr == MP_QSTR_since) {
        // As time.ticks_us() counts
        dest[0] = MP_OBJ_NEW_SMALL_INT(since_us & (MICROPY_PY_TIME_TICKS_PERIOD - 1));
    } else {
        dest[1] = MP_OBJ_SENTINEL;
    }
}

static const mp_rom_map_elem_t running_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR_enter), MP_ROM_PTR(&running_enter_obj)},
    {MP_ROM_QSTR(MP_QSTR_leave), MP_ROM_PTR(&running_leave_obj)},
};
static MP_DEFINE_CONST_DICT(running_locals, running_locals_table);

static MP_DEFINE_CONST_OBJ_TYPE(running_type, MP_QSTR_Running, MP_TYPE_FLAG_NONE, attr,
                                running_attr, locals_dict, &running_locals);

const mp_obj_base_t events_running_obj = {&running_type};

// Account

static mp_obj_t account_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                                 const mp_obj_t *args) {
    (void)args;
    mp_arg_check_num(n_args, n_kw, 0, 0, false);
    account_obj_t *self = mp_obj_malloc(account_obj_t, type);
    self->longest_us = self->busy_us = self->busy_s = 0;
    return MP_OBJ_FROM_PTR(self);
}

static void account_attr(mp_obj_t self_in, qstr attr, mp_obj_t *dest) {
    const account_obj_t *self = MP_OBJ_TO_PTR(self_in);
    if (dest[0] != MP_OBJ_NULL) {
        return;
    }
    if (attr == MP_QSTR_longest_us) {
        dest[0] = mp_obj_new_int_from_uint(self->longest_us);
    } else if (attr == MP_QSTR_busy_us) {
        dest[0] = mp_obj_new_int_from_uint(self->busy_us);
    } else if (attr == MP_QSTR_busy_s) {
        dest[0] = mp_obj_new_int_from_uint(self->busy_s);
    }
}

MP_DEFINE_CONST_OBJ_TYPE(events_account_type, MP_QSTR_Account, MP_TYPE_FLAG_NONE, make_new,
                         account_make_new, attr, account_attr);

MP_REGISTER_ROOT_POINTER(mp_obj_t events_who);
