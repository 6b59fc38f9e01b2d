// The byte loops of message bodies: chunked, percent-encoding, pairs, boundaries, masks.
#include "httptok_bytes.h"

typedef uint32_t __attribute__((may_alias)) mask_t;

static uint8_t hex(uint8_t c) {
    if ((uint8_t)(c - '0') < 10) {
        return c - '0';
    }
    c = (uint8_t)((c | 32) - 'a');
    return c < 6 ? c + 10 : 255;
}

// States of a chunked body. SIZE is 0, so that all zero is the first state.
enum {
    SIZE,
    SPACE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER,
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    LAST_LF,
    DONE,
    MALFORMED,
};

// State after the framing byte `c`: RFC 9112 7.1.
static uint8_t chunked_step(httptok_chunked_t *chunked, uint8_t c) {
    uint8_t state = chunked->state;
    uint16_t extra_max = HTTPTOK_CHUNK_EXTRA_MAX;
    switch (state) {
    case SIZE: {
        uint8_t digit = hex(c);
        if (digit < 16) {
            chunked->left = chunked->left << 4 | digit;
            return ++chunked->digits > 8 || chunked->left > HTTPTOK_CHUNK_MAX ? MALFORMED : SIZE;
        }
        if (!chunked->digits) {
            return MALFORMED;
        }
        if (c == '\r') {
            return SIZE_LF;
        }
    }
    // fall through
    case SPACE:
        if (c == ';') {
            state = EXTENSION;
        } else if (c == ' ' || c == '\t') {
            state = SPACE;
        } else {
            return MALFORMED;
        }
        break;
    case EXTENSION:
        if (c == '\r') {
            return SIZE_LF;
        }
        if (!(httptok_class[c] & TEXT)) {
            return MALFORMED;
        }
        break;
    case SIZE_LF:
        chunked->extra = 0;
        return c != '\n' ? MALFORMED : chunked->left ? DATA : TRAILER;
    case DATA_CR:
        return c == '\r' ? DATA_LF : MALFORMED;
    case DATA_LF:
        chunked->digits = 0;
        return c == '\n' ? SIZE : MALFORMED;
    case TRAILER:
        if (c == '\r') {
            return LAST_LF;
        }
    // fall through
    case TRAILER_NAME:
        if (c == ':' && state == TRAILER_NAME) {
            state = TRAILER_VALUE;
        } else if (httptok_class[c] & TOKEN) {
            state = TRAILER_NAME;
        } else {
            return MALFORMED;
        }
        extra_max = HTTPTOK_TRAILER_MAX;
        break;
    case TRAILER_VALUE:
        if (c == '\r') {
            return TRAILER_LF;
        }
        if (!(httptok_class[c] & TEXT)) {
            return MALFORMED;
        }
        extra_max = HTTPTOK_TRAILER_MAX;
        break;
    case TRAILER_LF:
        return c == '\n' ? TRAILER : MALFORMED;
    case LAST_LF:
        return c == '\n' ? DONE : MALFORMED;
    default:
        return MALFORMED;
    }
    return ++chunked->extra > extra_max ? MALFORMED : state;
}

size_t httptok_chunked(httptok_chunked_t *chunked, uint8_t *buf, size_t len, size_t *data_len) {
    size_t i = 0, out = 0;
    while (i < len && chunked->state != DONE) {
        if (chunked->state == DATA) {
            size_t n = chunked->left < len - i ? chunked->left : len - i;
            chunked->left -= (uint32_t)n;
            while (n--) {
                buf[out++] = buf[i++];
            }
            if (!chunked->left) {
                chunked->state = DATA_CR;
            }
        } else {
            chunked->state = chunked_step(chunked, buf[i++]);
        }
        if (chunked->state == MALFORMED) {
            return HTTPTOK_MALFORMED;
        }
    }
    *data_len = out;
    return i;
}

int httptok_chunked_done(const httptok_chunked_t *chunked) {
    return chunked->state == DONE;
}

size_t httptok_unquote(uint8_t *to, const uint8_t *from, size_t len, int plus) {
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        uint8_t c = from[i];
        if (c == '%') {
            if (len - i < 3 || hex(from[i + 1]) > 15 || hex(from[i + 2]) > 15) {
                return HTTPTOK_MALFORMED;
            }
            c = (uint8_t)(hex(from[i + 1]) << 4 | hex(from[i + 2]));
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        to[n++] = c;
    }
    return n;
}

httptok_span_t httptok_trim(const uint8_t *p, const uint8_t *end) {
    while (p < end && httptok_class[*p] & BLANK) {
        p++;
    }
    while (p < end && httptok_class[end[-1]] & BLANK) {
        end--;
    }
    return (httptok_span_t){p, (size_t)(end - p)};
}

int httptok_pair(httptok_span_t *rest, uint8_t sep, int trim, httptok_span_t *name,
                 httptok_span_t *value) {
    while (rest->len) {
        httptok_span_t piece = {rest->data, 0};
        while (piece.len < rest->len && piece.data[piece.len] != sep) {
            piece.len++;
        }
        size_t used = piece.len < rest->len ? piece.len + 1 : piece.len;
        rest->data += used;
        rest->len -= used;
        if (trim) {
            piece = httptok_trim(piece.data, piece.data + piece.len);
        }
        if (piece.len) {
            size_t n = 0;
            while (n < piece.len && piece.data[n] != '=') {
                n++;
            }
            size_t skip = n < piece.len ? n + 1 : n;
            *name = (httptok_span_t){piece.data, n};
            *value = (httptok_span_t){piece.data + skip, piece.len - skip};
            return 1;
        }
    }
    return 0;
}

size_t httptok_search(const uint8_t *data, size_t len, httptok_span_t want) {
    for (size_t i = 0; i < len; i++) {
        size_t n = 0;
        while (n < want.len && i + n < len && data[i + n] == want.data[n]) {
            n++;
        }
        if (n == want.len || i + n == len) {
            return i;
        }
    }
    return len;
}

void httptok_unmask(uint8_t *data, size_t len, const uint8_t key[4], size_t offset) {
    union {
        uint8_t bytes[4];
        uint32_t word;
    } mask;
    for (; len && (uintptr_t)data % sizeof(mask_t); len--) {
        *data++ ^= key[offset++ & 3];
    }
    for (size_t i = 0; i < 4; i++) {
        mask.bytes[i] = key[(offset + i) & 3];
    }
    for (; len >= sizeof(mask_t); len -= sizeof(mask_t)) {
        *(mask_t *)data ^= mask.word;
        data += sizeof(mask_t);
    }
    while (len--) {
        *data++ ^= key[offset++ & 3];
    }
}
