// The emulated chip as functions of plain numbers, so that Python's ctypes can call it.

#include <unistd.h>

#include "chip/app_image.h"
#include "chip/flash.h"
#include "chip/md5.h"
#include "chip/otadata.h"
#include "chip/partition_table.h"

#define POWER_CUT_STATUS (4)

static registers_t registers;
static flash_t flash;
static partition_table_t table;
static otadata_t otadata;

static void power_cut(void) {
    _exit(POWER_CUT_STATUS);
}

int probe_open(int fd) {
    registers = (registers_t){.interrupt_char = -1};
    return flash_open(&flash, fd, &registers, power_cut);
}

void probe_cut(uint32_t operation, uint32_t inside, uint32_t seed) {
    registers.flash_operations = 0;
    registers.cut_operation = operation;
    registers.cut_inside = inside;
    registers.cut_seed = seed;
}

uint32_t probe_operations(void) {
    return registers.flash_operations;
}

int probe_read(uint32_t address, void *data, uint32_t length) {
    return flash_read(&flash, address, data, length);
}

int probe_program(uint32_t address, const void *data, uint32_t length) {
    return flash_program(&flash, address, data, length);
}

int probe_erase(uint32_t address, uint32_t length) {
    return flash_erase(&flash, address, length);
}

void probe_md5(const uint8_t *data, uint32_t length, uint8_t *digest) {
    md5(data, length, digest);
}

int probe_read_table(void) {
    return partition_table_read(&flash, &table);
}

uint32_t probe_table_count(void) {
    return table.count;
}

const char *probe_entry(uint32_t index, uint32_t fields[5]) {
    const partition_t *entry = &table.entries[index];
    fields[0] = entry->type;
    fields[1] = entry->subtype;
    fields[2] = entry->address;
    fields[3] = entry->size;
    fields[4] = entry->flags;
    return entry->label;
}

int probe_find(uint32_t type, uint32_t subtype, const char *label, int after) {
    const partition_t *previous = after < 0 ? NULL : &table.entries[after];
    const partition_t *found =
        partition_find(&table, (uint8_t)type, (uint8_t)subtype, label, previous);
    return found == NULL ? -1 : (int)(found - table.entries);
}

int probe_partition_io(uint32_t index, int operation, uint32_t offset, void *data,
                       uint32_t length) {
    const partition_t *partition = &table.entries[index];
    switch (operation) {
    case 'r':
        return partition_read(&flash, partition, offset, data, length);
    case 'w':
        return partition_write(&flash, partition, offset, data, length);
    default:
        return partition_erase(&flash, partition, offset, length);
    }
}

int probe_read_otadata(void) {
    return otadata_read(&otadata, &flash, &table);
}

uint32_t probe_crc(uint32_t sequence) {
    return otadata_crc(sequence);
}

int probe_active(void) {
    return otadata_active(&otadata);
}

uint32_t probe_begin_boot(void) {
    return otadata_begin_boot(&otadata);
}

void probe_confirm_first_boot(uint32_t slot) {
    otadata_confirm_first_boot(&otadata, slot);
}

int probe_set_boot(uint32_t slot) {
    return otadata_set_boot(&otadata, slot);
}

int probe_mark_valid(void) {
    return otadata_mark_valid(&otadata);
}

const char *probe_verify(uint32_t slot, uint32_t fields[3]) {
    app_image_t image = {0};
    const char *fault = app_image_verify(&flash, partition_ota_slot(&table, slot), &image);
    fields[0] = image.program_address;
    fields[1] = image.program_length;
    fields[2] = image.length;
    return fault;
}
