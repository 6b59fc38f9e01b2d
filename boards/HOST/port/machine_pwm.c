// machine.PWM; included by extmod/machine_pwm.c.

#include "port/machine_pin.h"
#include "port/pin.h"
#include "py/mphal.h"

#if HOST_ESP8266_NAMES
#define FREQ_MAX (1000)
#define FREQ_DEFAULT (500)
#define DUTY_DEFAULT (0)
#else
#define FREQ_MAX (40000000)
#define FREQ_DEFAULT (5000)
#define DUTY_DEFAULT (32768)
#endif
#define DUTY_U16_MAX (65535)
#define DUTY_MAX (1023)

typedef struct _machine_pwm_obj_t {
    mp_obj_base_t base;
    uint8_t pin;
    bool active;
    uint16_t duty_u16;
    uint32_t freq;
} machine_pwm_obj_t;

static void apply(const machine_pwm_obj_t *self) {
    pin_set_wave(self->pin, self->freq, self->duty_u16);
}

static void check_active(const machine_pwm_obj_t *self) {
    if (!self->active) {
        mp_raise_msg(&mp_type_RuntimeError, MP_ERROR_TEXT("PWM is inactive"));
    }
}

static void check_range(mp_int_t value, mp_int_t least, mp_int_t most) {
    if (value < least || value > most) {
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("must be from %d to %d"), (int)least,
                          (int)most);
    }
}

static void set_freq(machine_pwm_obj_t *self, mp_int_t freq) {
#if HOST_ESP8266_NAMES
    freq = freq < 1 ? 1 : freq > FREQ_MAX ? FREQ_MAX : freq;
#else
    check_range(freq, 1, FREQ_MAX);
#endif
    self->freq = (uint32_t)freq;
}

static void set_duty_u16(machine_pwm_obj_t *self, mp_int_t duty) {
    check_range(duty, 0, DUTY_U16_MAX);
    self->duty_u16 = (uint16_t)duty;
}

static void set_duty(machine_pwm_obj_t *self, mp_int_t duty) {
    check_range(duty, 0, DUTY_MAX);
    self->duty_u16 = (uint16_t)(duty * DUTY_U16_MAX / DUTY_MAX);
}

static void set_duty_ns(machine_pwm_obj_t *self, mp_int_t ns) {
    int64_t duty = (int64_t)ns * self->freq * DUTY_U16_MAX / 1000000000;
    set_duty_u16(self, duty < 0 || duty > DUTY_U16_MAX ? -1 : (mp_int_t)duty);
}

static void mp_machine_pwm_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    (void)kind;
    const machine_pwm_obj_t *self = MP_OBJ_TO_PTR(self_in);
    mp_printf(print, "PWM(Pin(%u)", self->pin);
    if (self->active) {
        mp_printf(print, ", freq=%u, duty_u16=%u", (unsigned)self->freq, self->duty_u16);
    }
    mp_printf(print, ")");
}

// init(freq, duty, duty_u16, duty_ns)
static void mp_machine_pwm_init_helper(machine_pwm_obj_t *self, size_t n_args, const mp_obj_t *args,
                                       mp_map_t *kw_args) {
    enum { ARG_freq, ARG_duty, ARG_duty_u16, ARG_duty_ns };
    static const mp_arg_t allowed[] = {
        {MP_QSTR_freq, MP_ARG_INT, {.u_int = -1}},
        {MP_QSTR_duty, MP_ARG_INT, {.u_int = -1}},
        {MP_QSTR_duty_u16, MP_ARG_INT, {.u_int = -1}},
        {MP_QSTR_duty_ns, MP_ARG_INT, {.u_int = -1}},
    };
    mp_arg_val_t values[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all(n_args, args, kw_args, MP_ARRAY_SIZE(allowed), allowed, values);
    if (values[ARG_freq].u_int != -1) {
        set_freq(self, values[ARG_freq].u_int);
    }
    if (values[ARG_duty_u16].u_int != -1) {
        set_duty_u16(self, values[ARG_duty_u16].u_int);
    } else if (values[ARG_duty_ns].u_int != -1) {
        set_duty_ns(self, values[ARG_duty_ns].u_int);
    } else if (values[ARG_duty].u_int != -1) {
        set_duty(self, values[ARG_duty].u_int);
    }
    self->active = true;
    apply(self);
}

// PWM(pin, ...)
static mp_obj_t mp_machine_pwm_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                                        const mp_obj_t *args) {
    (void)type;
    mp_arg_check_num(n_args, n_kw, 1, MP_OBJ_FUN_ARGS_MAX, true);
    unsigned pin = machine_pin_number(args[0]);
    // An ESP8266 makes the wave with the pins' interrupts off: what has none has no wave.
    if (!pin_has_output(pin) || !pin_has_interrupt(pin)) {
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("PWM not supported on pin %d"),
                          (int)pin);
    }
    machine_pwm_obj_t *self = mp_obj_malloc(machine_pwm_obj_t, &machine_pwm_type);
    self->pin = (uint8_t)pin;
    self->freq = FREQ_DEFAULT;
    self->duty_u16 = DUTY_DEFAULT;
    mp_map_t kw_args;
    mp_map_init_fixed_table(&kw_args, n_kw, args + n_args);
    mp_machine_pwm_init_helper(self, n_args - 1, args + 1, &kw_args);
    return MP_OBJ_FROM_PTR(self);
}

static void mp_machine_pwm_deinit(machine_pwm_obj_t *self) {
    if (self->active) {
        self->active = false;
        pin_end_wave(self->pin);
    }
}

static mp_obj_t mp_machine_pwm_freq_get(machine_pwm_obj_t *self) {
    check_active(self);
    return MP_OBJ_NEW_SMALL_INT(self->freq);
}

static void mp_machine_pwm_freq_set(machine_pwm_obj_t *self, mp_int_t freq) {
    check_active(self);
    set_freq(self, freq);
    apply(self);
}

static mp_obj_t mp_machine_pwm_duty_get(machine_pwm_obj_t *self) {
    check_active(self);
    return MP_OBJ_NEW_SMALL_INT((self->duty_u16 * DUTY_MAX + DUTY_U16_MAX / 2) / DUTY_U16_MAX);
}

static void mp_machine_pwm_duty_set(machine_pwm_obj_t *self, mp_int_t duty) {
    check_active(self);
    set_duty(self, duty);
    apply(self);
}

static mp_obj_t mp_machine_pwm_duty_get_u16(machine_pwm_obj_t *self) {
    check_active(self);
    return MP_OBJ_NEW_SMALL_INT(self->duty_u16);
}

static void mp_machine_pwm_duty_set_u16(machine_pwm_obj_t *self, mp_int_t duty) {
    check_active(self);
    set_duty_u16(self, duty);
    apply(self);
}

static mp_obj_t mp_machine_pwm_duty_get_ns(machine_pwm_obj_t *self) {
    check_active(self);
    return mp_obj_new_int_from_ll((int64_t)self->duty_u16 * 1000000000 / DUTY_U16_MAX / self->freq);
}

static void mp_machine_pwm_duty_set_ns(machine_pwm_obj_t *self, mp_int_t ns) {
    check_active(self);
    set_duty_ns(self, ns);
    apply(self);
}
