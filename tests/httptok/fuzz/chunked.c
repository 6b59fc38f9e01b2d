// A body whole and in two parts: the same data, and no more of it than there were bytes.
#include "fuzz.h"

// Decodes data in place; gives the length of the body, or HTTPTOK_MALFORMED.
static size_t decode(httptok_chunked_t *chunked, uint8_t *body, const uint8_t *data, size_t len,
                     size_t *used) {
    uint8_t *bytes = copy(data, len);
    size_t body_len = 0;
    *used = httptok_chunked(chunked, bytes, len, &body_len);
    if (*used == HTTPTOK_MALFORMED) {
        free(bytes);
        return HTTPTOK_MALFORMED;
    }
    CHECK(body_len <= *used && *used <= len);
    CHECK(*used == len || httptok_chunked_done(chunked));
    memcpy(body, bytes, body_len);
    free(bytes);
    return body_len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    httptok_chunked_t whole = {0}, parts = {0};
    if (size < 2) {
        return 0;
    }
    size_t cut = (data[0] | data[1] << 8) % (size - 1), used, more;
    data += 2;
    size -= 2;
    uint8_t *one = copy(data, size), *two = copy(data, size);
    size_t len = decode(&whole, one, data, size, &used);
    size_t first = decode(&parts, two, data, cut, &more);
    size_t second = first;
    if (first != HTTPTOK_MALFORMED) {
        size_t at = more;
        second = decode(&parts, two + first, data + at, size - at, &more);
        more += at;
    }
    if (len == HTTPTOK_MALFORMED) {
        CHECK(second == HTTPTOK_MALFORMED);
        CHECK(httptok_chunked(&whole, one, 1, &len) == HTTPTOK_MALFORMED);
    } else {
        CHECK(second != HTTPTOK_MALFORMED && first + second == len && used == more);
        CHECK(memcmp(one, two, len) == 0);
        CHECK(httptok_chunked_done(&whole) == httptok_chunked_done(&parts));
    }
    free(one);
    free(two);
    return 0;
}
