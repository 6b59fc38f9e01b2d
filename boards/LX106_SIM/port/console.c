// The console: descriptors 0 and 1 of QEMU.

#include "extmod/misc.h"
#include "port/simcall.h"
#include "port/waiting.h"
#include "py/mphal.h"
#include "py/runtime.h"
#include "py/stream.h"

#define INPUT_FD (0)
#define OUTPUT_FD (1)

// The interpreter asks for events every ten jumps of its bytecode. To look at the computer's
// descriptors each time would cost more than the rest.
#define EVENTS_PER_LOOK (100)

// The size of the ESP8266's.
static uint8_t stdin_bytes[256];
ringbuf_t stdin_ringbuf = {stdin_bytes, sizeof(stdin_bytes), 0, 0};

static void receive(void) {
    uint8_t bytes[sizeof(stdin_bytes)];
    size_t space = ringbuf_free(&stdin_ringbuf);
    if (space == 0 || !sim_readable(INPUT_FD, 0)) {
        return;
    }
    int count = sim_read(INPUT_FD, bytes, space);
    if (count == 0) {
        sim_exit(0); // nobody is there any more
    }
    for (int i = 0; i < count; i++) {
        if (bytes[i] == mp_interrupt_char) {
            mp_sched_keyboard_interrupt();
        } else {
            ringbuf_put(&stdin_ringbuf, bytes[i]);
        }
    }
}

void console_handle_events(void) {
    static unsigned events;
    if (++events % EVENTS_PER_LOOK == 0) {
        receive();
        alarm_run_due();
    }
}

uintptr_t mp_hal_stdio_poll(uintptr_t poll_flags) {
    uintptr_t ready = mp_os_dupterm_poll(poll_flags);
    if (poll_flags & MP_STREAM_POLL_RD) {
        receive();
        if (ringbuf_peek(&stdin_ringbuf) != -1) {
            ready |= MP_STREAM_POLL_RD;
        }
    }
    return ready | (poll_flags & MP_STREAM_POLL_WR);
}

int mp_hal_stdin_rx_chr(void) {
    for (;;) {
        receive();
        int c = ringbuf_get(&stdin_ringbuf);
        if (c != -1) {
            return c;
        }
        c = mp_os_dupterm_rx_chr();
        if (c >= 0) {
            return c;
        }
        mp_event_wait_indefinite();
    }
}

mp_uint_t mp_hal_stdout_tx_strn(const char *str, size_t len) {
    sim_write_all(OUTPUT_FD, str, len);
    int dupterm = mp_os_dupterm_tx_strn(str, len);
    return dupterm >= 0 && (size_t)dupterm < len ? (mp_uint_t)dupterm : len;
}

static void print_debug(void *data, const char *str, size_t len) {
    (void)data;
    sim_write_all(OUTPUT_FD, str, len);
}

const mp_print_t mp_debug_print = {NULL, print_debug};
