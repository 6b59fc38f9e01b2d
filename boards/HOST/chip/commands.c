#define _GNU_SOURCE

#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chip/air_commands.h"
#include "chip/clock_commands.h"
#include "chip/pin_commands.h"

#define WORDS_MAX (16)

const char commands_help[] = PIN_COMMANDS_HELP CLOCK_COMMANDS_HELP AIR_COMMANDS_HELP;

static const struct {
    const char *word;
    enum command_result (*run)(const command_t *command);
} table[] = {
    {"adc", command_adc}, {"air", command_air},     {"clock", command_clock},
    {"pin", command_pin}, {"press", command_press}, {"pulses", command_pulses},
};

enum command_result command_fail(const command_t *command, const char *message) {
    snprintf(command->answer, WORLD_LINE_SIZE, "%s", message);
    return COMMAND_ERROR;
}

bool command_number(const command_t *command, int word, int64_t least, int64_t most,
                    int64_t *value) {
    if (word >= command->count) {
        snprintf(command->answer, WORLD_LINE_SIZE, "%s wants more words; see loader --help",
                 command->words[0]);
        return false;
    }
    char *end;
    errno = 0;
    *value = strtoll(command->words[word], &end, 10);
    if (errno != 0 || end == command->words[word] || *end != '\0' || *value < least ||
        *value > most) {
        snprintf(command->answer, WORLD_LINE_SIZE, "%s wants a number from %lld to %lld, not %s",
                 command->words[0], (long long)least, (long long)most, command->words[word]);
        return false;
    }
    return true;
}

static int split(char *line, char *words[WORDS_MAX]) {
    int count = 0;
    char *rest = line;
    char *word;
    while (count < WORDS_MAX && (word = strtok_r(rest, " \t", &rest)) != NULL) {
        words[count++] = word;
    }
    return count;
}

static enum command_result run(command_t *command) {
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (strcmp(command->words[0], table[i].word) == 0) {
            return table[i].run(command);
        }
    }
    snprintf(command->answer, WORLD_LINE_SIZE, "there is no command %s; see loader --help",
             command->words[0]);
    return COMMAND_ERROR;
}

static void publish(world_t *world, const char *start, const char *text) {
    snprintf(world->answer, sizeof(world->answer), "%s%s", start, text);
    __atomic_store_n(&world->answered, world->asked, __ATOMIC_RELEASE);
}

bool commands_run(world_t *world, registers_t *registers) {
    char line[WORLD_LINE_SIZE];
    char *words[WORDS_MAX];
    char text[WORLD_LINE_SIZE] = "";
    memcpy(line, world->command, sizeof(line));
    line[sizeof(line) - 1] = '\0';
    command_t command = {.world = world, .registers = registers, .words = words, .answer = text};
    command.count = split(line, words);
    if (command.count == 0) {
        publish(world, "error: ", "an empty line; see loader --help");
        return true;
    }
    switch (run(&command)) {
    case COMMAND_OK:
        publish(world, text[0] == '\0' ? "ok" : "ok ", text);
        return true;
    case COMMAND_ERROR:
        publish(world, "error: ", text);
        return true;
    default:
        return false;
    }
}

void commands_answer_later(world_t *world) {
    publish(world, "ok", "");
}
