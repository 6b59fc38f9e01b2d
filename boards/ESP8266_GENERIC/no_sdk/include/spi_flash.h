// The flash chip. See ../README.md.
#pragma once

#include "c_types.h"

typedef enum {
    SPI_FLASH_RESULT_OK,
    SPI_FLASH_RESULT_ERR,
    SPI_FLASH_RESULT_TIMEOUT
} SpiFlashOpResult;

typedef struct {
    uint32 deviceId;
    uint32 chip_size;
    uint32 block_size;
    uint32 sector_size;
    uint32 page_size;
    uint32 status_mask;
} SpiFlashChip;

uint32 spi_flash_get_id(void);
SpiFlashOpResult spi_flash_erase_sector(uint16 sector);
SpiFlashOpResult spi_flash_write(uint32 address, uint32 *source, uint32 size);
SpiFlashOpResult spi_flash_read(uint32 address, uint32 *target, uint32 size);
