#include "pins.h"

#include "chip/registers.h"

#define BIT(N) (1ULL << (N))
// From pin A to pin B.
#define BITS(A, B) ((BIT((B) + 1) - 1) & ~(BIT(A) - 1))

// The ESP32 has no 20, 24 and 28 to 31; MicroPython for the ESP8266 leaves out those of its flash
// chip.
#define ESP32_PINS (BITS(0, 39) & ~(BIT(20) | BIT(24) | BITS(28, 31)))
#define ESP8266_PINS (BITS(0, 16) & ~(BITS(6, 8) | BIT(11)))

#define ESP32_INPUT_ONLY BITS(34, 39)
#define ESP32_WAKE (BIT(0) | BIT(2) | BIT(4) | BITS(12, 15) | BITS(25, 27) | BITS(32, 39))
#define ESP32_ADC ESP32_WAKE

static bool has(uint64_t set, unsigned pin) {
    return pin < 64 && (set >> pin & 1);
}

bool pins_exist(uint32_t profile, unsigned pin) {
    return has(profile == PROFILE_ESP8266 ? ESP8266_PINS : ESP32_PINS, pin);
}

bool pins_have_output(uint32_t profile, unsigned pin) {
    return pins_exist(profile, pin) && (profile == PROFILE_ESP8266 || !has(ESP32_INPUT_ONLY, pin));
}

bool pins_have_pull(uint32_t profile, unsigned pin) {
    return pins_have_output(profile, pin) && (profile != PROFILE_ESP8266 || pin != 16);
}

bool pins_have_interrupt(uint32_t profile, unsigned pin) {
    return pins_exist(profile, pin) && (profile != PROFILE_ESP8266 || pin != 16);
}

bool pins_can_wake(uint32_t profile, unsigned pin) {
    return profile != PROFILE_ESP8266 && has(ESP32_WAKE, pin);
}

bool pins_have_adc(uint32_t profile, unsigned pin) {
    return profile != PROFILE_ESP8266 && has(ESP32_ADC, pin);
}
