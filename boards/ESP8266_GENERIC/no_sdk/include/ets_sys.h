// Interrupts, tasks and timers. See ../README.md.
#pragma once

#include "eagle_soc.h"

typedef uint32_t ETSSignal;
typedef uint32_t ETSParam;

typedef struct ETSEventTag {
    ETSSignal sig;
    ETSParam par;
} ETSEvent;

typedef void (*ETSTask)(ETSEvent *event);
typedef void ETSTimerFunc(void *argument);

typedef struct _ETSTIMER_ {
    struct _ETSTIMER_ *timer_next;
    uint32_t timer_expire;
    uint32_t timer_period;
    ETSTimerFunc *timer_func;
    void *timer_arg;
} ETSTimer;

enum { ETS_GPIO_INUM = 4, ETS_UART_INUM = 5, ETS_FRC_TIMER1_INUM = 9 };

void ets_intr_lock(void);
void ets_intr_unlock(void);
void ets_isr_attach(int number, void (*handler)(void *), void *argument);

// etshal.h of MicroPython declares ets_isr_mask and ets_isr_unmask.
#define ETS_INTR_LOCK() ets_intr_lock()
#define ETS_INTR_UNLOCK() ets_intr_unlock()
#define ETS_INTR_ENABLE(number) ets_isr_unmask(1 << (number))
#define ETS_INTR_DISABLE(number) ets_isr_mask(1 << (number))
#define ETS_UART_INTR_ATTACH(handler, argument) ets_isr_attach(ETS_UART_INUM, handler, argument)
#define ETS_UART_INTR_ENABLE() ETS_INTR_ENABLE(ETS_UART_INUM)
#define ETS_UART_INTR_DISABLE() ETS_INTR_DISABLE(ETS_UART_INUM)
#define ETS_GPIO_INTR_ATTACH(handler, argument) ets_isr_attach(ETS_GPIO_INUM, handler, argument)
#define ETS_GPIO_INTR_ENABLE() ETS_INTR_ENABLE(ETS_GPIO_INUM)
#define ETS_GPIO_INTR_DISABLE() ETS_INTR_DISABLE(ETS_GPIO_INUM)
#define ETS_FRC_TIMER1_INTR_ATTACH(handler, argument)                                              \
    ets_isr_attach(ETS_FRC_TIMER1_INUM, handler, argument)
#define ETS_FRC1_INTR_ENABLE() ETS_INTR_ENABLE(ETS_FRC_TIMER1_INUM)
#define ETS_FRC1_INTR_DISABLE() ETS_INTR_DISABLE(ETS_FRC_TIMER1_INUM)
