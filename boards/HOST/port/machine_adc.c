// machine.ADC; included by extmod/machine_adc.c. It is ideal: no noise, and linear.

#include "port/machine_pin.h"
#include "port/pin.h"
#include "py/mphal.h"

// counts = microvolts / full * steps, cut to the converter's range.
static mp_int_t convert(int microvolts, int full, mp_int_t steps, mp_int_t most) {
    int64_t counts = (int64_t)microvolts * steps / full;
    return counts > most ? most : (mp_int_t)counts;
}

#if HOST_ESP8266_NAMES

#define MICROPY_PY_MACHINE_ADC_CLASS_CONSTANTS
#define STEPS (1024)
#define FULL_MICROVOLTS (1000000)
// The supply, which the chip measures in steps of 1/1024 V.
#define SUPPLY_STEPS (3379)

typedef struct _machine_adc_obj_t {
    mp_obj_base_t base;
    bool is_supply;
} machine_adc_obj_t;

static const machine_adc_obj_t adcs[] = {{{&machine_adc_type}, false}, {{&machine_adc_type}, true}};

static void mp_machine_adc_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    (void)kind;
    mp_printf(print, "ADC(%u)", ((const machine_adc_obj_t *)MP_OBJ_TO_PTR(self_in))->is_supply);
}

// ADC(id): 0 is the chip's only channel, 1 its supply.
static mp_obj_t mp_machine_adc_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                                        const mp_obj_t *args) {
    (void)type;
    mp_arg_check_num(n_args, n_kw, 1, 1, false);
    mp_int_t number = mp_obj_get_int(args[0]);
    if (number < 0 || number >= (mp_int_t)MP_ARRAY_SIZE(adcs)) {
        mp_raise_msg_varg(&mp_type_ValueError, MP_ERROR_TEXT("ADC(%d) doesn't exist"), (int)number);
    }
    return MP_OBJ_FROM_PTR(&adcs[number]);
}

static mp_int_t mp_machine_adc_read(machine_adc_obj_t *self) {
    return self->is_supply ? SUPPLY_STEPS
                           : convert(pin_microvolts(0), FULL_MICROVOLTS, STEPS, STEPS);
}

static mp_int_t mp_machine_adc_read_u16(machine_adc_obj_t *self) {
    return mp_machine_adc_read(self) * 65535 / STEPS;
}

#else

#define ATTENUATION_MAX (3)
#define WIDTH_MIN (9)
#define WIDTH_MAX (12)

#define MICROPY_PY_MACHINE_ADC_CLASS_CONSTANTS                                                     \
    {MP_ROM_QSTR(MP_QSTR_ATTN_0DB), MP_ROM_INT(0)},                                                \
        {MP_ROM_QSTR(MP_QSTR_ATTN_2_5DB), MP_ROM_INT(1)},                                          \
        {MP_ROM_QSTR(MP_QSTR_ATTN_6DB), MP_ROM_INT(2)},                                            \
        {MP_ROM_QSTR(MP_QSTR_ATTN_11DB), MP_ROM_INT(3)},                                           \
        {MP_ROM_QSTR(MP_QSTR_WIDTH_9BIT), MP_ROM_INT(9)},                                          \
        {MP_ROM_QSTR(MP_QSTR_WIDTH_10BIT), MP_ROM_INT(10)},                                        \
        {MP_ROM_QSTR(MP_QSTR_WIDTH_11BIT), MP_ROM_INT(11)},                                        \
        {MP_ROM_QSTR(MP_QSTR_WIDTH_12BIT), MP_ROM_INT(12)},

// The voltage of the largest reading at each attenuation.
static const int full_microvolts[] = {1100000, 1500000, 2200000, 3300000};

typedef struct _machine_adc_obj_t {
    mp_obj_base_t base;
    uint8_t pin;
} machine_adc_obj_t;

#define ADC(N)                                                                                     \
    { {&machine_adc_type}, N }
static const machine_adc_obj_t adcs[] = {
    ADC(36), ADC(37), ADC(38), ADC(39), ADC(32), ADC(33), ADC(34), ADC(35), ADC(4),
    ADC(0),  ADC(2),  ADC(15), ADC(13), ADC(12), ADC(14), ADC(27), ADC(25), ADC(26),
};

// ATTENUATION_MAX less the attenuation, so that all zero is what a reset leaves.
static uint8_t less_attenuation[MP_ARRAY_SIZE(adcs)];
static uint8_t width = WIDTH_MAX;

static int attenuation_of(const machine_adc_obj_t *self) {
    return ATTENUATION_MAX - less_attenuation[self - adcs];
}

static void mp_machine_adc_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    (void)kind;
    const machine_adc_obj_t *self = MP_OBJ_TO_PTR(self_in);
    mp_printf(print, "ADC(Pin(%u), atten=%u)", self->pin, attenuation_of(self));
}

static void mp_machine_adc_atten_set(machine_adc_obj_t *self, mp_int_t attenuation) {
    if (attenuation < 0 || attenuation > ATTENUATION_MAX) {
        mp_raise_ValueError(MP_ERROR_TEXT("invalid attenuation"));
    }
    less_attenuation[self - adcs] = (uint8_t)(ATTENUATION_MAX - attenuation);
}

static void mp_machine_adc_width_set(machine_adc_obj_t *self, mp_int_t bits) {
    (void)self;
    if (bits < WIDTH_MIN || bits > WIDTH_MAX) {
        mp_raise_ValueError(MP_ERROR_TEXT("invalid bit-width"));
    }
    width = (uint8_t)bits;
}

// init(*, atten=ATTN_11DB)
static void mp_machine_adc_init_helper(machine_adc_obj_t *self, size_t n_args, const mp_obj_t *args,
                                       mp_map_t *kw_args) {
    static const mp_arg_t allowed[] = {
        {MP_QSTR_atten, MP_ARG_KW_ONLY | MP_ARG_INT, {.u_int = ATTENUATION_MAX}},
    };
    mp_arg_val_t value;
    mp_arg_parse_all(n_args, args, kw_args, 1, allowed, &value);
    mp_machine_adc_atten_set(self, value.u_int);
    width = WIDTH_MAX;
}

static void mp_machine_adc_deinit(machine_adc_obj_t *self) {
    (void)self;
}

// ADC(pin, *, atten=ATTN_11DB)
static mp_obj_t mp_machine_adc_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                                        const mp_obj_t *args) {
    (void)type;
    mp_arg_check_num(n_args, n_kw, 1, MP_OBJ_FUN_ARGS_MAX, true);
    unsigned pin = machine_pin_number(args[0]);
    for (size_t i = 0; i < MP_ARRAY_SIZE(adcs); i++) {
        if (adcs[i].pin == pin) {
            mp_map_t kw_args;
            mp_map_init_fixed_table(&kw_args, n_kw, args + n_args);
            mp_machine_adc_init_helper((machine_adc_obj_t *)&adcs[i], n_args - 1, args + 1,
                                       &kw_args);
            return MP_OBJ_FROM_PTR(&adcs[i]);
        }
    }
    mp_raise_ValueError(MP_ERROR_TEXT("invalid pin"));
}

static int full_of(const machine_adc_obj_t *self) {
    return full_microvolts[attenuation_of(self)];
}

static mp_int_t mp_machine_adc_read(machine_adc_obj_t *self) {
    mp_int_t steps = 1 << width;
    return convert(pin_microvolts(self->pin), full_of(self), steps, steps - 1);
}

static mp_int_t mp_machine_adc_read_u16(machine_adc_obj_t *self) {
    mp_int_t counts = mp_machine_adc_read(self);
    return counts << (16 - width) | counts >> (2 * width - 16);
}

// Calibrated, in steps of a millivolt.
static mp_int_t mp_machine_adc_read_uv(machine_adc_obj_t *self) {
    int microvolts = pin_microvolts(self->pin);
    return (microvolts > full_of(self) ? full_of(self) : microvolts) / 1000 * 1000;
}

#endif
