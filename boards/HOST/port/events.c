#include "port/events.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "port/readiness.h"
#include "py/mphal.h"
#include "py/objexcept.h"
#include "py/runtime.h"

static int signal_fd;
static volatile sig_atomic_t stop_requested;
// Raised to end the program; here, because a signal may come when the heap is full.
static mp_obj_exception_t stop_exception;

// Signals that came while they were held.
enum {
    HELD_INTERRUPT = 1,
    HELD_STOP = 2,
};
static volatile uint32_t signals_are_held;
static volatile uint32_t held_signals;

static void deliver(uint32_t signals) {
    if (signals & HELD_INTERRUPT) {
        mp_sched_keyboard_interrupt();
    }
    if (signals & HELD_STOP) {
        mp_sched_exception(MP_OBJ_FROM_PTR(&stop_exception));
    }
}

static void on_signal(int number) {
    int saved = errno;
    uint32_t signals = number == SIGINT ? HELD_INTERRUPT : HELD_STOP;
    if (signals == HELD_STOP) {
        stop_requested = 1;
    }
    if (signals_are_held) {
        __atomic_fetch_or(&held_signals, signals, __ATOMIC_SEQ_CST);
    } else {
        deliver(signals);
    }
    // An edge for a processor that is about to sleep.
    uint64_t one = 1;
    if (write(signal_fd, &one, sizeof(one)) < 0) {
        // The counter is at its end: there is an edge already.
    }
    errno = saved;
}

uint32_t mp_hal_hold_interrupts(void) {
    uint32_t state = signals_are_held;
    signals_are_held = 1;
    return state;
}

void mp_hal_release_interrupts(uint32_t state) {
    signals_are_held = state;
    if (!state && held_signals) {
        deliver(__atomic_exchange_n(&held_signals, 0, __ATOMIC_SEQ_CST));
    }
}

void events_init(void) {
    readiness_init();
    signal_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (signal_fd < 0 || !readiness_add(signal_fd)) {
        abort();
    }

    stop_exception.base.type = &mp_type_SystemExit;
    stop_exception.args = (mp_obj_tuple_t *)&mp_const_empty_tuple_obj;

    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_signal;
    // One at a time, like the chips' interrupts of the same level.
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

bool events_stop_requested(void) {
    return stop_requested;
}

void mp_hal_wait_for_event(int timeout_ms) {
    // A callback that was scheduled by another one is due: on the chips scheduling wakes.
    bool due = MP_STATE_VM(sched_state) == MP_SCHED_PENDING;
    readiness_wait(due ? 0 : timeout_ms);
}
