// The chip's pins: HOST's port/pin.h. Their outside is moved by the lx106 module.

#include "port/pin.h"

#include "port/outside.h"

#define PIN_COUNT (17)
// Without those of the flash chip: 6, 7, 8 and 11.
#define PINS (0x1ffff & ~(1 << 6 | 1 << 7 | 1 << 8 | 1 << 11))
#define ONLY_PLAIN (16)

typedef struct {
    uint8_t mode;    // enum pin_mode
    uint8_t pull;    // enum pin_pull
    uint8_t output;  // the latch
    uint8_t trigger; // bits of enum pin_edge
    int8_t outside;  // 0, 1, OUTSIDE_OPEN
} pin_t;

static pin_t pins[PIN_COUNT];
static bool is_set_up;
static int microvolts;

static pin_t *pin_at(unsigned number) {
    if (!is_set_up) {
        is_set_up = true;
        for (int i = 0; i < PIN_COUNT; i++) {
            pins[i].outside = OUTSIDE_OPEN;
        }
    }
    return &pins[number];
}

bool pin_exists(unsigned pin) {
    return pin < PIN_COUNT && (PINS >> pin & 1);
}

bool pin_has_output(unsigned pin) {
    return pin_exists(pin);
}

bool pin_has_pull(unsigned pin) {
    return pin_exists(pin) && pin != ONLY_PLAIN;
}

bool pin_has_interrupt(unsigned pin) {
    return pin_has_pull(pin);
}

int pin_read(unsigned number) {
    const pin_t *pin = pin_at(number);
    if (pin->mode == PIN_OUT) {
        return pin->output;
    }
    if ((pin->mode == PIN_OPEN_DRAIN && !pin->output) || pin->outside == 0) {
        return 0;
    }
    return pin->outside == 1 || pin->pull == PULL_UP;
}

int pin_read_output(unsigned pin) {
    return pin_at(pin)->output;
}

static void note(unsigned pin, int before) {
    int level = pin_read(pin);
    if (level != before && (pins[pin].trigger & (level ? EDGE_RISING : EDGE_FALLING))) {
        machine_pin_interrupt(pin);
    }
}

void pin_write(unsigned pin, int level) {
    int before = pin_read(pin);
    pins[pin].output = level != 0;
    note(pin, before);
}

void pin_set_mode(unsigned pin, enum pin_mode mode) {
    int before = pin_read(pin);
    pins[pin].mode = (uint8_t)mode;
    note(pin, before);
}

void pin_set_pull(unsigned pin, enum pin_pull pull) {
    int before = pin_read(pin);
    pins[pin].pull = (uint8_t)pull;
    note(pin, before);
}

void pin_set_trigger(unsigned pin, unsigned edges) {
    pin_at(pin)->trigger = (uint8_t)edges;
}

unsigned pin_trigger(unsigned pin) {
    return pin_at(pin)->trigger;
}

// There is no PWM.
void pin_end_wave(unsigned pin) {
    (void)pin;
}

int pin_microvolts(unsigned pin) {
    (void)pin;
    return microvolts;
}

void outside_drive(unsigned pin, int level) {
    int before = pin_read(pin);
    pins[pin].outside = (int8_t)level;
    note(pin, before);
}

void outside_set_microvolts(int voltage) {
    microvolts = voltage;
}
