#include "chain.h"

#include <inttypes.h>
#include <stdio.h>

#define FRAMES_MAX (512)

static struct frame {
    uint32_t stack;
    const char *function;
} frames[FRAMES_MAX];
static unsigned depth;

void chain_frame(const char *function, uint32_t stack) {
    // Whatever lies below has returned, or was left by a jump
    while (depth > 0 && frames[depth - 1].stack <= stack) {
        depth--;
    }
    if (depth < FRAMES_MAX) {
        frames[depth++] = (struct frame){stack, function};
    }
}

void chain_return(const char *function) {
    // One that has room for arrays made in two steps has several frames
    while (depth > 0 && frames[depth - 1].function == function) {
        depth--;
    }
}

void chain_write(const char *path, uint32_t top, uint32_t address) {
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        perror(path);
        return;
    }
    for (unsigned i = 0; i < depth; i++) {
        fprintf(file, "%" PRIu32 " %s\n", top - frames[i].stack,
                frames[i].function == NULL ? "?" : frames[i].function);
        top = frames[i].stack;
    }
    if (address <
        top) { // without a store by the stack pointer: an array, or what it had pushed ahead
        fprintf(file, "%" PRIu32 " ?\n", top - address);
    }
    fclose(file);
}
