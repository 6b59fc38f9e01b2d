#include "pin_commands.h"

#include <stdio.h>
#include <string.h>

#include "chip/pins.h"

#define PULSES_MAX (1000000000)
#define PULSE_HZ_MAX (100000)
#define PRESS_MS_MAX (4000000)

static bool parse_pin(const command_t *command, int64_t *pin) {
    if (!command_number(command, 1, 0, WORLD_PIN_COUNT - 1, pin)) {
        return false;
    }
    if (!pins_exist(command->registers->profile, (unsigned)*pin)) {
        snprintf(command->answer, WORLD_LINE_SIZE, "the chip has no pin %d", (int)*pin);
        return false;
    }
    return true;
}

static enum command_result describe(const command_t *command, unsigned number) {
    static const char *const modes[] = {"unused", "in", "out", "open_drain", "pwm"};
    static const char *const pulls[] = {"none", "down", "up"};
    static const char *const outsides[] = {"z", "0", "1"};
    static const char *const triggers[] = {"none", "rising", "falling", "both"};
    const world_pin_t *pin = &command->world->pins[number];
    snprintf(command->answer, WORLD_LINE_SIZE,
             "level=%d mode=%s pull=%s outside=%s irq=%s freq=%u duty_u16=%u",
             world_level(command->world, number), modes[pin->mode], pulls[pin->pull],
             outsides[pin->outside], triggers[pin->trigger & 3], (unsigned)pin->pwm_hz,
             (unsigned)pin->pwm_duty);
    return COMMAND_OK;
}

enum command_result command_pin(const command_t *command) {
    int64_t number;
    if (!parse_pin(command, &number)) {
        return COMMAND_ERROR;
    }
    if (command->count == 2) {
        return describe(command, (unsigned)number);
    }
    static const char sides[] = "z01";
    const char *word = command->words[2];
    const char *side = strchr(sides, word[0]);
    if (side == NULL || word[1] != '\0' || command->count != 3) {
        return command_fail(command, "pin N is driven to 0 or 1, or left open with z");
    }
    world_pin_t *pin = &command->world->pins[number];
    int before = world_level(command->world, (unsigned)number);
    pin->signal_edges = 0;
    pin->outside = (uint8_t)(side - sides);
    world_note(command->world, (unsigned)number, before);
    return COMMAND_OK;
}

enum command_result command_pulses(const command_t *command) {
    int64_t pin;
    int64_t count;
    int64_t hz;
    if (!parse_pin(command, &pin) || !command_number(command, 2, 1, PULSES_MAX, &count) ||
        !command_number(command, 3, 1, PULSE_HZ_MAX, &hz)) {
        return COMMAND_ERROR;
    }
    world_start_signal(command->world, (unsigned)pin, world_now(command->world),
                       2 * (uint32_t)count, 500000, (uint32_t)hz);
    return COMMAND_OK;
}

enum command_result command_press(const command_t *command) {
    int64_t pin;
    int64_t ms;
    if (!parse_pin(command, &pin) || !command_number(command, 2, 1, PRESS_MS_MAX, &ms)) {
        return COMMAND_ERROR;
    }
    int before = world_level(command->world, (unsigned)pin);
    world_start_signal(command->world, (unsigned)pin, world_now(command->world), 1,
                       (uint32_t)ms * 1000, 1);
    command->world->pins[pin].outside = OUTSIDE_LOW;
    world_note(command->world, (unsigned)pin, before);
    return COMMAND_OK;
}

enum command_result command_adc(const command_t *command) {
    int64_t number;
    int64_t microvolts;
    if (!parse_pin(command, &number) ||
        !command_number(command, 2, 0, SUPPLY_MICROVOLTS, &microvolts)) {
        return COMMAND_ERROR;
    }
    command->world->pins[number].microvolts = (int32_t)microvolts;
    return COMMAND_OK;
}
