// What the chip does with an exception that nobody handles: it says so, and stops.

#include "port/panic.h"

#include "port/simcall.h"
#include "py/runtime.h"

// The one of the program may be what is broken.
uint32_t panic_stack[PANIC_STACK_WORDS];

static char *put(char *to, const char *text) {
    while (*text != '\0') {
        *to++ = *text++;
    }
    return to;
}

static char *put_hex(char *to, uint32_t number) {
    to = put(to, "0x");
    for (int shift = 28; shift >= 0; shift -= 4) {
        *to++ = "0123456789abcdef"[number >> shift & 15];
    }
    return to;
}

_Noreturn void panic(uint32_t cause, uint32_t epc, uint32_t address) {
    char line[96];
    char *end = put(line, "\r\nFatal exception (");
    if (cause >= 10) {
        *end++ = (char)('0' + cause / 10 % 10);
    }
    *end++ = (char)('0' + cause % 10);
    end = put_hex(put(end, "): epc1="), epc);
    end = put_hex(put(end, ", excvaddr="), address);
    end = put(end, "\r\n");
    sim_write_all(2, line, (size_t)(end - line));
    sim_exit(PANIC_STATUS);
}

void nlr_jump_fail(void *value) {
    panic(0, 0, (uint32_t)value);
}
