// The boot loader's command line.

#ifndef HOST_LOADER_OPTIONS_H
#define HOST_LOADER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    const char *flash_path;
    const char *pty_link;     // NULL: none
    const char *control_path; // NULL: none
    const char *tool;         // NULL: none
    bool fast_clock;
    uint32_t grace_ms;
    uint32_t profile;    // enum chip_profile
    uint32_t heap_size;  // bytes
    uint16_t socket_max; // 0: as many as the chip has
    uint32_t cut_operation;
    bool cut_inside;
    uint32_t cut_seed;
    bool use_terminal;
} options_t;

// Ends the process after --help, and with EXIT_STATUS_USAGE when the command line is wrong.
options_t options_parse(int argc, char **argv);

#endif
