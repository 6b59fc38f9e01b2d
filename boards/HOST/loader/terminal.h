// The terminal that the boot loader was started from, as a serial console.

#ifndef HOST_LOADER_TERMINAL_H
#define HOST_LOADER_TERMINAL_H

#include <stdbool.h>

// Takes the terminal on standard input: bytes one by one, without echo; Ctrl-C still stops the
// boot loader. Returns false when standard input is no terminal, or is not ours to read.
bool terminal_take(void);

// Gives it back as it was. Does nothing when it was not taken.
void terminal_restore(void);

#endif
