// The watchdog, which the boot loader enforces; included by extmod/machine_wdt.c.

#include "port/hardware.h"

// An ESP8266's is what it is.
#define ESP8266_TIMEOUT_MS (5000)

typedef struct _machine_wdt_obj_t {
    mp_obj_base_t base;
} machine_wdt_obj_t;

static const machine_wdt_obj_t machine_wdt = {{&machine_wdt_type}};
static uint32_t watchdog_timeout_ms;

static void mp_machine_wdt_feed(machine_wdt_obj_t *self) {
    (void)self;
    hardware.registers->watchdog_deadline = world_clock_ms(hardware.world) + watchdog_timeout_ms;
}

static machine_wdt_obj_t *mp_machine_wdt_make_new_instance(mp_int_t id, mp_int_t timeout_ms) {
    if (id != 0) {
        mp_raise_ValueError(NULL);
    }
    if (hardware.registers->profile == PROFILE_ESP8266 && timeout_ms != ESP8266_TIMEOUT_MS) {
        mp_raise_ValueError(NULL);
    }
    if (timeout_ms <= 0 || timeout_ms > INT32_MAX) {
        mp_raise_ValueError(MP_ERROR_TEXT("invalid WDT timeout"));
    }
    watchdog_timeout_ms = (uint32_t)timeout_ms;
    machine_wdt_obj_t *self = (machine_wdt_obj_t *)&machine_wdt;
    mp_machine_wdt_feed(self);
    // Last: the deadline must stand when the boot loader looks.
    __atomic_store_n(&hardware.registers->watchdog_armed, 1, __ATOMIC_RELEASE);
    return self;
}
