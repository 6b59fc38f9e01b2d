#define _POSIX_C_SOURCE 200809L

#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chip/commands.h"
#include "chip/registers.h"
#include "control.h"
#include "exit_status.h"

// What MicroPython has for Python objects on each chip: an ESP32 with external RAM, an ESP8266.
#define ESP32_HEAP_SIZE (4180000)
#define ESP8266_HEAP_SIZE (38 * 1024)
#define HEAP_SIZE_MIN (4 * 1024)
// A process may have 1024 open files, unless somebody has set another limit.
#define SOCKET_MAX_MAX (1000)
#define GRACE_MS (50)
#define GRACE_MS_MAX (60000)

static const char help[] =
    "Boot loader of the HOST board: starts the firmware that a flash image holds.\n"
    "\n"
    "Usage: loader --flash FILE [OPTION]...\n"
    "\n"
    "  --flash FILE      the flash chip, a file of a multiple of 4 KiB\n"
    "  --profile CHIP    whose limits to keep: esp32 (default) or esp8266\n"
    "  --heap BYTES      size of the Python heap; default 4180000 (esp32) or 38912 (esp8266)\n"
    "  --sockets N       open sockets at a time, instead of the 24 of an esp32; up to 1000\n"
    "  --pty-link PATH   symbolic link to the console's pty\n"
    "  --no-terminal     leave the terminal alone: the console's input is the pty only\n"
    "  --cut N           cut the power before flash operation N (1 is the first)\n"
    "  --cut-inside N    cut the power inside flash operation N\n"
    "  --seed S          what an operation that was cut has done; default 0\n"
    "  --control PATH    socket for commands from the world outside, below\n"
    "  --fast-clock[=MS] time jumps over waiting, once network and console were quiet for MS\n"
    "                    milliseconds of real time; default 50\n"
    "  --tool COMMAND    run the firmware under a tool, such as valgrind, strace or gdb\n"
    "  --help            this text\n"
    "\n"
    "Examples:\n"
    "  loader --flash build/HOST/flash.bin --pty-link build/HOST/pty\n"
    "  mpremote connect build/HOST/pty ls\n"
    "  loader --flash copy.bin --no-terminal --cut-inside 120 --seed 7; echo $?\n"
    "  loader --flash copy.bin --tool 'valgrind --tool=callgrind'\n"
    "\n"
    "Exit status: 0 stopped by Ctrl-C or SIGTERM, 1 an error, 2 wrong options,\n"
    "3 nothing bootable in flash, 4 the power was cut.\n"
    "\n"
    "Commands, a line each; the answer is a line: ok, ok VALUE or error: what to do\n";

enum {
    OPTION_FLASH = 1,
    OPTION_PROFILE,
    OPTION_HEAP,
    OPTION_SOCKETS,
    OPTION_PTY_LINK,
    OPTION_NO_TERMINAL,
    OPTION_CUT,
    OPTION_CUT_INSIDE,
    OPTION_SEED,
    OPTION_CONTROL,
    OPTION_FAST_CLOCK,
    OPTION_TOOL,
    OPTION_HELP,
};

static const struct option long_options[] = {
    {"flash", required_argument, NULL, OPTION_FLASH},
    {"profile", required_argument, NULL, OPTION_PROFILE},
    {"heap", required_argument, NULL, OPTION_HEAP},
    {"sockets", required_argument, NULL, OPTION_SOCKETS},
    {"pty-link", required_argument, NULL, OPTION_PTY_LINK},
    {"no-terminal", no_argument, NULL, OPTION_NO_TERMINAL},
    {"cut", required_argument, NULL, OPTION_CUT},
    {"cut-inside", required_argument, NULL, OPTION_CUT_INSIDE},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"control", required_argument, NULL, OPTION_CONTROL},
    {"fast-clock", optional_argument, NULL, OPTION_FAST_CLOCK},
    {"tool", required_argument, NULL, OPTION_TOOL},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static _Noreturn void fail(const char *message, const char *detail) {
    fprintf(stderr, "loader: %s%s (--help lists the options)\n", message, detail);
    exit(EXIT_STATUS_USAGE);
}

static uint32_t parse_number(const char *option, const char *text, uint32_t least, uint32_t most) {
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 0);
    if (errno != 0 || end == text || *end != '\0' || *text == '-' || value < least ||
        value > most) {
        char message[80];
        snprintf(message, sizeof(message), "--%s wants a number from %u to %u, not ", option,
                 (unsigned)least, (unsigned)most);
        fail(message, text);
    }
    return (uint32_t)value;
}

static uint32_t parse_profile(const char *text) {
    if (strcmp(text, "esp32") == 0) {
        return PROFILE_ESP32;
    }
    if (strcmp(text, "esp8266") == 0) {
        return PROFILE_ESP8266;
    }
    fail("--profile is esp32 or esp8266, not ", text);
}

options_t options_parse(int argc, char **argv) {
    options_t options = {.profile = PROFILE_ESP32, .use_terminal = true, .grace_ms = GRACE_MS};
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        switch (option) {
        case OPTION_FLASH:
            options.flash_path = optarg;
            break;
        case OPTION_PROFILE:
            options.profile = parse_profile(optarg);
            break;
        case OPTION_HEAP:
            options.heap_size = parse_number("heap", optarg, HEAP_SIZE_MIN, INT32_MAX);
            break;
        case OPTION_SOCKETS:
            options.socket_max = (uint16_t)parse_number("sockets", optarg, 1, SOCKET_MAX_MAX);
            break;
        case OPTION_PTY_LINK:
            options.pty_link = optarg;
            break;
        case OPTION_NO_TERMINAL:
            options.use_terminal = false;
            break;
        case OPTION_CUT:
            options.cut_operation = parse_number("cut", optarg, 1, INT32_MAX);
            options.cut_inside = false;
            break;
        case OPTION_CUT_INSIDE:
            options.cut_operation = parse_number("cut-inside", optarg, 1, INT32_MAX);
            options.cut_inside = true;
            break;
        case OPTION_SEED:
            options.cut_seed = parse_number("seed", optarg, 0, INT32_MAX);
            break;
        case OPTION_CONTROL:
            options.control_path = optarg;
            break;
        case OPTION_FAST_CLOCK:
            options.fast_clock = true;
            if (optarg != NULL) {
                options.grace_ms = parse_number("fast-clock", optarg, 0, GRACE_MS_MAX);
            }
            break;
        case OPTION_TOOL:
            options.tool = optarg;
            break;
        case OPTION_HELP:
            fputs(help, stdout);
            fputs(commands_help, stdout);
            fputs(control_help, stdout);
            exit(EXIT_SUCCESS);
        default:
            fail("unknown or incomplete option ", argv[optind - 1]);
        }
    }
    if (optind < argc) {
        fail("what is this? ", argv[optind]);
    }
    if (options.flash_path == NULL) {
        fail("--flash FILE is needed", "");
    }
    if (options.socket_max != 0 && options.profile != PROFILE_ESP32) {
        fail("--sockets goes with --profile esp32 only", "");
    }
    if (options.heap_size == 0) {
        options.heap_size =
            options.profile == PROFILE_ESP8266 ? ESP8266_HEAP_SIZE : ESP32_HEAP_SIZE;
    }
    return options;
}
