// The console: the UART whose other end is the boot loader.

#ifndef HOST_PORT_CONSOLE_H
#define HOST_PORT_CONSOLE_H

void console_init(void);

#endif
