// The SDK's own heap. See ../README.md.
#pragma once

#include <stddef.h>

void *pvPortMalloc(size_t size, const char *file, unsigned line);
void vPortFree(void *memory, const char *file, unsigned line);

#define os_malloc(size) pvPortMalloc(size, "", 0)
#define os_free(memory) vPortFree(memory, "", 0)
