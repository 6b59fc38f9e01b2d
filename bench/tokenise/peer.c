// The same as core.c for llhttp, with callbacks that note where each name and value is.
#include <stdio.h>
#include <stdlib.h>

#include "llhttp.h"

static struct span {
    const char *at;
    size_t len;
} spans[64];
static unsigned count;
static llhttp_t parser;
static llhttp_settings_t settings;

static int on_span(llhttp_t *self, const char *at, size_t len) {
    (void)self;
    spans[count++ & 63] = (struct span){at, len};
    return 0;
}

static int on_complete(llhttp_t *self) {
    (void)self;
    return HPE_PAUSED;
}

__attribute__((noipa)) static llhttp_errno_t tokenise(const char *data, size_t len) {
    count = 0;
    llhttp_init(&parser, HTTP_REQUEST, &settings);
    return llhttp_execute(&parser, data, len);
}

int main(int argc, char **argv) {
    static char data[8191];
    FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
    if (!file) {
        return 2;
    }
    size_t len = fread(data, 1, sizeof(data), file);
    fclose(file);
    llhttp_settings_init(&settings);
    settings.on_url = settings.on_header_field = settings.on_header_value = on_span;
    settings.on_message_complete = on_complete;
    llhttp_errno_t result = HPE_OK;
    for (int i = atoi(argv[2]); i > 0; i--) {
        result = tokenise(data, len);
    }
    return result != HPE_PAUSED || count != 31;
}
