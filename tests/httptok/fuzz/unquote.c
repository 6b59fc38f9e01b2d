// Decoding in place and to another place: the same, and never longer.
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) {
        return 0;
    }
    int plus = data[0] & 1;
    uint8_t *bytes = copy(++data, --size), *to = copy(data, size);
    size_t len = httptok_unquote(to, bytes, size, plus);
    CHECK(len == HTTPTOK_MALFORMED || len <= size);
    CHECK(httptok_unquote(bytes, bytes, size, plus) == len);
    CHECK(len == HTTPTOK_MALFORMED || memcmp(to, bytes, len) == 0);
    free(bytes);
    free(to);
    return 0;
}
