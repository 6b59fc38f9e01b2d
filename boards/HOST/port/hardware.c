#include "port/hardware.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

hardware_t hardware;

static void power_cut(void) {
    hardware_reset(RESET_REQUEST_POWER_CUT);
}

static _Noreturn void fail(const char *message) {
    fprintf(stderr, "firmware: %s\n", message);
    _exit(EXIT_FAILURE);
}

void hardware_init(void) {
    hardware.registers = registers_map(CHIP_REGISTERS_FD);
    if (hardware.registers == NULL) {
        fail("this program runs on the HOST board's boot loader; see `make run`");
    }
    hardware.world = world_map(CHIP_WORLD_FD);
    if (hardware.world == NULL) {
        fail("the boot loader is older than this program");
    }
    if (flash_open(&hardware.flash, CHIP_FLASH_FD, hardware.registers, power_cut) != ESP_OK) {
        fail("cannot open the flash");
    }
    if (partition_table_read(&hardware.flash, &hardware.partitions) != ESP_OK) {
        fail("cannot read the partition table");
    }
}

_Noreturn void hardware_reset(enum reset_request request) {
    hardware.registers->reset_request = request;
    _exit(EXIT_SUCCESS);
}

uint32_t hardware_random(void) {
    uint32_t value;
    if (getrandom(&value, sizeof(value), 0) != (ssize_t)sizeof(value)) {
        fail("no random numbers");
    }
    return value;
}
