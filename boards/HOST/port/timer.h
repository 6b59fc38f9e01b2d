// Clocks. The RTC is the computer's clock plus an offset that only a power-on clears.

#ifndef HOST_PORT_TIMER_H
#define HOST_PORT_TIMER_H

#include <stdint.h>

// Microseconds since 2000-01-01 00:00:00, UTC unless it was set otherwise.
int64_t timer_rtc_us(void);
void timer_set_rtc_us(int64_t us);

#endif
