#include "port/console.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "extmod/misc.h"
#include "port/hardware.h"
#include "port/readiness.h"
#include "py/mphal.h"
#include "py/runtime.h"
#include "py/stream.h"

static uint8_t stdin_bytes[260];
ringbuf_t stdin_ringbuf = {stdin_bytes, sizeof(stdin_bytes), 0, 0};

int mp_interrupt_char = -1;

void console_init(void) {
    fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
    readiness_add(STDIN_FILENO);
}

// The boot loader turns this byte into SIGINT, as the UART's interrupt handler does on the chips.
void mp_hal_set_interrupt_char(int c) {
    mp_interrupt_char = c;
    hardware.registers->interrupt_char = c;
}

static void receive(void) {
    uint8_t bytes[sizeof(stdin_bytes)];
    size_t space = ringbuf_free(&stdin_ringbuf);
    if (space == 0 || !readiness_is_possible(STDIN_FILENO, POLLIN)) {
        return;
    }
    ssize_t length = read(STDIN_FILENO, bytes, space);
    if (length == 0) {
        // The boot loader is gone, and with it the chip.
        _exit(EXIT_FAILURE);
    }
    if (length < 0 && errno == EAGAIN) {
        readiness_used_up(STDIN_FILENO, POLLIN);
    } else if (length > 0 && (size_t)length < space) {
        readiness_ran_short(STDIN_FILENO, POLLIN);
    }
    for (ssize_t i = 0; i < length; i++) {
        ringbuf_put(&stdin_ringbuf, bytes[i]);
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
        // Callbacks run here. One that sleeps may have been told of the bytes that we wait for.
        mp_event_handle_nowait();
        if (!readiness_is_possible(STDIN_FILENO, POLLIN)) {
            mp_hal_wait_for_event(-1);
        }
    }
}

mp_uint_t mp_hal_stdout_tx_strn(const char *str, size_t len) {
    size_t sent = 0;
    while (sent < len) {
        ssize_t written = write(STDOUT_FILENO, &str[sent], len - sent);
        if (written > 0) {
            sent += (size_t)written;
        } else if (errno != EINTR) {
            break;
        }
    }
    int dupterm = mp_os_dupterm_tx_strn(str, len);
    if (dupterm >= 0 && (size_t)dupterm < sent) {
        sent = (size_t)dupterm;
    }
    return sent;
}
