#include "port/timer.h"

#include <time.h>

#include "port/hardware.h"
#include "py/mphal.h"
#include "py/runtime.h"
#include "shared/timeutils/timeutils.h"

static int64_t clock_us(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t computer_us(void) {
    return clock_us(CLOCK_REALTIME) - TIMEUTILS_SECONDS_1970_TO_2000 * 1000000LL;
}

int64_t timer_rtc_us(void) {
    const registers_t *registers = hardware.registers;
    uint64_t offset = (uint64_t)registers->rtc_offset_high << 32 | registers->rtc_offset_low;
    return computer_us() + (int64_t)offset;
}

void timer_set_rtc_us(int64_t us) {
    uint64_t offset = (uint64_t)(us - computer_us());
    hardware.registers->rtc_offset_low = (uint32_t)offset;
    hardware.registers->rtc_offset_high = (uint32_t)(offset >> 32);
}

mp_uint_t mp_hal_ticks_ms(void) {
    return (mp_uint_t)(clock_us(CLOCK_MONOTONIC) / 1000);
}

mp_uint_t mp_hal_ticks_us(void) {
    return (mp_uint_t)clock_us(CLOCK_MONOTONIC);
}

uint64_t mp_hal_time_ns(void) {
    return (uint64_t)timer_rtc_us() * 1000;
}

void mp_hal_delay_ms(mp_uint_t ms) {
    mp_uint_t start = mp_hal_ticks_ms();
    mp_uint_t elapsed = 0;
    do {
        mp_event_wait_ms(MIN(ms - elapsed, INT32_MAX));
        elapsed = mp_hal_ticks_ms() - start;
    } while (elapsed < ms);
}

void mp_hal_delay_us(mp_uint_t us) {
    struct timespec left = {
        .tv_sec = (time_t)(us / 1000000),
        .tv_nsec = (long)(us % 1000000) * 1000,
    };
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
        mp_handle_pending(true);
    }
}
