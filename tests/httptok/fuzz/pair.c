// Pairs lie within the text, in order, and none has its separator in it.
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) {
        return 0;
    }
    uint8_t sep = data[0] & 1 ? '&' : ';';
    int trim = data[0] & 2;
    uint8_t *bytes = copy(++data, --size);
    httptok_span_t rest = {bytes, size}, name, value;
    const uint8_t *last = bytes;
    while (httptok_pair(&rest, sep, trim, &name, &value)) {
        within(rest, bytes, size);
        within(name, bytes, size);
        within(value, bytes, size);
        CHECK(name.data >= last && value.data >= name.data + name.len);
        CHECK(value.data + value.len <= rest.data);
        CHECK(!memchr(name.data, sep, name.len) && !memchr(value.data, sep, value.len));
        CHECK(!memchr(name.data, '=', name.len));
        last = rest.data;
    }
    CHECK(rest.len == 0);
    free(bytes);
    return 0;
}
