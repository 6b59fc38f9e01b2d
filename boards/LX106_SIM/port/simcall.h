// What QEMU does for a program that runs on it: the `simcall` instruction. Descriptors are those of
// QEMU's own process; whoever starts QEMU hands them on.

#ifndef LX106_PORT_SIMCALL_H
#define LX106_PORT_SIMCALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Ends QEMU.
_Noreturn void sim_exit(int status);

// At most size bytes; waits for the first one. 0 at the end of the stream, -1 for an error.
int sim_read(int fd, void *buffer, size_t size);
int sim_write(int fd, const void *data, size_t length);

// Reads or writes all of it. False: the other end is gone.
bool sim_read_all(int fd, void *buffer, size_t size);
bool sim_write_all(int fd, const void *data, size_t length);

// Sets the position in a file, in bytes from its start. The size of the file: sim_size().
void sim_seek(int fd, uint32_t position);
uint32_t sim_size(int fd);

// Whether there is something to read; waits for it at most timeout_ms.
bool sim_readable(int fd, uint32_t timeout_ms);

// Looks for "NAME=NUMBER" among the arguments of the program; its number, else the default.
int32_t sim_option(const char *name, int32_t otherwise);

#endif
