// Tokenises the request in the file argv[1] argv[2] times with the core; the last result decides
// the exit status, so that nothing is optimised away.
#include <stdio.h>
#include <stdlib.h>

#include "httptok.h"

static httptok_head_t head;

__attribute__((noipa)) static int tokenise(const uint8_t *data, size_t len) {
    httptok_reset(&head, 2048);
    return httptok_parse(&head, data, len);
}

int main(int argc, char **argv) {
    static uint8_t data[HTTPTOK_HEAD_MAX];
    FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
    if (!file) {
        return 2;
    }
    size_t len = fread(data, 1, sizeof(data), file);
    fclose(file);
    int result = 0;
    for (int i = atoi(argv[2]); i > 0; i--) {
        result = tokenise(data, len);
    }
    return result != (int)len || head.count != 15 ||
           head.flags != (HTTPTOK_KEEP_ALIVE | HTTPTOK_ACCEPT_GZIP);
}
