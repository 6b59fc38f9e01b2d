// The chip's identity and memory, in the form in which HOST's modules ask for them.

#ifndef LX106_PORT_HARDWARE_H
#define LX106_PORT_HARDWARE_H

#include <stdint.h>

#include "chip/radio.h"

// The ESP8266's numbers.
enum reset_cause {
    RESET_CAUSE_POWER_ON = 0,
    RESET_CAUSE_WATCHDOG = 1,
    RESET_CAUSE_SOFTWARE = 4,
    RESET_CAUSE_DEEP_SLEEP = 5,
    RESET_CAUSE_HARD = 6,
};

typedef struct {
    uint8_t mac[8]; // six bytes
    uint32_t rtc_user_length;
    uint8_t rtc_memory[512];
    air_t air;
    radio_t radio;
} registers_t;

typedef struct {
    registers_t *registers;
} hardware_t;

extern hardware_t hardware;

void hardware_init(void);

// Starts the chip anew, after sleep_ms.
_Noreturn void hardware_reset(enum reset_cause cause, uint32_t sleep_ms);

// 32 random bits.
uint32_t hardware_random(void);

#endif
