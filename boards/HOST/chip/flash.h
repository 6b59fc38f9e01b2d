// A NOR flash chip in a file.
//
// It follows the rules that file systems and update code are built on: programming only clears
// bits, erasing sets a whole sector to 0xFF, and neither is atomic. Power can be cut at a chosen
// operation, or inside it (see registers.h: cut_operation, cut_inside, cut_seed).

#ifndef HOST_CHIP_FLASH_H
#define HOST_CHIP_FLASH_H

#include <stdint.h>

#include "esp_err.h"
#include "registers.h"

#define FLASH_SECTOR_SIZE (4096)
// One program operation covers at most one page; a longer write is several operations.
#define FLASH_PAGE_SIZE (256)

typedef struct {
    uint8_t *memory;
    uint32_t size;
    registers_t *registers;
    // Called when the power goes. The chip is off: it must not return.
    void (*power_cut)(void);
} flash_t;

// Maps the file behind fd, which keeps its size. ESP_ERR_INVALID_SIZE: not a multiple of 4 KiB.
esp_err_t flash_open(flash_t *flash, int fd, registers_t *registers, void (*power_cut)(void));

// All three return ESP_ERR_INVALID_SIZE when the range leaves the chip.
esp_err_t flash_read(const flash_t *flash, uint32_t address, void *data, uint32_t length);
esp_err_t flash_program(flash_t *flash, uint32_t address, const void *data, uint32_t length);
// address and length are multiples of a sector: ESP_ERR_INVALID_ARG, ESP_ERR_INVALID_SIZE.
esp_err_t flash_erase(flash_t *flash, uint32_t address, uint32_t length);

#endif
