// The port's part of the machine module; included by extmod/modmachine.c.

#include <sched.h>

#include "port/hardware.h"
#include "port/modmachine.h"
#include "py/mphal.h"

// The ESP32's numbers.
enum {
    MACHINE_PWRON_RESET = 1,
    MACHINE_HARD_RESET,
    MACHINE_WDT_RESET,
    MACHINE_DEEPSLEEP_RESET,
    MACHINE_SOFT_RESET,
};

#define MICROPY_PY_MACHINE_EXTRA_GLOBALS                                                           \
    {MP_ROM_QSTR(MP_QSTR_RTC), MP_ROM_PTR(&machine_rtc_type)},                                     \
        {MP_ROM_QSTR(MP_QSTR_PWRON_RESET), MP_ROM_INT(MACHINE_PWRON_RESET)},                       \
        {MP_ROM_QSTR(MP_QSTR_HARD_RESET), MP_ROM_INT(MACHINE_HARD_RESET)},                         \
        {MP_ROM_QSTR(MP_QSTR_WDT_RESET), MP_ROM_INT(MACHINE_WDT_RESET)},                           \
        {MP_ROM_QSTR(MP_QSTR_DEEPSLEEP_RESET), MP_ROM_INT(MACHINE_DEEPSLEEP_RESET)},               \
        {MP_ROM_QSTR(MP_QSTR_SOFT_RESET), MP_ROM_INT(MACHINE_SOFT_RESET)},

static bool was_soft_reset;
static mp_int_t frequency;

void machine_deinit(void) {
    was_soft_reset = true;
}

static mp_int_t mp_machine_reset_cause(void) {
    if (was_soft_reset) {
        return MACHINE_SOFT_RESET;
    }
    switch (hardware.registers->reset_cause) {
    case RESET_CAUSE_POWER_ON:
        return MACHINE_PWRON_RESET;
    case RESET_CAUSE_WATCHDOG:
        return MACHINE_WDT_RESET;
    case RESET_CAUSE_DEEP_SLEEP:
        return MACHINE_DEEPSLEEP_RESET;
    default:
        // A panic too: the ESP32 does not tell them apart.
        return MACHINE_HARD_RESET;
    }
}

MP_NORETURN static void mp_machine_reset(void) {
    hardware_reset(RESET_REQUEST_RESET);
}

static mp_obj_t mp_machine_unique_id(void) {
    return mp_obj_new_bytes(hardware.registers->mac, 6);
}

static bool is_esp8266(void) {
    return hardware.registers->profile == PROFILE_ESP8266;
}

static mp_obj_t mp_machine_get_freq(void) {
    if (frequency == 0) {
        frequency = is_esp8266() ? 80000000 : 160000000;
    }
    return mp_obj_new_int(frequency);
}

// Takes the chip's frequencies, and changes nothing: the computer's speed is its own.
static void mp_machine_set_freq(size_t n_args, const mp_obj_t *args) {
    (void)n_args;
    static const uint8_t esp8266_mhz[] = {80, 160};
    static const uint8_t esp32_mhz[] = {20, 40, 80, 160, 240};
    const uint8_t *mhz = is_esp8266() ? esp8266_mhz : esp32_mhz;
    size_t count = is_esp8266() ? MP_ARRAY_SIZE(esp8266_mhz) : MP_ARRAY_SIZE(esp32_mhz);
    mp_int_t wanted = mp_obj_get_int(args[0]);
    for (size_t i = 0; i < count; i++) {
        if (wanted == mhz[i] * 1000000) {
            frequency = wanted;
            return;
        }
    }
    mp_raise_ValueError(MP_ERROR_TEXT("frequency not supported"));
}

static void mp_machine_idle(void) {
    sched_yield();
}

static void mp_machine_lightsleep(size_t n_args, const mp_obj_t *args) {
    if (n_args != 0) {
        mp_hal_delay_ms(mp_obj_get_int(args[0]));
        return;
    }
    // Nothing is set up to wake it: only an interrupt of the program does.
    for (;;) {
        mp_event_wait_indefinite();
    }
}

MP_NORETURN static void mp_machine_deepsleep(size_t n_args, const mp_obj_t *args) {
    hardware.registers->deep_sleep_ms = 0;
    if (n_args != 0) {
        mp_int_t ms = mp_obj_get_int(args[0]);
        // Zero is asleep for ever to the boot loader.
        hardware.registers->deep_sleep_ms = ms <= 0 ? 1 : (uint32_t)ms;
    }
    hardware_reset(RESET_REQUEST_DEEP_SLEEP);
}
