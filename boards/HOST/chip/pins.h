// Which pins each chip has, and what they can do: Espressif's data sheets, ESP32 section 2.2 and
// ESP8266EX section 2.

#ifndef HOST_CHIP_PINS_H
#define HOST_CHIP_PINS_H

#include <stdbool.h>
#include <stdint.h>

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
