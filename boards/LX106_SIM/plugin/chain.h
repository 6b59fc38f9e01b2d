// Who was called by whom where the stack was deepest, for finding out what takes it.

#ifndef LX106_PLUGIN_CHAIN_H
#define LX106_PLUGIN_CHAIN_H

#include <stdint.h>

// `function`, NULL: code without a name, has stored to its own frame while the stack pointer was
// `stack`.
void chain_frame(const char *function, uint32_t stack);

// `function` returns.
void chain_return(const char *function);

// `address` is the lowest in the stack that was written so far: writes "BYTES NAME" to the file for
// each frame, outermost first.
void chain_write(const char *path, uint32_t top, uint32_t address);

#endif
