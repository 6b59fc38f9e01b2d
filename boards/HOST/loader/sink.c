#include "sink.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "chip/registers.h"

void sink_init(sink_t *sink, int fd, bool open) {
    memset(sink, 0, sizeof(*sink));
    sink->fd = fd;
    sink->open = open;
}

static bool is_empty(const sink_t *sink) {
    return sink->start == sink->end;
}

bool sink_is_ready(const sink_t *sink) {
    return is_empty(sink) || sink->stalled || !sink->open;
}

void sink_put(sink_t *sink, const uint8_t *bytes, size_t length) {
    if (!sink->open || sink->stalled) {
        return;
    }
    memcpy(sink->bytes, bytes, length);
    sink->start = 0;
    sink->end = length;
    sink->waiting_since = registers_clock_ms();
}

bool sink_is_waiting(const sink_t *sink) {
    return sink->open && (sink->stalled || !is_empty(sink));
}

static void write_bytes(sink_t *sink) {
    ssize_t written = write(sink->fd, &sink->bytes[sink->start], sink->end - sink->start);
    if (written > 0) {
        sink->start += (size_t)written;
        sink->waiting_since = registers_clock_ms();
    } else if (errno != EAGAIN && errno != EINTR) {
        sink_set_open(sink, false);
    }
}

void sink_run(sink_t *sink, bool writable) {
    if (writable) {
        sink->stalled = false;
        if (!is_empty(sink)) {
            write_bytes(sink);
        }
    } else if (!is_empty(sink) && registers_clock_ms() - sink->waiting_since > SINK_PATIENCE_MS) {
        sink->stalled = true;
        sink->start = sink->end;
    }
}

void sink_set_open(sink_t *sink, bool open) {
    sink->open = open;
    sink->stalled = false;
    sink->start = sink->end;
}
