#include "app_image.h"

#include <stdbool.h>
#include <string.h>

#include "lib/crypto-algorithms/sha256.h"
#include "little_endian.h"

#define HEADER_SIZE (24)
#define HEADER_MAGIC (0xe9)
#define HEADER_SEGMENT_COUNT (1)
#define HEADER_CHIP_ID (12)
#define HEADER_HASH_APPENDED (23)
#define SEGMENT_HEADER_SIZE (8)
#define SEGMENT_LENGTH (4)
#define SEGMENT_MAX (16)
#define PROGRAM_SEGMENT (1)
#define CHECKSUM_SEED (0xef)
#define CHECKSUM_ALIGNMENT (16)
#define SHA256_SIZE (32)

static const char *verify_segments(const uint8_t *bytes, uint32_t size, uint32_t count,
                                   app_image_t *image) {
    uint8_t checksum = CHECKSUM_SEED;
    uint32_t offset = HEADER_SIZE;
    for (uint32_t i = 0; i < count; i++) {
        if (size - offset < SEGMENT_HEADER_SIZE) {
            return "the image is longer than its slot";
        }
        uint32_t length = read_u32(&bytes[offset + SEGMENT_LENGTH]);
        offset += SEGMENT_HEADER_SIZE;
        if (length % 4 != 0 || length > size - offset) {
            return "a segment has an impossible length";
        }
        if (i == PROGRAM_SEGMENT) {
            image->program_address = offset;
            image->program_length = length;
        }
        for (uint32_t end = offset + length; offset < end; offset++) {
            checksum ^= bytes[offset];
        }
    }
    // Padding, so that the checksum is the last byte of a group of sixteen.
    offset += CHECKSUM_ALIGNMENT - 1 - offset % CHECKSUM_ALIGNMENT;
    if (size <= offset || size - offset - 1 < SHA256_SIZE) {
        return "the image is longer than its slot";
    }
    if (bytes[offset] != checksum) {
        return "the checksum does not match";
    }
    image->length = offset + 1;
    return NULL;
}

const char *app_image_verify(const flash_t *flash, const partition_t *partition,
                             app_image_t *image) {
    const uint8_t *bytes = &flash->memory[partition->address];
    uint32_t size = partition->size;
    if (size < HEADER_SIZE || bytes[0] != HEADER_MAGIC) {
        return "there is no app in it";
    }
    if (read_u16(&bytes[HEADER_CHIP_ID]) != APP_IMAGE_CHIP_ID) {
        return "the app is for another chip";
    }
    uint32_t count = bytes[HEADER_SEGMENT_COUNT];
    if (count <= PROGRAM_SEGMENT || count > SEGMENT_MAX) {
        return "the number of segments is wrong";
    }
    if (bytes[HEADER_HASH_APPENDED] != 1) {
        return "the image has no SHA-256";
    }
    const char *fault = verify_segments(bytes, size, count, image);
    if (fault != NULL) {
        return fault;
    }
    CRYAL_SHA256_CTX context;
    uint8_t digest[SHA256_SIZE];
    sha256_init(&context);
    sha256_update(&context, bytes, image->length);
    sha256_final(&context, digest);
    if (memcmp(digest, &bytes[image->length], SHA256_SIZE) != 0) {
        return "the SHA-256 does not match";
    }
    image->program_address += partition->address;
    image->length += SHA256_SIZE;
    return NULL;
}
