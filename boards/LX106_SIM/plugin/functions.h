// Instructions by function, for finding out where they go.

#ifndef LX106_PLUGIN_FUNCTIONS_H
#define LX106_PLUGIN_FUNCTIONS_H

#include <stdbool.h>
#include <stdint.h>

// The counter of a function, NULL: of code without a name. It lives as long as the plugin.
uint64_t *functions_counter(const char *name);

// Writes "COUNT NAME" for each function. False: the file cannot be written.
bool functions_write(const char *path);

#endif
