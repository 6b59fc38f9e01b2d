#include "port/timer.h"

#include <time.h>

#include "port/clock.h"
#include "port/hardware.h"
#include "py/mphal.h"
#include "py/runtime.h"

int64_t timer_rtc_us(void) {
    return world_rtc_us(hardware.world, hardware.registers);
}

void timer_set_rtc_us(int64_t us) {
    world_set_rtc_us(hardware.world, hardware.registers, us);
}

mp_uint_t mp_hal_ticks_ms(void) {
    return (mp_uint_t)(clock_us() / 1000);
}

mp_uint_t mp_hal_ticks_us(void) {
    return (mp_uint_t)clock_us();
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

static void delay_real_us(mp_uint_t us) {
    struct timespec left = {
        .tv_sec = (time_t)(us / 1000000),
        .tv_nsec = (long)(us % 1000000) * 1000,
    };
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
        mp_handle_pending(true);
    }
}

void mp_hal_delay_us(mp_uint_t us) {
    if (!hardware.world->fast) {
        delay_real_us(us);
        return;
    }
    // On the chip it is a loop that looks at the clock, and so it is here.
    int64_t end = clock_us() + (int64_t)us;
    while (clock_us() < end) {
        mp_handle_pending(true);
    }
}
