// The chip's UART: joins the terminal and the pty to the program's console.

#ifndef HOST_LOADER_CONSOLE_H
#define HOST_LOADER_CONSOLE_H

#include <poll.h>
#include <stdbool.h>

#include "chip/registers.h"
#include "program.h"
#include "pty.h"
#include "sink.h"

// Entries that console_prepare fills.
#define CONSOLE_POLL_COUNT (5)

typedef struct {
    registers_t *registers;
    bool has_terminal;
    pty_t pty;
    sink_t sinks[2]; // standard output, the pty
} console_t;

// pty_link: see pty_open. Returns false with errno.
bool console_open(console_t *console, registers_t *registers, const char *pty_link,
                  bool use_terminal);

// Says what to wait for.
void console_prepare(const console_t *console, const program_t *program,
                     struct pollfd polls[CONSOLE_POLL_COUNT]);

// Moves what can be moved after poll(). A byte that equals the interrupt character's register
// interrupts the program instead of reaching it. Returns false when the terminal has gone.
bool console_run(console_t *console, const program_t *program,
                 const struct pollfd polls[CONSOLE_POLL_COUNT]);

// Passes on what a program that has ended left behind.
void console_drain(console_t *console, const program_t *program);

void console_close(console_t *console);

#endif
