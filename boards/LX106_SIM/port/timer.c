// Clocks. Time is the processor's cycle counter, or, for figures that repeat, a clock that stands
// still while the program works and moves on when it waits (option `still=1`).

#include "port/timer.h"

#include "port/far_end.h"
#include "port/simcall.h"
#include "port/waiting.h"
#include "py/mphal.h"
#include "py/runtime.h"

// QEMU's lx106.
#define CYCLES_PER_US (40)
// Before the cycle counter has gone round, it has to be looked at.
#define WAIT_MAX_MS (30 * 1000)

static bool stands_still;
static uint64_t elapsed_us;
static uint32_t seen_cycles;
static int64_t rtc_offset_us;

static uint32_t cycles(void) {
    uint32_t count;
    __asm__ volatile("rsr %0, ccount" : "=a"(count));
    return count;
}

static uint64_t now_us(void) {
    if (stands_still) {
        return ++elapsed_us; // whoever waits by looking at the clock gets to an end
    }
    uint32_t passed = (cycles() - seen_cycles) / CYCLES_PER_US;
    seen_cycles += passed * CYCLES_PER_US;
    elapsed_us += passed;
    return elapsed_us;
}

uint64_t timer_now_us(void) {
    return now_us();
}

void timer_init(void) {
    stands_still = sim_option("still", 0) != 0;
    seen_cycles = cycles();
    int64_t since_2000_us;
    if (far_call(FAR_TIME, 0, 0, NULL, 0, &since_2000_us, sizeof(since_2000_us)) >= 0) {
        rtc_offset_us = since_2000_us;
    }
}

void mp_hal_wait_for_event(int timeout_ms) {
    if (timeout_ms < 0 || timeout_ms > WAIT_MAX_MS) {
        timeout_ms = WAIT_MAX_MS;
    }
    timeout_ms = alarm_limit_ms(timeout_ms);
    now_us();
    if (far_end_is_there()) {
        int passed_ms = far_call(FAR_WAIT, 0, timeout_ms, NULL, 0, NULL, 0);
        if (stands_still) {
            elapsed_us += (uint64_t)passed_ms * 1000;
        }
    } else {
        sim_readable(0, (uint32_t)timeout_ms);
    }
    now_us();
    alarm_run_due();
}

int64_t timer_rtc_us(void) {
    return (int64_t)now_us() + rtc_offset_us;
}

void timer_set_rtc_us(int64_t us) {
    rtc_offset_us = us - (int64_t)now_us();
}

mp_uint_t mp_hal_ticks_ms(void) {
    return (mp_uint_t)(now_us() / 1000);
}

mp_uint_t mp_hal_ticks_us(void) {
    return (mp_uint_t)now_us();
}

mp_uint_t mp_hal_ticks_cpu(void) {
    return cycles();
}

uint64_t mp_hal_time_ns(void) {
    return (uint64_t)timer_rtc_us() * 1000;
}

void mp_hal_delay_ms(mp_uint_t ms) {
    mp_uint_t start = mp_hal_ticks_ms();
    mp_uint_t elapsed = 0;
    do {
        mp_event_wait_ms(ms - elapsed);
        elapsed = mp_hal_ticks_ms() - start;
    } while (elapsed < ms);
}

void mp_hal_delay_us(mp_uint_t us) {
    mp_uint_t start = mp_hal_ticks_us();
    while (mp_hal_ticks_us() - start < us) {
        mp_event_handle_nowait();
    }
}
