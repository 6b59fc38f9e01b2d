// What main() has to call before the clocks and the console are used.

#ifndef LX106_PORT_WAITING_H
#define LX106_PORT_WAITING_H

void timer_init(void);

#endif
