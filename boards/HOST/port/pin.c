#include "port/pin.h"

#include "port/hardware.h"
#include "py/mphal.h"

static uint32_t profile(void) {
    return hardware.registers->profile;
}

bool pin_exists(unsigned pin) {
    return pins_exist(profile(), pin);
}

bool pin_has_output(unsigned pin) {
    return pins_have_output(profile(), pin);
}

bool pin_has_pull(unsigned pin) {
    return pins_have_pull(profile(), pin);
}

bool pin_has_interrupt(unsigned pin) {
    return pins_have_interrupt(profile(), pin);
}

int pin_read(unsigned pin) {
    if (hardware.world->fast) {
        // A program that waits for a level looks at the clock with every look at the pin.
        mp_hal_ticks_us();
    }
    return world_level(hardware.world, pin);
}

int pin_read_output(unsigned pin) {
    return hardware.world->pins[pin].output;
}

static void on_edge(unsigned pin, int level) {
    if (hardware.world->pins[pin].trigger & (level ? EDGE_RISING : EDGE_FALLING)) {
        machine_pin_interrupt(pin);
    }
}

// The chip's side of a pin changes, and with it, maybe, the level.
typedef struct {
    world_pin_t *pin;
    int before;
    uint32_t held;
} change_t;

static change_t begin_change(unsigned pin) {
    world_on_edge = on_edge;
    uint32_t held = mp_hal_hold_interrupts();
    return (change_t){&hardware.world->pins[pin], world_level(hardware.world, pin), held};
}

static void end_change(const change_t *change) {
    world_note(hardware.world, (unsigned)(change->pin - hardware.world->pins), change->before);
    mp_hal_release_interrupts(change->held);
}

void pin_write(unsigned pin, int level) {
    change_t change = begin_change(pin);
    change.pin->output = level != 0;
    end_change(&change);
}

void pin_set_mode(unsigned pin, enum pin_mode mode) {
    change_t change = begin_change(pin);
    change.pin->mode = (uint8_t)mode;
    if (mode != PIN_PWM) {
        change.pin->pwm_hz = change.pin->pwm_duty = 0;
    }
    end_change(&change);
}

void pin_set_pull(unsigned pin, enum pin_pull pull) {
    change_t change = begin_change(pin);
    change.pin->pull = (uint8_t)pull;
    end_change(&change);
}

void pin_set_trigger(unsigned pin, unsigned edges) {
    change_t change = begin_change(pin);
    change.pin->trigger = (uint8_t)edges;
    end_change(&change);
}

unsigned pin_trigger(unsigned pin) {
    return hardware.world->pins[pin].trigger;
}

void pin_set_wave(unsigned pin, unsigned hz, unsigned duty) {
    change_t change = begin_change(pin);
    change.pin->mode = PIN_PWM;
    change.pin->pwm_hz = hz;
    change.pin->pwm_duty = duty;
    end_change(&change);
}

void pin_end_wave(unsigned pin) {
    if (hardware.world->pins[pin].mode == PIN_PWM) {
        pin_write(pin, 0);
        pin_set_mode(pin, PIN_OUT);
    }
}

int pin_microvolts(unsigned pin) {
    const world_pin_t *self = &hardware.world->pins[pin];
    if (profile() == PROFILE_ESP8266) {
        return self->microvolts == MICROVOLTS_UNSET ? 0 : self->microvolts;
    }
    return world_microvolts(hardware.world, pin);
}
