// The port's part of the machine module; included by extmod/modmachine.c.

#include "port/hardware.h"
#include "port/machine_pin.h"
#include "port/machine_timer.h"
#include "port/modmachine.h"
#include "port/simcall.h"
#include "py/mphal.h"

#define WAKE_DEEP_SLEEP (4)

#define MICROPY_PY_MACHINE_EXTRA_GLOBALS                                                           \
    {MP_ROM_QSTR(MP_QSTR_Pin), MP_ROM_PTR(&machine_pin_type)},                                     \
        {MP_ROM_QSTR(MP_QSTR_RTC), MP_ROM_PTR(&machine_rtc_type)},                                 \
        {MP_ROM_QSTR(MP_QSTR_Timer), MP_ROM_PTR(&machine_timer_type)},                             \
        {MP_ROM_QSTR(MP_QSTR_sleep), MP_ROM_PTR(&machine_lightsleep_obj)},                         \
        {MP_ROM_QSTR(MP_QSTR_DEEPSLEEP), MP_ROM_INT(WAKE_DEEP_SLEEP)},                             \
        {MP_ROM_QSTR(MP_QSTR_PWRON_RESET), MP_ROM_INT(RESET_CAUSE_POWER_ON)},                      \
        {MP_ROM_QSTR(MP_QSTR_HARD_RESET), MP_ROM_INT(RESET_CAUSE_HARD)},                           \
        {MP_ROM_QSTR(MP_QSTR_DEEPSLEEP_RESET), MP_ROM_INT(RESET_CAUSE_DEEP_SLEEP)},                \
        {MP_ROM_QSTR(MP_QSTR_WDT_RESET), MP_ROM_INT(RESET_CAUSE_WATCHDOG)},                        \
        {MP_ROM_QSTR(MP_QSTR_SOFT_RESET), MP_ROM_INT(RESET_CAUSE_SOFTWARE)},

static mp_int_t frequency = 80000000;

static mp_int_t mp_machine_reset_cause(void) {
    return sim_option("cause", RESET_CAUSE_POWER_ON);
}

MP_NORETURN static void mp_machine_reset(void) {
    hardware_reset(RESET_CAUSE_SOFTWARE, 0);
}

static mp_obj_t mp_machine_unique_id(void) {
    // As on the chip: the last three bytes of the address, then a zero.
    return mp_obj_new_bytes((const byte[]){hardware.registers->mac[5], hardware.registers->mac[4],
                                           hardware.registers->mac[3], 0},
                            4);
}

static mp_obj_t mp_machine_get_freq(void) {
    return mp_obj_new_int(frequency);
}

// Takes the chip's frequencies, and changes nothing: QEMU's speed is its own.
static void mp_machine_set_freq(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    mp_int_t wanted = mp_obj_get_int(args[0]);
    if (wanted != 80000000 && wanted != 160000000) {
        mp_raise_ValueError(MP_ERROR_TEXT("frequency not supported"));
    }
    frequency = wanted;
}

static void mp_machine_idle(void) {
    mp_event_wait_ms(1);
}

static void mp_machine_lightsleep(size_t n_args, const mp_obj_t *args) {
    if (n_args != 0) {
        mp_hal_delay_ms((mp_uint_t)mp_obj_get_int(args[0]));
        return;
    }
    for (;;) {
        mp_event_wait_indefinite();
    }
}

MP_NORETURN static void mp_machine_deepsleep(size_t n_args, const mp_obj_t *args) {
    mp_int_t ms = n_args == 0 ? INT32_MAX : mp_obj_get_int(args[0]);
    hardware_reset(RESET_CAUSE_DEEP_SLEEP, ms < 0 ? 0 : (uint32_t)ms);
}
