// Commands of the control channel about time.

#ifndef HOST_CHIP_CLOCK_COMMANDS_H
#define HOST_CHIP_CLOCK_COMMANDS_H

#include "chip/commands.h"

#define CLOCK_COMMANDS_HELP                                                                        \
    "  clock              the time: of the clock that ticks, and of the RTC\n"                     \
    "  clock set SECONDS  set the RTC, seconds since 2000-01-01 00:00\n"                           \
    "  clock hold         with --fast-clock: time stands still, also while the program waits\n"    \
    "  clock step MS      let MS pass; ok when all that was due has happened\n"                    \
    "  clock run          let time pass again\n"

enum command_result command_clock(const command_t *command);

#endif
