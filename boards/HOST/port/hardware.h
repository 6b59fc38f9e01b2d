// The program's side of the emulated chip.

#ifndef HOST_PORT_HARDWARE_H
#define HOST_PORT_HARDWARE_H

#include <stdint.h>

#include "chip/flash.h"
#include "chip/partition_table.h"
#include "chip/registers.h"
#include "chip/world.h"

typedef struct {
    registers_t *registers;
    world_t *world;
    flash_t flash;
    partition_table_t partitions;
} hardware_t;

extern hardware_t hardware;

// Connects to what the boot loader left open. Ends the process when this is no chip.
void hardware_init(void);

// Ends the program with a request to the boot loader.
_Noreturn void hardware_reset(enum reset_request request);

// 32 random bits.
uint32_t hardware_random(void);

#endif
