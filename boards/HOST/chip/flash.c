#include "flash.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

esp_err_t flash_open(flash_t *flash, int fd, registers_t *registers, void (*power_cut)(void)) {
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return ESP_FAIL;
    }
    if (status.st_size <= 0 || status.st_size > INT32_MAX ||
        status.st_size % FLASH_SECTOR_SIZE != 0) {
        return ESP_ERR_INVALID_SIZE;
    }
    size_t size = (size_t)status.st_size;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) {
        return ESP_FAIL;
    }
    *flash = (flash_t){
        .memory = memory,
        .size = (uint32_t)size,
        .registers = registers,
        .power_cut = power_cut,
    };
    return ESP_OK;
}

static bool is_on_chip(const flash_t *flash, uint32_t address, uint32_t length) {
    return address <= flash->size && length <= flash->size - address;
}

// The next of a sequence of numbers that the seed decides (xorshift32, Marsaglia 2003).
static uint32_t next_random(uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

// Counts an operation. Returns true when the power goes during it; *random is then seeded.
static bool power_fails(flash_t *flash, uint32_t *random) {
    registers_t *registers = flash->registers;
    registers->flash_operations++;
    if (registers->cut_operation == 0 || registers->flash_operations != registers->cut_operation) {
        return false;
    }
    if (!registers->cut_inside) {
        flash->power_cut();
        abort();
    }
    // xorshift stands still at zero; the multiplier spreads seeds that differ in one bit.
    *random = (registers->cut_seed + 1) * 0x9e3779b1u;
    if (*random == 0) {
        *random = 1;
    }
    for (int i = 0; i < 8; i++) {
        next_random(random);
    }
    return true;
}

// The power goes while a page is programmed: a prefix is done, the next byte is done in part.
static void program_partly(flash_t *flash, uint32_t address, const uint8_t *data, uint32_t length,
                           uint32_t random) {
    uint32_t done = next_random(&random) % length;
    for (uint32_t i = 0; i < done; i++) {
        flash->memory[address + i] &= data[i];
    }
    flash->memory[address + done] &= (uint8_t)(data[done] | next_random(&random));
}

// The power goes while a sector is erased: a prefix is done, or bits all over have not risen yet.
static void erase_partly(flash_t *flash, uint32_t address, uint32_t random) {
    uint8_t *sector = &flash->memory[address];
    if (next_random(&random) & 0x10000) {
        memset(sector, 0xff, next_random(&random) % FLASH_SECTOR_SIZE);
        return;
    }
    for (uint32_t i = 0; i < FLASH_SECTOR_SIZE; i++) {
        sector[i] |= (uint8_t)(next_random(&random) >> 8);
    }
}

esp_err_t flash_read(const flash_t *flash, uint32_t address, void *data, uint32_t length) {
    if (!is_on_chip(flash, address, length)) {
        return ESP_ERR_INVALID_SIZE;
    }
    memcpy(data, &flash->memory[address], length);
    return ESP_OK;
}

esp_err_t flash_program(flash_t *flash, uint32_t address, const void *data, uint32_t length) {
    if (!is_on_chip(flash, address, length)) {
        return ESP_ERR_INVALID_SIZE;
    }
    const uint8_t *bytes = data;
    while (length > 0) {
        uint32_t page = FLASH_PAGE_SIZE - address % FLASH_PAGE_SIZE;
        if (page > length) {
            page = length;
        }
        uint32_t random;
        if (power_fails(flash, &random)) {
            program_partly(flash, address, bytes, page, random);
            flash->power_cut();
            abort();
        }
        for (uint32_t i = 0; i < page; i++) {
            flash->memory[address + i] &= bytes[i];
        }
        address += page;
        bytes += page;
        length -= page;
    }
    return ESP_OK;
}

esp_err_t flash_erase(flash_t *flash, uint32_t address, uint32_t length) {
    if (address % FLASH_SECTOR_SIZE != 0) {
        return ESP_ERR_INVALID_ARG;
    }
    if (length % FLASH_SECTOR_SIZE != 0 || !is_on_chip(flash, address, length)) {
        return ESP_ERR_INVALID_SIZE;
    }
    for (uint32_t end = address + length; address < end; address += FLASH_SECTOR_SIZE) {
        uint32_t random;
        if (power_fails(flash, &random)) {
            erase_partly(flash, address, random);
            flash->power_cut();
            abort();
        }
        memset(&flash->memory[address], 0xff, FLASH_SECTOR_SIZE);
    }
    return ESP_OK;
}
