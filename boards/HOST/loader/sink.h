// One reader of the console's output.
//
// A reader that is slow holds the program up, as it expects: nothing may get lost while it reads. A
// reader that has stopped reading does not: after a second what it would get is dropped until it
// reads again.

#ifndef HOST_LOADER_SINK_H
#define HOST_LOADER_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SINK_SIZE (4096)
#define SINK_PATIENCE_MS (1000)

typedef struct {
    int fd;       // non-blocking
    bool open;    // somebody is there
    bool stalled; // has stopped reading
    size_t start; // bytes[start..end] are not written yet
    size_t end;
    uint32_t waiting_since; // registers_clock_ms()
    uint8_t bytes[SINK_SIZE];
} sink_t;

void sink_init(sink_t *sink, int fd, bool open);

// True when the sink takes more bytes: up to SINK_SIZE.
bool sink_is_ready(const sink_t *sink);

void sink_put(sink_t *sink, const uint8_t *bytes, size_t length);

// True when the descriptor is to be watched for POLLOUT.
bool sink_is_waiting(const sink_t *sink);

// To be called when the descriptor is writable, and now and then: gives up on a reader.
void sink_run(sink_t *sink, bool writable);

// Somebody came or left: what was on its way to the last reader is not for the next.
void sink_set_open(sink_t *sink, bool open);

#endif
