#define _GNU_SOURCE

#include "terminal.h"

#include <termios.h>
#include <unistd.h>

static struct termios original;
static bool taken;

bool terminal_take(void) {
    // A process in the background that touches the terminal is stopped by it.
    if (!isatty(STDIN_FILENO) || tcgetpgrp(STDIN_FILENO) != getpgrp() ||
        tcgetattr(STDIN_FILENO, &original) != 0) {
        return false;
    }
    struct termios raw = original;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
    raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON | ISTRIP);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    // Suspended, the boot loader could not keep the watchdog.
    raw.c_cc[VSUSP] = _POSIX_VDISABLE;
    taken = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
    return taken;
}

void terminal_restore(void) {
    if (taken) {
        // Without waiting for output that nobody reads.
        tcsetattr(STDIN_FILENO, TCSANOW, &original);
        taken = false;
    }
}
