#define _GNU_SOURCE

#include "boot.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "chip/otadata.h"

static bool try_slot(const flash_t *flash, const partition_table_t *table, uint32_t slot,
                     boot_choice_t *choice) {
    choice->partition = partition_ota_slot(table, slot);
    const char *fault = app_image_verify(flash, choice->partition, &choice->image);
    if (fault != NULL) {
        fprintf(stderr, "boot: %s: %s\n", choice->partition->label, fault);
    }
    return fault == NULL;
}

// The selected slot, then those before it, then those behind it: Espressif's order.
static bool try_slots(const flash_t *flash, const partition_table_t *table, uint32_t selected,
                      uint32_t count, boot_choice_t *choice, uint32_t *slot) {
    for (*slot = selected;; --*slot) {
        if (try_slot(flash, table, *slot, choice)) {
            return true;
        }
        if (*slot == 0) {
            break;
        }
    }
    for (*slot = selected + 1; *slot < count; ++*slot) {
        if (try_slot(flash, table, *slot, choice)) {
            return true;
        }
    }
    return false;
}

static void report_rollback(const otadata_t *before, const otadata_t *after) {
    for (int i = 0; i < 2; i++) {
        if (before->entries[i].state == OTA_STATE_PENDING_VERIFY &&
            after->entries[i].state == OTA_STATE_ABORTED) {
            fprintf(stderr, "boot: the last update did not confirm itself, going back\n");
        }
    }
}

bool boot_choose(flash_t *flash, const partition_table_t *table, boot_choice_t *choice) {
    otadata_t otadata;
    if (otadata_read(&otadata, flash, table) != ESP_OK) {
        fprintf(stderr, "boot: the partition table lacks otadata or ota_0\n");
        return false;
    }
    otadata_t before = otadata;
    uint32_t selected = otadata_begin_boot(&otadata);
    report_rollback(&before, &otadata);
    uint32_t slot;
    if (!try_slots(flash, table, selected, otadata.slot_count, choice, &slot)) {
        return false;
    }
    otadata_confirm_first_boot(&otadata, slot);
    return true;
}

int boot_load(const flash_t *flash, const app_image_t *image) {
    int fd = memfd_create("firmware", MFD_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    const uint8_t *bytes = &flash->memory[image->program_address];
    size_t left = image->program_length;
    while (left > 0) {
        ssize_t written = write(fd, bytes, left);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            close(fd);
            return -1;
        }
        bytes += written;
        left -= (size_t)written;
    }
    return fd;
}
