// Alarms, as HOST's port/clock.h has them. There are no interrupts: the interpreter asks for events
// while it runs, and so does whoever waits.

#include "port/clock.h"
#include "port/waiting.h"
#include "py/mphal.h"

static list_t alarms = {&alarms, &alarms}; // the one that is due first comes first

static alarm_t *first_alarm(void) {
    return list_is_empty(&alarms) ? NULL : LIST_OWNER(alarms.next, alarm_t, ring);
}

int64_t clock_us(void) {
    return (int64_t)timer_now_us();
}

int64_t clock_now_us(void) {
    return clock_us();
}

void alarm_init(alarm_t *alarm, void (*run)(alarm_t *self)) {
    list_init(&alarm->ring);
    alarm->run = run;
}

void alarm_set(alarm_t *alarm, int64_t due_us) {
    list_remove(&alarm->ring);
    alarm->due_us = due_us;
    list_t *before = &alarms;
    while (before->previous != &alarms &&
           LIST_OWNER(before->previous, alarm_t, ring)->due_us > due_us) {
        before = before->previous;
    }
    list_append(before, &alarm->ring);
}

void alarm_clear(alarm_t *alarm) {
    list_remove(&alarm->ring);
}

void alarm_run_due(void) {
    // Without an alarm nobody looks at the clock: a look is time in figures that repeat.
    while (!list_is_empty(&alarms) && first_alarm()->due_us <= clock_us()) {
        alarm_t *alarm = first_alarm();
        list_remove(&alarm->ring);
        alarm->run(alarm);
    }
}

int alarm_limit_ms(int timeout_ms) {
    if (list_is_empty(&alarms)) {
        return timeout_ms;
    }
    int64_t left_ms = (first_alarm()->due_us - clock_us() + 999) / 1000;
    return left_ms < 0 ? 0 : left_ms < timeout_ms ? (int)left_ms : timeout_ms;
}
