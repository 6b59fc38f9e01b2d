// What the fuzz targets share: each call of the core sees a copy that ends where its bytes end, so
// that the sanitisers notice one byte too many.
#ifndef FUZZ_H
#define FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "httptok.h"

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "broken: %s\n", #condition);                                           \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static inline uint8_t *copy(const uint8_t *data, size_t len) {
    uint8_t *bytes = malloc(len ? len : 1);
    CHECK(bytes);
    if (len) {
        memcpy(bytes, data, len);
    }
    return bytes;
}

static inline void within(httptok_span_t span, const uint8_t *data, size_t len) {
    CHECK(span.data >= data && span.len <= len && (size_t)(span.data - data) <= len - span.len);
}

#endif
