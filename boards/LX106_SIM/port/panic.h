// The end of a program that cannot go on.

#ifndef LX106_PORT_PANIC_H
#define LX106_PORT_PANIC_H

// QEMU's exit status then; also the plugin's, when it finds an access that faults on the chip.
#define PANIC_STATUS (70)

#define PANIC_STACK_WORDS (256)

#ifndef __ASSEMBLER__

#include <stdint.h>

// Called by cpu/start.S on panic_stack.
_Noreturn void panic(uint32_t cause, uint32_t epc, uint32_t address);

#endif

#endif
