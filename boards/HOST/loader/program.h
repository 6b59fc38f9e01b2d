// The running firmware: a child process with a console, the flash chip and the registers.

#ifndef HOST_LOADER_PROGRAM_H
#define HOST_LOADER_PROGRAM_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

typedef struct {
    pid_t pid;  // 0: not running
    int input;  // what is written here, the program reads; non-blocking
    int output; // what the program writes, is read here; non-blocking
} program_t;

// What the program finds open from CHIP_FLASH_FD on: the flash chip, the registers, the world, and
// where to tell of answers.
#define PROGRAM_FD_COUNT (4)

// Starts the ELF file behind elf_fd. signals: the mask to give it. tool: NULL, or the shell command
// that the file's path is appended to. Returns false with errno.
// The program dies with this process, however that ends.
bool program_start(program_t *program, int elf_fd, const int fds[PROGRAM_FD_COUNT],
                   const sigset_t *signals, const char *tool);

// Frees what program_start made, after the process has ended.
void program_close(program_t *program);

#endif
