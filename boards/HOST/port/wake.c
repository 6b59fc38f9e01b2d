// esp32.wake_on_ext0(), esp32.wake_on_ext1(), and Pin.irq(wake=…): an ESP32's pins that end a
// sleep.

#include "port/wake.h"

#include "port/hardware.h"
#include "port/machine_pin.h"
#include "py/runtime.h"

#if !HOST_ESP8266_NAMES

static unsigned waking_pin(mp_obj_t id) {
    unsigned pin = machine_pin_number(id);
    if (!pins_can_wake(hardware.registers->profile, pin)) {
        mp_raise_ValueError(MP_ERROR_TEXT("invalid pin"));
    }
    return pin;
}

void machine_pin_wake(unsigned pin, bool level, mp_obj_t sleeps_in) {
    registers_t *registers = hardware.registers;
    mp_int_t sleeps = 0;
    if (!mp_obj_get_int_maybe(sleeps_in, &sleeps) || sleeps < 2 || sleeps > 7) {
        mp_raise_ValueError(MP_ERROR_TEXT("bad wake value"));
    }
    if (!pins_can_wake(registers->profile, pin)) {
        mp_raise_ValueError(MP_ERROR_TEXT("invalid pin for wake"));
    }
    if (registers->wake_ext0_pin != -1 && registers->wake_ext0_pin != (int32_t)pin) {
        mp_raise_ValueError(MP_ERROR_TEXT("no resources"));
    }
    registers->wake_ext0_pin = (int32_t)pin;
    registers->wake_ext0_level = level;
    registers->wake_ext0_sleeps = (uint32_t)sleeps;
}

// wake_on_ext0(pin, level): pin may be None.
static mp_obj_t wake_on_ext0(size_t n_args, const mp_obj_t *args, mp_map_t *kw_args) {
    registers_t *registers = hardware.registers;
    enum { ARG_pin, ARG_level };
    const mp_arg_t allowed[] = {
        {MP_QSTR_pin, MP_ARG_OBJ, {.u_obj = MP_OBJ_NEW_SMALL_INT(registers->wake_ext0_pin)}},
        {MP_QSTR_level, MP_ARG_BOOL, {.u_bool = registers->wake_ext0_level}},
    };
    mp_arg_val_t values[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all(n_args, args, kw_args, MP_ARRAY_SIZE(allowed), allowed, values);
    mp_obj_t pin = values[ARG_pin].u_obj;
    registers->wake_ext0_pin = pin == mp_const_none ? -1 : (int32_t)waking_pin(pin);
    registers->wake_ext0_level = values[ARG_level].u_bool;
    registers->wake_ext0_sleeps = WAKE_FROM_LIGHT_SLEEP | WAKE_FROM_DEEP_SLEEP;
    return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_KW(esp32_wake_on_ext0_obj, 0, wake_on_ext0);

// wake_on_ext1(pins, level): a tuple or list of pins, or None.
static mp_obj_t wake_on_ext1(size_t n_args, const mp_obj_t *args, mp_map_t *kw_args) {
    registers_t *registers = hardware.registers;
    enum { ARG_pins, ARG_level };
    const mp_arg_t allowed[] = {
        {MP_QSTR_pins, MP_ARG_OBJ, {.u_obj = mp_const_none}},
        {MP_QSTR_level, MP_ARG_BOOL, {.u_bool = registers->wake_ext1_level}},
    };
    mp_arg_val_t values[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all(n_args, args, kw_args, MP_ARRAY_SIZE(allowed), allowed, values);
    if (values[ARG_pins].u_obj != mp_const_none) {
        size_t count;
        mp_obj_t *pins;
        mp_obj_get_array(values[ARG_pins].u_obj, &count, &pins);
        uint64_t mask = 0;
        for (size_t i = 0; i < count; i++) {
            mask |= UINT64_C(1) << waking_pin(pins[i]);
        }
        registers->wake_ext1_low = (uint32_t)mask;
        registers->wake_ext1_high = (uint32_t)(mask >> 32);
    }
    registers->wake_ext1_level = values[ARG_level].u_bool;
    return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_KW(esp32_wake_on_ext1_obj, 0, wake_on_ext1);

#endif
