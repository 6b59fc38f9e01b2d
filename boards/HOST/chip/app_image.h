// An app in Espressif's image format (ESP-IDF, App Image Format).
//
// Segment 0 is the app description, segment 1 is this computer's program, an ELF file. The chip
// number is one that no real chip has, so that none starts it.

#ifndef HOST_CHIP_APP_IMAGE_H
#define HOST_CHIP_APP_IMAGE_H

#include <stdint.h>

#include "flash.h"
#include "partition_table.h"

#define APP_IMAGE_CHIP_ID (0xffff)

typedef struct {
    uint32_t program_address; // in flash
    uint32_t program_length;
    uint32_t length; // of the whole image
} app_image_t;

// Checks header, segments, checksum and SHA-256. Returns NULL when the image is good and has
// filled in *image; else the reason, in words that complete "ota_0: …".
const char *app_image_verify(const flash_t *flash, const partition_t *partition,
                             app_image_t *image);

#endif
