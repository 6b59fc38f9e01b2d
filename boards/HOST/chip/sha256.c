// SHA-256 from MicroPython's tree. Its source file expects these headers to be included already.

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/crypto-algorithms/sha256.c"
