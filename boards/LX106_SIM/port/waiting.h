// Between the clocks, the console and main().

#ifndef LX106_PORT_WAITING_H
#define LX106_PORT_WAITING_H

#include <stdint.h>

// To be called before the clocks and the console are used.
void timer_init(void);

uint64_t timer_now_us(void);

// Has the alarms interrupt that are due.
void alarm_run_due(void);

// timeout_ms, or less if an alarm is due before.
int alarm_limit_ms(int timeout_ms);

#endif
