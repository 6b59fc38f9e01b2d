// Time and memory. See ../README.md.
#pragma once

#include <string.h>

#include "os_type.h"

void ets_delay_us(uint16_t microseconds);
void ets_install_putc1(void (*print)(char character));
void ets_timer_arm_new(ETSTimer *timer, uint32_t time, bool again, bool milliseconds);
void ets_timer_disarm(ETSTimer *timer);
void ets_timer_setfn(ETSTimer *timer, ETSTimerFunc *function, void *argument);

#define os_delay_us ets_delay_us
#define os_install_putc1 ets_install_putc1
#define os_memcpy memcpy
#define os_timer_arm(timer, time, again) ets_timer_arm_new(timer, time, again, true)
#define os_timer_arm_us(timer, time, again) ets_timer_arm_new(timer, time, again, false)
#define os_timer_disarm ets_timer_disarm
#define os_timer_setfn ets_timer_setfn
