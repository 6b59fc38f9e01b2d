#include "port/clock.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "chip/commands.h"
#include "port/events.h"
#include "port/hardware.h"
#include "port/readiness.h"
#include "py/mphal.h"

#define LOST_SECOND_US (1000000)

bool clock_network_was_used;

static bool is_fast;
static list_t alarms; // the one that is due first comes first
static int64_t next_us = WORLD_NEVER;
static uint32_t quiet_since_ms; // registers_clock_ms(): real time
static int64_t last_tick_us;

static int64_t earlier(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static alarm_t *first_alarm(void) {
    return list_is_empty(&alarms) ? NULL : LIST_OWNER(alarms.next, alarm_t, ring);
}

// In place: each request looks at the clock.
static inline __attribute__((always_inline)) int64_t computer_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

// A look at the fast clock.
static int64_t look(void) {
    world_t *world = hardware.world;
    int64_t now = world->clock_us;
    if (now < world->limit_us) {
        world_set_clock(world, ++now);
        if (now >= next_us) {
            events_raise(EVENT_CLOCK);
        }
    }
    return now;
}

int64_t clock_us(void) {
    return is_fast ? look() : computer_us();
}

int64_t clock_now_us(void) {
    return world_now(hardware.world);
}

void clock_rearm(void) {
    alarm_t *alarm = first_alarm();
    int64_t next = earlier(world_next(hardware.world), alarm == NULL ? WORLD_NEVER : alarm->due_us);
    if (next == next_us && !(next != WORLD_NEVER && !is_fast)) {
        return;
    }
    next_us = next;
    if (is_fast) {
        return;
    }
    struct itimerval timer = {{0, 0}, {0, 0}};
    if (next != WORLD_NEVER) {
        int64_t left = next - computer_us();
        left = left < 1 ? 1 : left;
        timer.it_value.tv_sec = (time_t)(left / 1000000);
        timer.it_value.tv_usec = (suseconds_t)(left % 1000000);
    }
    setitimer(ITIMER_REAL, &timer, NULL);
}

void alarm_init(alarm_t *alarm, void (*run)(alarm_t *self)) {
    list_init(&alarm->ring);
    alarm->run = run;
}

void alarm_set(alarm_t *alarm, int64_t due_us) {
    uint32_t state = mp_hal_hold_interrupts();
    list_remove(&alarm->ring);
    alarm->due_us = due_us;
    list_t *before = &alarms;
    while (before->previous != &alarms &&
           LIST_OWNER(before->previous, alarm_t, ring)->due_us > due_us) {
        before = before->previous;
    }
    list_append(before, &alarm->ring);
    clock_rearm();
    mp_hal_release_interrupts(state);
}

void alarm_clear(alarm_t *alarm) {
    uint32_t state = mp_hal_hold_interrupts();
    list_remove(&alarm->ring);
    clock_rearm();
    mp_hal_release_interrupts(state);
}

void clock_interrupt(void) {
    uint32_t state = mp_hal_hold_interrupts();
    world_t *world = hardware.world;
    int64_t now = world_now(world);
    for (;;) {
        alarm_t *alarm = first_alarm();
        if (alarm != NULL && alarm->due_us <= now && alarm->due_us <= world_next(world)) {
            list_remove(&alarm->ring);
            alarm->run(alarm);
        } else if (!world_run_one(world, now)) {
            break;
        }
    }
    clock_rearm();
    mp_hal_release_interrupts(state);
}

static void answer_step(void) {
    world_t *world = hardware.world;
    if (world->stepping && world->clock_us >= world->limit_us) {
        world->stepping = 0;
        commands_answer_later(world);
        events_tell_answer();
    }
}

// SIGPROF: a second of processor time has passed.
static void on_tick(int number) {
    (void)number;
    world_t *world = hardware.world;
    if (!events_are_held() && world->clock_us == last_tick_us) {
        world_set_clock(world, earlier(world->clock_us + LOST_SECOND_US, world->limit_us));
        answer_step();
        events_raise(EVENT_CLOCK);
    }
    last_tick_us = world->clock_us;
}

void clock_init(void) {
    list_init(&alarms);
    is_fast = hardware.world->fast;
    if (!is_fast) {
        return;
    }
    quiet_since_ms = registers_clock_ms();
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_tick;
    action.sa_flags = SA_RESTART;
    sigfillset(&action.sa_mask);
    sigaction(SIGPROF, &action, NULL);
    struct itimerval timer = {{1, 0}, {1, 0}};
    setitimer(ITIMER_PROF, &timer, NULL);
}

// Listens to the descriptors for some real time. Returns true when there was news, or a signal.
static bool listen_for(int timeout_ms) {
    int count = readiness_wait(timeout_ms);
    bool signalled = events_take_signalled();
    if (count > signalled || clock_network_was_used) {
        clock_network_was_used = false;
        quiet_since_ms = registers_clock_ms();
    }
    return count > 0 || signalled;
}

static int64_t watchdog_us(void) {
    const registers_t *registers = hardware.registers;
    if (!registers->watchdog_armed) {
        return WORLD_NEVER;
    }
    const world_t *world = hardware.world;
    int32_t left_ms = (int32_t)(registers->watchdog_deadline - world->clock_ms);
    return (world->clock_us / 1000 + left_ms) * 1000;
}

// Nothing is ready: on to `deadline`, or what is due before. Returns false when time may not pass.
static bool jump(int64_t deadline) {
    world_t *world = hardware.world;
    int64_t next = earlier(deadline, next_us);
    int64_t watchdog = watchdog_us();
    if (watchdog != WORLD_NEVER && watchdog <= next && watchdog <= world->limit_us) {
        world_set_clock(world, watchdog);
        hardware_reset(RESET_REQUEST_WATCHDOG);
    }
    if (next > world->limit_us) {
        world_set_clock(world, world->limit_us);
        answer_step();
        return false;
    }
    if (next == WORLD_NEVER) {
        return false;
    }
    if (next > world->clock_us) {
        world_set_clock(world, next);
    }
    return true;
}

void clock_wait(int timeout_ms) {
    if (!is_fast || timeout_ms == 0) {
        readiness_wait(timeout_ms);
        return;
    }
    int64_t deadline =
        timeout_ms < 0 ? WORLD_NEVER : hardware.world->clock_us + timeout_ms * INT64_C(1000);
    if (listen_for(0)) {
        return;
    }
    int32_t grace = (int32_t)(quiet_since_ms + hardware.world->grace_ms - registers_clock_ms());
    if (grace > 0 && listen_for(grace)) {
        return;
    }
    uint32_t state = mp_hal_hold_interrupts();
    bool jumped = jump(deadline);
    mp_hal_release_interrupts(state);
    if (jumped) {
        clock_interrupt();
    } else {
        listen_for(-1);
    }
}
