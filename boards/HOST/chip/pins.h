// Which pins each chip has, and what they can do: Espressif's data sheets, ESP32 section 2.2 and
// ESP8266EX section 2.

#ifndef HOST_CHIP_PINS_H
#define HOST_CHIP_PINS_H

#include <stdbool.h>
#include <stdint.h>

enum pin_mode {
    PIN_UNUSED = 0, // as reset leaves it: an input
    PIN_IN = 1,
    PIN_OUT = 2,
    PIN_OPEN_DRAIN = 3,
    PIN_PWM = 4,
};

enum pin_pull {
    PULL_NONE = 0,
    PULL_DOWN = 1,
    PULL_UP = 2,
};

// Edges that interrupt, bits.
enum pin_edge {
    EDGE_RISING = 1,
    EDGE_FALLING = 2,
};

// profile: enum chip_profile.
bool pins_exist(uint32_t profile, unsigned pin);
bool pins_have_output(uint32_t profile, unsigned pin);
bool pins_have_pull(uint32_t profile, unsigned pin);
bool pins_have_interrupt(uint32_t profile, unsigned pin);

// An ESP32's pins of the RTC's domain, which wake it.
bool pins_can_wake(uint32_t profile, unsigned pin);

// An ESP32's pins with a channel of the ADC.
bool pins_have_adc(uint32_t profile, unsigned pin);

#endif
