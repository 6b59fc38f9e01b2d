// The place that is found is the first one, by the shortest program that says so.
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) {
        return 0;
    }
    size_t want_len = 1 + data[0] % 8, i = 0;
    if (want_len > size - 1) {
        want_len = size - 1;
    }
    uint8_t *want = copy(data + 1, want_len);
    data += 1 + want_len;
    size -= 1 + want_len;
    uint8_t *bytes = copy(data, size);
    while (i < size && memcmp(bytes + i, want, want_len < size - i ? want_len : size - i) != 0) {
        i++;
    }
    CHECK(httptok_search(bytes, size, (httptok_span_t){want, want_len}) == i);
    free(want);
    free(bytes);
    return 0;
}
