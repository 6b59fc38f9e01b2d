#include "clock_commands.h"

#include <stdio.h>
#include <string.h>

// MicroPython's time() on a 32-bit chip ends before.
#define RTC_SECONDS_MAX (4294967295LL)
#define STEP_MS_MAX (100LL * 365 * 86400 * 1000)

static enum command_result describe(const command_t *command) {
    const world_t *world = command->world;
    int64_t rtc_us = world_rtc_us(world, command->registers);
    snprintf(command->answer, WORLD_LINE_SIZE, "ticks_us=%lld rtc_us=%lld state=%s",
             (long long)world_now(world), (long long)rtc_us,
             !world->fast                     ? "real"
             : world->limit_us == WORLD_NEVER ? "run"
                                              : "hold");
    return COMMAND_OK;
}

static enum command_result set(const command_t *command) {
    int64_t seconds;
    if (!command_number(command, 2, 0, RTC_SECONDS_MAX, &seconds)) {
        return COMMAND_ERROR;
    }
    world_set_rtc_us(command->world, command->registers, seconds * 1000000);
    return COMMAND_OK;
}

static enum command_result step(const command_t *command) {
    int64_t ms;
    if (!command_number(command, 2, 0, STEP_MS_MAX, &ms)) {
        return COMMAND_ERROR;
    }
    command->world->limit_us = command->world->clock_us + ms * 1000;
    command->world->stepping = 1;
    return COMMAND_LATER;
}

enum command_result command_clock(const command_t *command) {
    world_t *world = command->world;
    if (command->count == 1) {
        return describe(command);
    }
    const char *what = command->words[1];
    if (strcmp(what, "set") == 0) {
        return set(command);
    }
    bool holds = strcmp(what, "hold") == 0;
    bool runs = strcmp(what, "run") == 0;
    bool steps = strcmp(what, "step") == 0;
    if (!holds && !runs && !steps) {
        return command_fail(command, "the clock knows set, hold, step and run");
    }
    if (!world->fast) {
        return command_fail(command, "start the loader with --fast-clock for that");
    }
    if (steps) {
        return step(command);
    }
    world->limit_us = holds ? world->clock_us : WORLD_NEVER;
    return COMMAND_OK;
}
