// A head whole and in two parts: the same result, and nothing in it lies outside of the bytes.
#include "fuzz.h"

static int parse(httptok_head_t *head, const uint8_t *data, size_t len) {
    uint8_t *bytes = copy(data, len);
    int result = httptok_parse(head, bytes, len);
    free(bytes);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    httptok_head_t whole, parts;
    if (size < 2) {
        return 0;
    }
    size_t cut = data[0] | data[1] << 8;
    uint16_t target_max = data[0] & 1 ? 2048 : 8;
    data += 2;
    size -= 2;
    cut = size ? cut % (size + 1) : 0;
    httptok_reset(&whole, target_max);
    httptok_reset(&parts, target_max);
    int result = parse(&whole, data, size);
    int early = parse(&parts, data, cut);
    CHECK(early == 0 || early == result);
    CHECK(parse(&parts, data, size) == result);
    CHECK(parse(&whole, data, size) == result);
    if (result <= 0) {
        CHECK(result == 0 || result == -400 || result == -413 || result == -414 || result == -431 ||
              result == -501 || result == -505);
        return 0;
    }
    size_t len = (size_t)result;
    CHECK(len <= size && len <= HTTPTOK_HEAD_MAX && data[len - 1] == '\n');
    CHECK(memcmp(&whole.path, &parts.path, sizeof(whole.path)) == 0);
    CHECK(whole.flags == parts.flags && whole.count == parts.count);
    CHECK(whole.content_length == parts.content_length);
    CHECK(whole.path.len > 0 && whole.path.at + whole.path.len <= len);
    uint8_t *bytes = copy(data, len);
    httptok_span_t name, value;
    for (size_t i = 0; i < whole.count; i++) {
        httptok_field(&whole, bytes, i, &name, &value);
        within(name, bytes, len);
        within(value, bytes, len);
        CHECK(name.len > 0);
        unsigned slot = httptok_find_slot(name.data, name.len);
        CHECK(slot == HTTPTOK_SLOT_COUNT || whole.slot[slot]);
    }
    for (size_t i = 0; i < HTTPTOK_SLOT_COUNT; i++) {
        value = httptok_slot(&whole, bytes, i);
        if (value.data) {
            within(value, bytes, len);
        }
    }
    free(bytes);
    return 0;
}
