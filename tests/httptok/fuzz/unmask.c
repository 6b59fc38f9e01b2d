// Masked at any alignment, in one part and in two: byte by byte the XOR with the key.
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 7) {
        return 0;
    }
    const uint8_t *key = data;
    size_t skip = data[4] % 8, offset = data[5], cut = data[6];
    data += 7;
    size -= 7;
    cut = cut % (size + 1);
    uint8_t *bytes = malloc(size + skip + 1);
    CHECK(bytes);
    memcpy(bytes + skip, data, size);
    httptok_unmask(bytes + skip, cut, key, offset);
    httptok_unmask(bytes + skip + cut, size - cut, key, offset + cut);
    for (size_t i = 0; i < size; i++) {
        CHECK(bytes[skip + i] == (data[i] ^ key[(offset + i) % 4]));
    }
    free(bytes);
    return 0;
}
