// The port's part of the machine module; included by extmod/modmachine.c.

#include <limits.h>
#include <sched.h>

#include "port/clock.h"
#include "port/hardware.h"
#include "port/machine_pin.h"
#include "port/machine_timer.h"
#include "port/modmachine.h"
#include "py/mphal.h"

// Each port's numbers for the causes of a reset.
#if HOST_ESP8266_NAMES
enum {
    MACHINE_PWRON_RESET = 0,
    MACHINE_WDT_RESET = 1,
    MACHINE_EXCEPTION_RESET = 2, // it has no name
    MACHINE_SOFT_RESET = 4,
    MACHINE_DEEPSLEEP_RESET = 5,
    MACHINE_HARD_RESET = 6,
};

#define CHIP_GLOBALS {MP_ROM_QSTR(MP_QSTR_sleep), MP_ROM_PTR(&machine_lightsleep_obj)},
#else
enum {
    MACHINE_PWRON_RESET = 1,
    MACHINE_HARD_RESET,
    MACHINE_WDT_RESET,
    MACHINE_DEEPSLEEP_RESET,
    MACHINE_SOFT_RESET,
};

#define CHIP_GLOBALS                                                                               \
    {MP_ROM_QSTR(MP_QSTR_SLEEP), MP_ROM_INT(WAKE_FROM_LIGHT_SLEEP)},                               \
        {MP_ROM_QSTR(MP_QSTR_wake_reason), MP_ROM_PTR(&machine_wake_reason_obj)},                  \
        {MP_ROM_QSTR(MP_QSTR_PIN_WAKE), MP_ROM_INT(WAKE_CAUSE_EXT0)},                              \
        {MP_ROM_QSTR(MP_QSTR_EXT0_WAKE), MP_ROM_INT(WAKE_CAUSE_EXT0)},                             \
        {MP_ROM_QSTR(MP_QSTR_EXT1_WAKE), MP_ROM_INT(WAKE_CAUSE_EXT1)},                             \
        {MP_ROM_QSTR(MP_QSTR_TIMER_WAKE), MP_ROM_INT(WAKE_CAUSE_TIMER)},                           \
        {MP_ROM_QSTR(MP_QSTR_TOUCHPAD_WAKE), MP_ROM_INT(5)},                                       \
        {MP_ROM_QSTR(MP_QSTR_ULP_WAKE), MP_ROM_INT(6)},

static mp_obj_t machine_wake_reason(void) {
    return MP_OBJ_NEW_SMALL_INT(hardware.registers->wake_cause);
}
static MP_DEFINE_CONST_FUN_OBJ_0(machine_wake_reason_obj, machine_wake_reason);
#endif

#define MICROPY_PY_MACHINE_EXTRA_GLOBALS                                                           \
    CHIP_GLOBALS{MP_ROM_QSTR(MP_QSTR_Pin), MP_ROM_PTR(&machine_pin_type)},                         \
        {MP_ROM_QSTR(MP_QSTR_RTC), MP_ROM_PTR(&machine_rtc_type)},                                 \
        {MP_ROM_QSTR(MP_QSTR_Timer), MP_ROM_PTR(&machine_timer_type)},                             \
        {MP_ROM_QSTR(MP_QSTR_DEEPSLEEP), MP_ROM_INT(WAKE_FROM_DEEP_SLEEP)},                        \
        {MP_ROM_QSTR(MP_QSTR_PWRON_RESET), MP_ROM_INT(MACHINE_PWRON_RESET)},                       \
        {MP_ROM_QSTR(MP_QSTR_HARD_RESET), MP_ROM_INT(MACHINE_HARD_RESET)},                         \
        {MP_ROM_QSTR(MP_QSTR_WDT_RESET), MP_ROM_INT(MACHINE_WDT_RESET)},                           \
        {MP_ROM_QSTR(MP_QSTR_DEEPSLEEP_RESET), MP_ROM_INT(MACHINE_DEEPSLEEP_RESET)},               \
        {MP_ROM_QSTR(MP_QSTR_SOFT_RESET), MP_ROM_INT(MACHINE_SOFT_RESET)},

static mp_int_t frequency;

#if HOST_ESP8266_NAMES

// As the SDK names the reason. A soft reset does not count.
static mp_int_t mp_machine_reset_cause(void) {
    switch (hardware.registers->reset_cause) {
    case RESET_CAUSE_SOFTWARE:
        return MACHINE_SOFT_RESET;
    case RESET_CAUSE_WATCHDOG:
        return MACHINE_WDT_RESET;
    case RESET_CAUSE_DEEP_SLEEP:
        return MACHINE_DEEPSLEEP_RESET;
    case RESET_CAUSE_PANIC:
        return MACHINE_EXCEPTION_RESET;
    case RESET_CAUSE_EXTERNAL:
        return MACHINE_HARD_RESET;
    default:
        return MACHINE_PWRON_RESET;
    }
}

#else

static bool was_soft_reset;

static mp_int_t mp_machine_reset_cause(void) {
    if (was_soft_reset) {
        return MACHINE_SOFT_RESET;
    }
    switch (hardware.registers->reset_cause) {
    case RESET_CAUSE_WATCHDOG:
        return MACHINE_WDT_RESET;
    case RESET_CAUSE_DEEP_SLEEP:
        return MACHINE_DEEPSLEEP_RESET;
    case RESET_CAUSE_SOFTWARE:
    case RESET_CAUSE_PANIC:
        // The ESP32 does not tell them apart.
        return MACHINE_HARD_RESET;
    default:
        // Nor a brown-out and the reset button from power-on.
        return MACHINE_PWRON_RESET;
    }
}

#endif

void machine_deinit(void) {
#if !HOST_ESP8266_NAMES
    was_soft_reset = true;
#endif
    machine_pin_deinit_all();
    machine_timer_deinit_all();
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
    if (hardware.world->fast) {
        mp_hal_wait_for_event(1);
    } else {
        sched_yield();
    }
}

// Callbacks run meanwhile, which they do not on the chips.
static void mp_machine_lightsleep(size_t n_args, const mp_obj_t *args) {
    registers_t *registers = hardware.registers;
    int64_t end = WORLD_NEVER;
    if (n_args != 0) {
        end = clock_us() + (int64_t)mp_obj_get_int(args[0]) * 1000;
    }
    registers->wake_cause = WAKE_CAUSE_NONE;
    while (registers->wake_cause == WAKE_CAUSE_NONE) {
        int64_t left_ms = end == WORLD_NEVER ? -1 : (end - clock_us() + 999) / 1000;
        registers->wake_cause = world_wake_cause(hardware.world, registers, WAKE_FROM_LIGHT_SLEEP);
        if (registers->wake_cause != WAKE_CAUSE_NONE) {
            break;
        }
        if (end != WORLD_NEVER && left_ms <= 0) {
            registers->wake_cause = WAKE_CAUSE_TIMER;
            break;
        }
        mp_event_handle_nowait();
        mp_hal_wait_for_event((int)MIN(left_ms, INT_MAX));
    }
    mp_event_handle_nowait();
}

MP_NORETURN static void mp_machine_deepsleep(size_t n_args, const mp_obj_t *args) {
    // Zero is asleep for ever to the boot loader.
    uint32_t sleep_ms = 0;
    if (n_args != 0) {
        mp_int_t ms = mp_obj_get_int(args[0]);
        sleep_ms = ms <= 0 ? 1 : (uint32_t)ms;
    }
#if HOST_ESP8266_NAMES
    uint32_t alarm_ms = machine_rtc_alarm_ms();
    if (alarm_ms != 0 && (sleep_ms == 0 || alarm_ms < sleep_ms)) {
        sleep_ms = alarm_ms;
    }
#endif
    hardware.registers->deep_sleep_ms = sleep_ms;
    hardware_reset(RESET_REQUEST_DEEP_SLEEP);
}
