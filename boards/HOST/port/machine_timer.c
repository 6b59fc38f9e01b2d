// machine.Timer: four of them as on the ESP32 (64 bits), or any number as on the ESP8266 (32 bits).

#include "port/clock.h"
#include "port/machine_timer.h"
#include "py/gc.h"
#include "py/mphal.h"
#include "py/runtime.h"

#define TIMER_COUNT (4)
// What the ESP8266 makes of shorter ones.
#define PERIOD_MIN_US (100)

typedef struct _machine_timer_obj_t {
    mp_obj_base_t base;
    mp_obj_t callback;
    alarm_t alarm;
    int64_t period_us; // 0: not set
    uint8_t number;
    bool repeats;
} machine_timer_obj_t;

#if !HOST_ESP8266_NAMES
// On the ESP32 a timer lives until the soft reset, whether or not the program keeps it.
MP_REGISTER_ROOT_POINTER(struct _machine_timer_obj_t *machine_timers[4]);
#endif

static void on_alarm(alarm_t *alarm) {
    machine_timer_obj_t *self = LIST_OWNER(alarm, machine_timer_obj_t, alarm);
    if (self->repeats) {
        // Late by more than a period, the counter has begun again meanwhile.
        int64_t late = clock_now_us() - alarm->due_us;
        alarm_set(alarm, alarm->due_us + (late / self->period_us + 1) * self->period_us);
    }
    if (self->callback != mp_const_none) {
        mp_sched_schedule(self->callback, MP_OBJ_FROM_PTR(self));
    }
}

static machine_timer_obj_t *new_timer(mp_int_t number) {
#if HOST_ESP8266_NAMES
    // One that the program has lost stops. On the chip it goes on, and what it calls may be gone.
    machine_timer_obj_t *self =
        mp_obj_malloc_with_finaliser(machine_timer_obj_t, &machine_timer_type);
#else
    machine_timer_obj_t *self = mp_obj_malloc(machine_timer_obj_t, &machine_timer_type);
    MP_STATE_PORT(machine_timers)[number] = self;
#endif
    self->number = (uint8_t)number;
    self->callback = mp_const_none;
    self->period_us = 0;
    self->repeats = false;
    alarm_init(&self->alarm, on_alarm);
    return self;
}

static int64_t period_of(const mp_arg_val_t *period, const mp_arg_val_t *hz, mp_obj_t freq) {
    int64_t us;
    if (freq != mp_const_none) {
        us = (int64_t)(MICROPY_FLOAT_CONST(1e6) / mp_obj_get_float(freq));
    } else if (hz->u_int <= 0) {
        mp_raise_ValueError(MP_ERROR_TEXT("invalid tick_hz"));
    } else {
        us = (int64_t)(uint32_t)period->u_int * 1000000 / hz->u_int;
    }
    return us < PERIOD_MIN_US ? PERIOD_MIN_US : us;
}

// init(*, mode=PERIODIC, callback=None, period=-1, tick_hz=1000, freq=None)
static mp_obj_t timer_init(size_t n_args, const mp_obj_t *args, mp_map_t *kw_args) {
    enum { ARG_mode, ARG_callback, ARG_period, ARG_tick_hz, ARG_freq };
    static const mp_arg_t allowed[] = {
        {MP_QSTR_mode, MP_ARG_KW_ONLY | MP_ARG_INT, {.u_int = 1}},
        {MP_QSTR_callback, MP_ARG_KW_ONLY | MP_ARG_OBJ, {.u_rom_obj = MP_ROM_NONE}},
        {MP_QSTR_period, MP_ARG_KW_ONLY | MP_ARG_INT, {.u_int = -1}},
        {MP_QSTR_tick_hz, MP_ARG_KW_ONLY | MP_ARG_INT, {.u_int = 1000}},
        {MP_QSTR_freq, MP_ARG_KW_ONLY | MP_ARG_OBJ, {.u_rom_obj = MP_ROM_NONE}},
    };
    machine_timer_obj_t *self = MP_OBJ_TO_PTR(args[0]);
    alarm_clear(&self->alarm);
    mp_arg_val_t values[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all(n_args - 1, args + 1, kw_args, MP_ARRAY_SIZE(allowed), allowed, values);
    self->period_us = period_of(&values[ARG_period], &values[ARG_tick_hz], values[ARG_freq].u_obj);
    self->repeats = values[ARG_mode].u_int != 0;
    self->callback = values[ARG_callback].u_obj;
    alarm_set(&self->alarm, clock_us() + self->period_us);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_KW(timer_init_obj, 1, timer_init);

#if HOST_ESP8266_NAMES

// Timer(id): whatever the id, it is a new one.
static mp_obj_t timer_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                               const mp_obj_t *args) {
    (void)type;
    (void)args;
    mp_arg_check_num(n_args, n_kw, 1, 1, false);
    return MP_OBJ_FROM_PTR(new_timer(0));
}

void machine_timer_deinit_all(void) {
    // The finalisers have done it.
}

#else

// Timer(id, ...)
static mp_obj_t timer_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                               const mp_obj_t *args) {
    (void)type;
    mp_arg_check_num(n_args, n_kw, 1, 1, true);
    mp_int_t number = mp_obj_get_int(args[0]);
    if (number < 0 || number >= TIMER_COUNT) {
        mp_raise_ValueError(MP_ERROR_TEXT("invalid Timer number"));
    }
    machine_timer_obj_t *self = MP_STATE_PORT(machine_timers)[number];
    if (self == NULL) {
        self = new_timer(number);
    }
    if (n_kw > 0) {
        mp_map_t kw_args;
        mp_map_init_fixed_table(&kw_args, n_kw, args + n_args);
        mp_obj_t self_obj = MP_OBJ_FROM_PTR(self);
        timer_init(1, &self_obj, &kw_args);
    }
    return MP_OBJ_FROM_PTR(self);
}

void machine_timer_deinit_all(void) {
    for (int i = 0; i < TIMER_COUNT; i++) {
        machine_timer_obj_t *self = MP_STATE_PORT(machine_timers)[i];
        if (self != NULL) {
            alarm_clear(&self->alarm);
            MP_STATE_PORT(machine_timers)[i] = NULL;
        }
    }
}

// value(): milliseconds since it was started, or has last called.
static mp_obj_t timer_value(mp_obj_t self_in) {
    const machine_timer_obj_t *self = MP_OBJ_TO_PTR(self_in);
    if (self->period_us == 0) {
        mp_raise_ValueError(MP_ERROR_TEXT("timer not set"));
    }
    int64_t counter = clock_us() - (self->alarm.due_us - self->period_us);
    return mp_obj_new_int_from_ll(counter / 1000);
}
static MP_DEFINE_CONST_FUN_OBJ_1(timer_value_obj, timer_value);

#endif

static void timer_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    (void)kind;
    const machine_timer_obj_t *self = MP_OBJ_TO_PTR(self_in);
    qstr mode = self->repeats ? MP_QSTR_PERIODIC : MP_QSTR_ONE_SHOT;
    mp_printf(print, "Timer(%u, mode=%q, period=%u)", self->number, mode,
              (unsigned)(self->period_us / 1000));
}

static mp_obj_t timer_deinit(mp_obj_t self_in) {
    machine_timer_obj_t *self = MP_OBJ_TO_PTR(self_in);
    alarm_clear(&self->alarm);
    self->period_us = 0;
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(timer_deinit_obj, timer_deinit);

static const mp_rom_map_elem_t timer_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR___del__), MP_ROM_PTR(&timer_deinit_obj)},
    {MP_ROM_QSTR(MP_QSTR_deinit), MP_ROM_PTR(&timer_deinit_obj)},
    {MP_ROM_QSTR(MP_QSTR_init), MP_ROM_PTR(&timer_init_obj)},
#if !HOST_ESP8266_NAMES
    {MP_ROM_QSTR(MP_QSTR_value), MP_ROM_PTR(&timer_value_obj)},
#endif
    {MP_ROM_QSTR(MP_QSTR_ONE_SHOT), MP_ROM_INT(0)},
    {MP_ROM_QSTR(MP_QSTR_PERIODIC), MP_ROM_INT(1)},
};
static MP_DEFINE_CONST_DICT(timer_locals, timer_locals_table);

MP_DEFINE_CONST_OBJ_TYPE(machine_timer_type, MP_QSTR_Timer, MP_TYPE_FLAG_NONE, make_new,
                         timer_make_new, print, timer_print, locals_dict, &timer_locals);
