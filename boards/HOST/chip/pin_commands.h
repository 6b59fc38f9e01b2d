// Commands of the control channel about pins.

#ifndef HOST_CHIP_PIN_COMMANDS_H
#define HOST_CHIP_PIN_COMMANDS_H

#include "chip/commands.h"

#define PIN_COMMANDS_HELP                                                                          \
    "  pin N              level of pin N, and how the program has set it up\n"                     \
    "  pin N 0|1|z        drive pin N from outside, or let go of it\n"                             \
    "  pulses N COUNT HZ  COUNT pulses at pin N away from the level it has, and back\n"            \
    "  press N MS         a button from pin N to ground\n"                                         \
    "  adc N MICROVOLTS   voltage at pin N; of an ESP8266 at its ADC, which is 0\n"

enum command_result command_pin(const command_t *command);
enum command_result command_pulses(const command_t *command);
enum command_result command_press(const command_t *command);
enum command_result command_adc(const command_t *command);

#endif
