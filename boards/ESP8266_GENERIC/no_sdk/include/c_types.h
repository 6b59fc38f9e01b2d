// Types and attributes. See ../README.md.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int8_t int8;
typedef int8_t sint8;
typedef uint8_t uint8;
typedef uint8_t u8;
typedef uint16_t uint16;
typedef unsigned int uint32;
typedef int int32;
typedef uint64_t uint64;

typedef enum { OK, FAIL, PENDING, BUSY, CANCEL } STATUS;

#define BIT(n) (1UL << (n))
#define LOCAL static
#define ICACHE_FLASH_ATTR __attribute__((section(".irom0.text")))
