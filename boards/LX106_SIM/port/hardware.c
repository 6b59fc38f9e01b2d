#include "port/hardware.h"

#include "port/far_end.h"
#include "port/simcall.h"

static registers_t registers = {.mac = {0x5e, 0xcf, 0x7f, 0x00, 0x01, 0x06}};
hardware_t hardware = {&registers};

void hardware_init(void) {
    air_init(&registers.air);
    radio_init(&registers.radio, registers.mac);
}

_Noreturn void hardware_reset(enum reset_cause cause, uint32_t sleep_ms) {
    far_call(FAR_RESET, 0, (int)cause, &sleep_ms, sizeof(sleep_ms), NULL, 0);
    sim_exit(0);
}

uint32_t hardware_random(void) {
    uint32_t number = 0;
    far_call(FAR_RANDOM, 0, sizeof(number), NULL, 0, &number, sizeof(number));
    return number;
}
