// MD5 (RFC 1321), which seals Espressif's partition table against accidents.

#ifndef HOST_CHIP_MD5_H
#define HOST_CHIP_MD5_H

#include <stddef.h>
#include <stdint.h>

#define MD5_SIZE (16)

void md5(const uint8_t *data, size_t length, uint8_t digest[MD5_SIZE]);

#endif
