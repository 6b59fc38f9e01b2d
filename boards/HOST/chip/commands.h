// The commands of the control channel.
//
// A command is a line of words. The first one picks its function from a table in commands.c; to add
// a command is to add a line there. The functions run in the process that has the world: in a
// program as an interrupt handler. So they allocate nothing and wait for nothing.

#ifndef HOST_CHIP_COMMANDS_H
#define HOST_CHIP_COMMANDS_H

#include "chip/world.h"

typedef struct {
    world_t *world;
    registers_t *registers;
    int count;    // of words, at least 1
    char **words; // words[0] is the command
    char *answer; // WORLD_LINE_SIZE bytes, an empty string: what follows "ok " or "error: "
} command_t;

enum command_result {
    COMMAND_OK,
    COMMAND_ERROR, // *answer says what to do
    COMMAND_LATER, // there is no answer yet: whoever keeps it back sees to it
};

// Carries out world->command. Returns false when the answer comes later; otherwise it is in
// world->answer, and world->answered is up to date.
bool commands_run(world_t *world, registers_t *registers);

// The answer that was kept back: "ok".
void commands_answer_later(world_t *world);

// Lines for --help.
extern const char commands_help[];

// For the functions of commands. Both put what is wrong into the answer.
enum command_result command_fail(const command_t *command, const char *message);
bool command_number(const command_t *command, int word, int64_t least, int64_t most,
                    int64_t *value);

#endif
