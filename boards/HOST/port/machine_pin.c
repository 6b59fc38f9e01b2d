// machine.Pin, as MicroPython's ports for the ESP32 (64 bits) and the ESP8266 (32 bits) have it.

#include "extmod/virtpin.h"
#include "port/machine_pin.h"
#include "port/pin.h"
#include "py/mphal.h"
#include "py/runtime.h"

#if HOST_ESP8266_NAMES
#define MODE_IN (0)
#define MODE_OUT (1)
#define MODE_OPEN_DRAIN (2)
#define FLAG_PULL_UP (1)
#else
#define MODE_IN (1)
#define MODE_OUT (3)
#define MODE_OPEN_DRAIN (7)
#define FLAG_PULL_DOWN (1)
#define FLAG_PULL_UP (2)
#define TRIGGER_LOW_LEVEL (4)
#define TRIGGER_HIGH_LEVEL (5)
#endif
// The numbers of both ports for edges are those of enum pin_edge.

typedef struct {
    mp_obj_base_t base;
    uint8_t number;
} pin_obj_t;

static const mp_obj_type_t irq_type;

// All that exist, so that none takes heap. 32 bits may have to keep to an ESP32's pins, too.
#define PIN(TYPE, N)                                                                               \
    { {&TYPE}, N }
#define PINS_4(TYPE, N) PIN(TYPE, N), PIN(TYPE, N + 1), PIN(TYPE, N + 2), PIN(TYPE, N + 3)
#define PINS(TYPE)                                                                                 \
    PINS_4(TYPE, 0), PINS_4(TYPE, 4), PINS_4(TYPE, 8), PINS_4(TYPE, 12), PINS_4(TYPE, 16),         \
        PINS_4(TYPE, 20), PINS_4(TYPE, 24), PINS_4(TYPE, 28), PINS_4(TYPE, 32), PINS_4(TYPE, 36)

static const pin_obj_t pins[] = {PINS(machine_pin_type)};
static const pin_obj_t irqs[] = {PINS(irq_type)};

MP_REGISTER_ROOT_POINTER(mp_obj_t machine_pin_irq_handler[40]);

static unsigned number_of(mp_obj_t self_in) {
    return ((const pin_obj_t *)MP_OBJ_TO_PTR(self_in))->number;
}

void machine_pin_deinit_all(void) {
    for (unsigned pin = 0; pin < MP_ARRAY_SIZE(pins); pin++) {
        if (pin_exists(pin)) {
            pin_set_trigger(pin, 0);
            pin_end_wave(pin);
        }
        MP_STATE_PORT(machine_pin_irq_handler)[pin] = MP_OBJ_NULL;
    }
}

void machine_pin_interrupt(unsigned pin) {
    mp_obj_t handler = MP_STATE_PORT(machine_pin_irq_handler)[pin];
    if (handler != MP_OBJ_NULL) {
        // As on the chips: lost when the queue is full.
        mp_sched_schedule(handler, MP_OBJ_FROM_PTR(&pins[pin]));
    }
}

static mp_obj_t find(mp_obj_t id) {
    if (mp_obj_is_type(id, &machine_pin_type)) {
        return id;
    }
    mp_int_t number = mp_obj_is_small_int(id) ? MP_OBJ_SMALL_INT_VALUE(id) : -1;
    if (number < 0 || number >= (mp_int_t)MP_ARRAY_SIZE(pins) || !pin_exists((unsigned)number)) {
        mp_raise_ValueError(MP_ERROR_TEXT("invalid pin"));
    }
    return MP_OBJ_FROM_PTR(&pins[number]);
}

unsigned machine_pin_number(mp_obj_t id) {
    return number_of(find(id));
}

static void pin_print(const mp_print_t *print, mp_obj_t self_in, mp_print_kind_t kind) {
    (void)kind;
    mp_printf(print, "Pin(%u)", number_of(self_in));
}

static void set_mode(unsigned pin, mp_int_t mode) {
    bool drives = mode == MODE_OUT || mode == MODE_OPEN_DRAIN;
    if (drives && !pin_has_output(pin)) {
        mp_raise_ValueError(MP_ERROR_TEXT("pin can only be input"));
    }
    pin_set_mode(pin, mode == MODE_OUT ? PIN_OUT : drives ? PIN_OPEN_DRAIN : PIN_IN);
}

#if HOST_ESP8266_NAMES

static void set_pull(unsigned pin, mp_obj_t pull) {
    bool up = pull != mp_const_none && (mp_obj_get_int(pull) & FLAG_PULL_UP);
    if (up && !pin_has_pull(pin)) {
        mp_raise_ValueError(MP_ERROR_TEXT("Pin(16) doesn't support pull"));
    }
    pin_set_pull(pin, up ? PULL_UP : PULL_NONE);
}

// init(mode, pull=None, *, value)
static mp_obj_t pin_init(size_t n_args, const mp_obj_t *args, mp_map_t *kw_args) {
    enum { ARG_mode, ARG_pull, ARG_value };
    static const mp_arg_t allowed[] = {
        {MP_QSTR_mode, MP_ARG_REQUIRED | MP_ARG_INT, {0}},
        {MP_QSTR_pull, MP_ARG_OBJ, {.u_rom_obj = MP_ROM_NONE}},
        {MP_QSTR_value, MP_ARG_KW_ONLY | MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
    };
    mp_arg_val_t values[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all(n_args - 1, args + 1, kw_args, MP_ARRAY_SIZE(allowed), allowed, values);
    unsigned pin = number_of(args[0]);
    set_pull(pin, values[ARG_pull].u_obj);
    if (values[ARG_value].u_obj != MP_OBJ_NULL) {
        pin_write(pin, mp_obj_is_true(values[ARG_value].u_obj));
    } else if (values[ARG_mode].u_int == MODE_OPEN_DRAIN) {
        pin_write(pin, 1);
    }
    set_mode(pin, values[ARG_mode].u_int);
    return mp_const_none;
}

#else

// An input-only pin has no pulls. The chip says so in its log only.
static void set_pull(unsigned pin, mp_obj_t pull) {
    if (pull != MP_OBJ_NEW_SMALL_INT(-1) && pin_has_pull(pin)) {
        mp_int_t flags = pull == mp_const_none ? 0 : mp_obj_get_int(pull);
        pin_set_pull(pin, flags & FLAG_PULL_UP     ? PULL_UP
                          : flags & FLAG_PULL_DOWN ? PULL_DOWN
                                                   : PULL_NONE);
    }
}

// init(mode=None, pull=-1, *, value, drive, hold): drive strength and hold are taken, and have no
// effect.
static mp_obj_t pin_init(size_t n_args, const mp_obj_t *args, mp_map_t *kw_args) {
    enum { ARG_mode, ARG_pull, ARG_value, ARG_drive, ARG_hold };
    static const mp_arg_t allowed[] = {
        {MP_QSTR_mode, MP_ARG_OBJ, {.u_rom_obj = MP_ROM_NONE}},
        {MP_QSTR_pull, MP_ARG_OBJ, {.u_rom_obj = MP_ROM_INT(-1)}},
        {MP_QSTR_value, MP_ARG_KW_ONLY | MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
        {MP_QSTR_drive, MP_ARG_KW_ONLY | MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
        {MP_QSTR_hold, MP_ARG_KW_ONLY | MP_ARG_OBJ, {.u_obj = MP_OBJ_NULL}},
    };
    mp_arg_val_t values[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all(n_args - 1, args + 1, kw_args, MP_ARRAY_SIZE(allowed), allowed, values);
    unsigned pin = number_of(args[0]);
    if (values[ARG_value].u_obj != MP_OBJ_NULL) {
        pin_write(pin, mp_obj_is_true(values[ARG_value].u_obj));
    }
    if (values[ARG_mode].u_obj != mp_const_none) {
        set_mode(pin, mp_obj_get_int(values[ARG_mode].u_obj));
    }
    set_pull(pin, values[ARG_pull].u_obj);
    return mp_const_none;
}

#endif
static MP_DEFINE_CONST_FUN_OBJ_KW(pin_init_obj, 1, pin_init);

// Pin(id, ...)
mp_obj_t mp_pin_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                         const mp_obj_t *args) {
    (void)type;
    mp_arg_check_num(n_args, n_kw, 1, MP_OBJ_FUN_ARGS_MAX, true);
    mp_obj_t self = find(args[0]);
    if (n_args > 1 || n_kw > 0) {
        mp_obj_t all[MP_OBJ_FUN_ARGS_MAX];
        if (n_args > MP_ARRAY_SIZE(all)) {
            mp_raise_TypeError(NULL);
        }
        memcpy(all, args, n_args * sizeof(all[0]));
        all[0] = self;
        mp_map_t kw_args;
        mp_map_init_fixed_table(&kw_args, n_kw, args + n_args);
        pin_init(n_args, all, &kw_args);
    }
    return self;
}

static void write(unsigned pin, bool level) {
    if (pin_has_output(pin)) {
        pin_write(pin, level);
    }
}

// pin(), pin(value)
static mp_obj_t pin_call(mp_obj_t self_in, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    mp_arg_check_num(n_args, n_kw, 0, 1, false);
    if (n_args == 0) {
        return MP_OBJ_NEW_SMALL_INT(pin_read(number_of(self_in)));
    }
    write(number_of(self_in), mp_obj_is_true(args[0]));
    return mp_const_none;
}

// value(), value(value)
static mp_obj_t pin_value(size_t n_args, const mp_obj_t *args) {
    return pin_call(args[0], n_args - 1, 0, args + 1);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(pin_value_obj, 1, 2, pin_value);

static mp_obj_t pin_off(mp_obj_t self_in) {
    write(number_of(self_in), false);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(pin_off_obj, pin_off);

static mp_obj_t pin_on(mp_obj_t self_in) {
    write(number_of(self_in), true);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(pin_on_obj, pin_on);

static mp_obj_t pin_toggle(mp_obj_t self_in) {
    write(number_of(self_in), !pin_read_output(number_of(self_in)));
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(pin_toggle_obj, pin_toggle);

// Interrupts

static void set_handler(unsigned pin, mp_obj_t handler, mp_int_t edges) {
    uint32_t state = MICROPY_BEGIN_ATOMIC_SECTION();
    bool off = handler == mp_const_none;
    MP_STATE_PORT(machine_pin_irq_handler)[pin] = off ? MP_OBJ_NULL : handler;
    pin_set_trigger(pin, off ? 0 : (unsigned)edges & (EDGE_RISING | EDGE_FALLING));
    MICROPY_END_ATOMIC_SECTION(state);
}

#if HOST_ESP8266_NAMES

// irq(handler=None, trigger=IRQ_FALLING | IRQ_RISING, hard=False)
static mp_obj_t pin_irq(size_t n_args, const mp_obj_t *args, mp_map_t *kw_args) {
    enum { ARG_handler, ARG_trigger, ARG_hard };
    static const mp_arg_t allowed[] = {
        {MP_QSTR_handler, MP_ARG_OBJ, {.u_rom_obj = MP_ROM_NONE}},
        {MP_QSTR_trigger, MP_ARG_INT, {.u_int = EDGE_RISING | EDGE_FALLING}},
        {MP_QSTR_hard, MP_ARG_BOOL, {.u_bool = false}},
    };
    mp_arg_val_t values[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all(n_args - 1, args + 1, kw_args, MP_ARRAY_SIZE(allowed), allowed, values);
    unsigned pin = number_of(args[0]);
    if (!pin_has_interrupt(pin)) {
        mp_raise_msg(&mp_type_OSError, MP_ERROR_TEXT("pin does not have IRQ capabilities"));
    }
    if (values[ARG_hard].u_bool) {
        mp_raise_ValueError(MP_ERROR_TEXT("hard IRQ not supported"));
    }
    if (n_args > 1 || kw_args->used != 0) {
        set_handler(pin, values[ARG_handler].u_obj, values[ARG_trigger].u_int);
    }
    return MP_OBJ_FROM_PTR(&irqs[pin]);
}

#else

// irq(handler=None, trigger=IRQ_FALLING | IRQ_RISING, wake=None)
static mp_obj_t pin_irq(size_t n_args, const mp_obj_t *args, mp_map_t *kw_args) {
    enum { ARG_handler, ARG_trigger, ARG_wake };
    static const mp_arg_t allowed[] = {
        {MP_QSTR_handler, MP_ARG_OBJ, {.u_rom_obj = MP_ROM_NONE}},
        {MP_QSTR_trigger, MP_ARG_INT, {.u_int = EDGE_RISING | EDGE_FALLING}},
        {MP_QSTR_wake, MP_ARG_OBJ, {.u_rom_obj = MP_ROM_NONE}},
    };
    mp_arg_val_t values[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all(n_args - 1, args + 1, kw_args, MP_ARRAY_SIZE(allowed), allowed, values);
    unsigned pin = number_of(args[0]);
    mp_int_t trigger = values[ARG_trigger].u_int;
    bool is_level = trigger == TRIGGER_LOW_LEVEL || trigger == TRIGGER_HIGH_LEVEL;
    if (is_level && values[ARG_wake].u_obj != mp_const_none) {
        machine_pin_wake(pin, trigger == TRIGGER_HIGH_LEVEL, values[ARG_wake].u_obj);
    } else if (n_args > 1 || kw_args->used != 0) {
        set_handler(pin, values[ARG_handler].u_obj, trigger);
    }
    return MP_OBJ_FROM_PTR(&irqs[pin]);
}

#endif
static MP_DEFINE_CONST_FUN_OBJ_KW(pin_irq_obj, 1, pin_irq);

// What a Signal asks of its pin.
static mp_uint_t pin_ioctl(mp_obj_t self_in, mp_uint_t request, uintptr_t arg, int *error) {
    (void)error;
    switch (request) {
    case MP_PIN_READ:
        return (mp_uint_t)pin_read(number_of(self_in));
    case MP_PIN_WRITE:
        write(number_of(self_in), arg != 0);
        return 0;
    default:
        return (mp_uint_t)-1;
    }
}

static const mp_pin_p_t pin_protocol = {.ioctl = pin_ioctl};

static const mp_rom_map_elem_t pin_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR_init), MP_ROM_PTR(&pin_init_obj)},
    {MP_ROM_QSTR(MP_QSTR_value), MP_ROM_PTR(&pin_value_obj)},
    {MP_ROM_QSTR(MP_QSTR_off), MP_ROM_PTR(&pin_off_obj)},
    {MP_ROM_QSTR(MP_QSTR_on), MP_ROM_PTR(&pin_on_obj)},
    {MP_ROM_QSTR(MP_QSTR_toggle), MP_ROM_PTR(&pin_toggle_obj)},
    {MP_ROM_QSTR(MP_QSTR_irq), MP_ROM_PTR(&pin_irq_obj)},
    {MP_ROM_QSTR(MP_QSTR_IN), MP_ROM_INT(MODE_IN)},
    {MP_ROM_QSTR(MP_QSTR_OUT), MP_ROM_INT(MODE_OUT)},
    {MP_ROM_QSTR(MP_QSTR_OPEN_DRAIN), MP_ROM_INT(MODE_OPEN_DRAIN)},
    {MP_ROM_QSTR(MP_QSTR_PULL_UP), MP_ROM_INT(FLAG_PULL_UP)},
    {MP_ROM_QSTR(MP_QSTR_IRQ_RISING), MP_ROM_INT(EDGE_RISING)},
    {MP_ROM_QSTR(MP_QSTR_IRQ_FALLING), MP_ROM_INT(EDGE_FALLING)},
#if !HOST_ESP8266_NAMES
    {MP_ROM_QSTR(MP_QSTR_PULL_DOWN), MP_ROM_INT(FLAG_PULL_DOWN)},
    {MP_ROM_QSTR(MP_QSTR_WAKE_LOW), MP_ROM_INT(TRIGGER_LOW_LEVEL)},
    {MP_ROM_QSTR(MP_QSTR_WAKE_HIGH), MP_ROM_INT(TRIGGER_HIGH_LEVEL)},
    {MP_ROM_QSTR(MP_QSTR_DRIVE_0), MP_ROM_INT(0)},
    {MP_ROM_QSTR(MP_QSTR_DRIVE_1), MP_ROM_INT(1)},
    {MP_ROM_QSTR(MP_QSTR_DRIVE_2), MP_ROM_INT(2)},
    {MP_ROM_QSTR(MP_QSTR_DRIVE_3), MP_ROM_INT(3)},
#endif
};
static MP_DEFINE_CONST_DICT(pin_locals, pin_locals_table);

MP_DEFINE_CONST_OBJ_TYPE(machine_pin_type, MP_QSTR_Pin, MP_TYPE_FLAG_NONE, make_new,
                         mp_pin_make_new, print, pin_print, call, pin_call, protocol, &pin_protocol,
                         locals_dict, &pin_locals);

// What irq() returns: a call of it acts as the interrupt, trigger([edges]) tells and changes them.

static mp_obj_t irq_call(mp_obj_t self_in, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    (void)args;
    mp_arg_check_num(n_args, n_kw, 0, 0, false);
    machine_pin_interrupt(number_of(self_in));
    return mp_const_none;
}

static mp_obj_t irq_trigger(size_t n_args, const mp_obj_t *args) {
    unsigned pin = number_of(args[0]);
    unsigned before = pin_trigger(pin);
    if (n_args == 2) {
        pin_set_trigger(pin, (unsigned)mp_obj_get_int(args[1]) & (EDGE_RISING | EDGE_FALLING));
    }
    return MP_OBJ_NEW_SMALL_INT(before);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(irq_trigger_obj, 1, 2, irq_trigger);

static const mp_rom_map_elem_t irq_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR_trigger), MP_ROM_PTR(&irq_trigger_obj)},
};
static MP_DEFINE_CONST_DICT(irq_locals, irq_locals_table);

static MP_DEFINE_CONST_OBJ_TYPE(irq_type, MP_QSTR_IRQ, MP_TYPE_FLAG_NONE, call, irq_call,
                                locals_dict, &irq_locals);
