#include "port/events.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "chip/commands.h"
#include "port/clock.h"
#include "port/hardware.h"
#include "port/readiness.h"
#include "py/mphal.h"
#include "py/objexcept.h"
#include "py/runtime.h"

static int signal_fd;
static volatile sig_atomic_t stop_requested;
// Raised to end the program; here, because a signal may come when the heap is full.
static mp_obj_exception_t stop_exception;

static volatile uint32_t signals_are_held;
static volatile uint32_t held_events; // bits of enum event
static volatile bool was_signalled;

void events_tell_answer(void) {
    uint64_t one = 1;
    if (write(CHIP_ANSWER_FD, &one, sizeof(one)) < 0) {
        // The counter is at its end: the boot loader knows already.
    }
}

static void take_command(void) {
    world_t *world = hardware.world;
    if (world->stepping || __atomic_load_n(&world->asked, __ATOMIC_ACQUIRE) == world->answered) {
        return;
    }
    uint32_t state = mp_hal_hold_interrupts();
    bool answered = commands_run(world, hardware.registers);
    clock_rearm();
    mp_hal_release_interrupts(state);
    if (answered) {
        events_tell_answer();
    }
}

static void deliver(uint32_t events) {
    if (events & EVENT_INTERRUPT) {
        mp_sched_keyboard_interrupt();
    }
    if (events & EVENT_STOP) {
        mp_sched_exception(MP_OBJ_FROM_PTR(&stop_exception));
    }
    if (events & EVENT_CLOCK) {
        clock_interrupt();
    }
    if (events & EVENT_COMMAND) {
        take_command();
    }
}

void events_raise(uint32_t events) {
    if (signals_are_held) {
        __atomic_fetch_or(&held_events, events, __ATOMIC_SEQ_CST);
    } else {
        deliver(events);
    }
}

bool events_are_held(void) {
    return signals_are_held;
}

bool events_take_signalled(void) {
    bool signalled = was_signalled;
    was_signalled = false;
    return signalled;
}

static void on_signal(int number) {
    int saved = errno;
    was_signalled = true;
    switch (number) {
    case SIGINT:
        events_raise(EVENT_INTERRUPT);
        break;
    case SIGALRM:
        events_raise(EVENT_CLOCK);
        break;
    case SIGUSR1:
        events_raise(EVENT_COMMAND);
        break;
    default:
        stop_requested = 1;
        events_raise(EVENT_STOP);
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
    if (!state && held_events) {
        deliver(__atomic_exchange_n(&held_events, 0, __ATOMIC_SEQ_CST));
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
    static const int numbers[] = {SIGINT, SIGTERM, SIGALRM, SIGUSR1};
    for (size_t i = 0; i < MP_ARRAY_SIZE(numbers); i++) {
        sigaddset(&action.sa_mask, numbers[i]);
    }
    sigaddset(&action.sa_mask, SIGPROF);
    for (size_t i = 0; i < MP_ARRAY_SIZE(numbers); i++) {
        sigaction(numbers[i], &action, NULL);
    }
    signal(SIGPIPE, SIG_IGN);
    clock_init();
    // What came when nobody was there to take it.
    events_raise(EVENT_COMMAND | EVENT_CLOCK);
}

bool events_stop_requested(void) {
    return stop_requested;
}

void mp_hal_wait_for_event(int timeout_ms) {
    // A callback that was scheduled by another one is due: on the chips scheduling wakes.
    bool due = MP_STATE_VM(sched_state) == MP_SCHED_PENDING;
    clock_wait(due ? 0 : timeout_ms);
}
