// From the flash to a program: which app slot, is it intact, where is its ELF file.

#ifndef HOST_LOADER_BOOT_H
#define HOST_LOADER_BOOT_H

#include <stdbool.h>

#include "chip/app_image.h"
#include "chip/flash.h"
#include "chip/partition_table.h"

typedef struct {
    const partition_t *partition;
    app_image_t image;
} boot_choice_t;

// Chooses the slot as Espressif's boot loader does, writing otadata where that is due, and falls
// back to the other slots when the chosen one is damaged. Says on stderr what it found. Returns
// false when nothing can be started.
bool boot_choose(flash_t *flash, const partition_table_t *table, boot_choice_t *choice);

// Copies the program to a file in memory. Returns its descriptor, or -1 with errno.
int boot_load(const flash_t *flash, const app_image_t *image);

#endif
