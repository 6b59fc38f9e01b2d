// Request heads, a line at a time. Only lines whose LF is there are looked at, and LF is in no
// class of bytes: so a loop over a class needs no other end, and whatever is cut short stumbles
// over it.
#include "httptok_bytes.h"

enum { CR = 13, LF = 10 };

#define S TEXT
#define B (TEXT | BLANK)
#define Q (TEXT | QUESTION)
#define P (TEXT | PATH)
#define N (TEXT | PATH | NAME)
#define C (TEXT | PATH | ADDRESS)
#define K (TEXT | TOKEN)
#define T (TEXT | TOKEN | PATH)
#define A (TEXT | TOKEN | PATH | NAME)
#define H (TEXT | TOKEN | PATH | NAME | ADDRESS)
#define D (TEXT | TOKEN | PATH | NAME | ADDRESS | DIGIT)
#define S16 S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S

// clang-format off
const uint8_t httptok_class[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, B, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    B, A, S, K, A, T, A, A, N, N, A, A, N, A, H, P, //  !"#$%&'()*+,-.
    D, D, D, D, D, D, D, D, D, D, C, N, S, N, S, Q, // 0123456789:;<=>?
    P, H, H, H, H, H, H, A, A, A, A, A, A, A, A, A, // @ABCDEFGHIJKLMNO
    A, A, A, A, A, A, A, A, A, A, A, P, P, P, T, A, // PQRSTUVWXYZ[\]^_
    T, H, H, H, H, H, H, A, A, A, A, A, A, A, A, A, // `abcdefghijklmno
    A, A, A, A, A, A, A, A, A, A, A, P, T, P, A, 0, // pqrstuvwxyz{|}~
    S16, S16, S16, S16, S16, S16, S16, S16,         // obs-text
};
// clang-format on

#undef S
#undef B
#undef Q
#undef P
#undef N
#undef C
#undef K
#undef T
#undef A
#undef H
#undef D
#undef S16

// Tables are words where that costs nothing: flash is read a word at a time on some chips.

// Each with the space behind it, at most 8 bytes: the longest one has no NUL.
static const char method_table[][8] = {
#define X(name) #name " ",
    HTTPTOK_METHODS(X)
#undef X
};

// The names of the slots one after the other, so that a slot costs no padding.
static const struct names {
#define X(n, slot, name, kind) char slot[sizeof(name) - 1];
    HTTPTOK_SLOTS(X, 0)
#undef X
} names = {
#define X(n, slot, name, kind) name,
    HTTPTOK_SLOTS(X, 0)
#undef X
};

enum { PLAIN, LIST, ONCE, AUTHORITY, LENGTH }; // from ONCE on, a second one is refused

// offset in names << 8 | kind
static const uint32_t slot_table[HTTPTOK_SLOT_COUNT] = {
#define X(n, slot, name, kind) offsetof(struct names, slot) << 8 | kind,
    HTTPTOK_SLOTS(X, 0)
#undef X
};

// For each length of a name, the slots that have such a one, as bits.
#define X(n, slot, name, kind) | (uint32_t)(sizeof(name) == n + 1) << HTTPTOK_##slot
#define SLOTS(n) 0 HTTPTOK_SLOTS(X, n)
static const uint32_t slots_by_length[] = {
    SLOTS(0),  SLOTS(1),  SLOTS(2),  SLOTS(3),  SLOTS(4),  SLOTS(5),  SLOTS(6),
    SLOTS(7),  SLOTS(8),  SLOTS(9),  SLOTS(10), SLOTS(11), SLOTS(12), SLOTS(13),
    SLOTS(14), SLOTS(15), SLOTS(16), SLOTS(17), SLOTS(18), SLOTS(19), SLOTS(20),
    SLOTS(21), SLOTS(22), SLOTS(23), SLOTS(24),
};
#undef SLOTS
#undef X

// A name longer than the table above knows, or a 33rd slot, does not compile.
#define X(n, slot, name, kind) char slot[sizeof(name) <= n ? 1 : -1];
struct httptok_check {
    HTTPTOK_SLOTS(X, COUNT(slots_by_length))
    char slots[HTTPTOK_SLOT_COUNT <= 32 ? 1 : -1];
};
#undef X

// Bits of head->seen: those of head->flags; five bits further what takes them back; and others.
enum {
    CLOSE = HTTPTOK_KEEP_ALIVE << 5,
    NO_EXPECT = HTTPTOK_EXPECT_100 << 5,
    NO_UPGRADE = HTTPTOK_UPGRADE_WEBSOCKET << 5,
    NO_GZIP = HTTPTOK_ACCEPT_GZIP << 5,
    UPGRADES = 1024,
    ANY_CODING = 2048,
    OTHER_CODING = 4096,
};

// The members of lists that a server acts on itself. key: slot << 8 | length of the name.
static const struct {
    uint32_t key, bit;
    char name[12];
} member_table[] = {
#define MEMBER(slot, name, bit)                                                                    \
    { HTTPTOK_##slot << 8 | (sizeof(name) - 1), bit, name }
    MEMBER(CONNECTION, "close", CLOSE),
    MEMBER(CONNECTION, "keep-alive", HTTPTOK_KEEP_ALIVE),
    MEMBER(CONNECTION, "upgrade", UPGRADES),
    MEMBER(ACCEPT_ENCODING, "gzip", HTTPTOK_ACCEPT_GZIP),
    MEMBER(ACCEPT_ENCODING, "x-gzip", HTTPTOK_ACCEPT_GZIP),
    MEMBER(ACCEPT_ENCODING, "*", ANY_CODING),
    MEMBER(UPGRADE, "websocket", HTTPTOK_UPGRADE_WEBSOCKET),
    MEMBER(EXPECT, "100-continue", HTTPTOK_EXPECT_100),
    MEMBER(TRANSFER_ENCODING, "chunked", HTTPTOK_CHUNKED),
#undef MEMBER
};

typedef unsigned long __attribute__((may_alias)) word_t;
#define BYTES(c) ((word_t)-1 / 255 * (c))

// First byte from p on that is not of the class.
static const uint8_t *run(const uint8_t *p, unsigned class) {
    p--;
    do {
        p++;
    } while ((uint8_t) class & httptok_class[*p]);
    return p;
}

// The same for TEXT, by words as long as they lie before end. Begins with the word that p is in: no
// text is so near the start of a head that this one begins before it.
static const uint8_t *run_text(const uint8_t *p, const uint8_t *end) {
    const word_t *q = (const word_t *)(p - (uintptr_t)p % sizeof(word_t));
    const word_t *last = (const word_t *)(end - sizeof(word_t));
    word_t w;
    q--;
    do {
        // The top bit of a byte under 32 or over 126 is set, and perhaps that of a more significant
        // one that it borrows from or carries into.
        if (++q > last) {
            break;
        }
        w = *q;
    } while (!(((w - BYTES(32)) | (w + BYTES(1))) & BYTES(128)));
    return run(p < (const uint8_t *)q ? (const uint8_t *)q : p, TEXT);
}

// Whether the TEXT at p is name in any case: in names are only small letters, and characters that
// no TEXT differs from by bit 5 alone.
static int same(const uint8_t *p, const char *name, size_t len) {
    ptrdiff_t i = (ptrdiff_t)len - 1;
    do {
        if ((p[i] | 32) != (uint8_t)name[i]) {
            return 0;
        }
    } while (--i >= 0);
    return 1;
}

// Number of the method at p, which ends with a space, or 0.
static unsigned find_method(const uint8_t *p) {
    unsigned method = COUNT(method_table);
    do {
        const char *name = method_table[method - 1];
        size_t i = 0;
        while (p[i] == (uint8_t)name[i]) {
            if (name[i++] == ' ') {
                return method;
            }
        }
    } while (--method);
    return 0;
}

unsigned httptok_find_slot(const uint8_t *p, size_t len) {
    if (len < COUNT(slots_by_length)) {
        for (uint32_t slots = slots_by_length[len]; slots; slots &= slots - 1) {
            unsigned slot = (unsigned)__builtin_ctz(slots);
            if (same(p, (const char *)&names + (slot_table[slot] >> 8), len)) {
                return slot;
            }
        }
    }
    return HTTPTOK_SLOT_COUNT;
}

static void set(httptok_part_t *part, const uint8_t *buf, const uint8_t *p, const uint8_t *end) {
    part->at = (uint32_t)(p - buf);
    part->len = (uint32_t)(end - p);
}

static uint32_t find_member(uint32_t slot, const uint8_t *p, size_t len) {
    for (size_t i = 0; i < COUNT(member_table); i++) {
        if (member_table[i].key == (slot << 8 | len) && same(p, member_table[i].name, len)) {
            return member_table[i].bit;
        }
    }
    return 0;
}

// End of the uri-host [":" port] at p, or NULL. The host is not empty: RFC 9110 4.2.1, 7.2.
static const uint8_t *authority(const uint8_t *p) {
    unsigned class = NAME;
    if (*p == '[') {
        class = ADDRESS;
        p++;
    }
    const uint8_t *host = p;
    p = run(p, class);
    if (p == host || (class == ADDRESS && *p++ != ']')) {
        return NULL;
    }
    return *p == ':' ? run(p + 1, DIGIT) : p;
}

// Origin, absolute (http, https) and asterisk form: RFC 9112 3.2. The target at p ends with a
// space.
static int split_target(httptok_head_t *head, const uint8_t *buf, const uint8_t *p,
                        const uint8_t *end) {
    const uint8_t *path = p;
    unsigned c = *p;
    if (c == '*') {
        if (end - p != 1 || head->method != HTTPTOK_OPTIONS) {
            return 0;
        }
    } else if (c != '/') {
        if (end - p < 8) {
            return 0;
        }
        p += 7;
        if (!same(path, "http://", 7) && !same(path, "https://", (size_t)(++p - path))) {
            return 0;
        }
        path = authority(p);
        if (!path) {
            return 0;
        }
        c = *path;
        if (c != '/' && c != '?' && c != ' ') {
            return 0;
        }
        set(&head->authority, buf, p, path);
    }
    const uint8_t *query = run(path, PATH);
    if (query < end) {
        set(&head->query, buf, query + 1, end);
    }
    if (query == path) { // no path is "/" (RFC 9110 4.2.3): the one before the authority
        path = p - 1;
        query = p;
    }
    set(&head->path, buf, path, query);
    return 1;
}

// RFC 9110 8.6. Returns a status or 0.
static int take_length(httptok_head_t *head, const uint8_t *p) {
    const uint8_t *end = run(p, DIGIT);
    if (p == end || *run(end, BLANK) != CR) {
        return 400;
    }
    if (end - p > HTTPTOK_LENGTH_DIGITS) {
        return 413;
    }
    int32_t length = 0;
    do {
        length = length * 10 + (*p++ - '0');
    } while (p < end);
    head->content_length = length;
    return 0;
}

// The members of a comma-separated list: RFC 9110 5.6.1. Returns a status or 0.
static int take_list(httptok_head_t *head, unsigned slot, const uint8_t *p) {
    unsigned c;
    do {
        const uint8_t *name = run(p, BLANK);
        p = run(name, TOKEN);
        size_t len = (size_t)(p - name);
        uint32_t bit = 0;
        p = run(p, BLANK);
        c = *p;
        if (c == ',' || c == ';' || c == CR) {
            bit = find_member(slot, name, len);
        } else {
            len = 0; // not a token
        }
        if (slot == HTTPTOK_TRANSFER_ENCODING) {
            // Chunked is the last coding, applied once, and has no parameters: RFC 9112 6.1, 7.1.
            if (len == 0 || head->seen & HTTPTOK_CHUNKED || (bit && c == ';')) {
                return 400;
            }
            if (!bit) {
                bit = OTHER_CODING;
            }
        } else if (slot == HTTPTOK_ACCEPT_ENCODING && c == ';') {
            p = run(p + 1, BLANK);
            if (same(p, "q=", 2)) {
                do {
                    p++;
                    c = p[1];
                } while (c == '0' || c == '.');
                c = *run(p + 1, BLANK);
                if (c == ',' || c == CR) { // a weight of zero says no: RFC 9110 12.4.2
                    bit = bit & HTTPTOK_ACCEPT_GZIP ? NO_GZIP : 0;
                }
            }
        }
        head->seen |= bit;
        do {
            c = *p++;
        } while (c != ',' && c != CR);
    } while (c == ',');
    return 0;
}

// Takes the value that begins behind the blanks at p. Returns a status or 0.
static int take_value(httptok_head_t *head, unsigned slot, const uint8_t *p) {
    unsigned kind = slot_table[slot] & 255;
    if (!head->slot[slot]) {
        head->slot[slot] = (uint8_t)head->count;
    } else if (kind >= ONCE) {
        return 400;
    }
    p = run(p, BLANK);
    switch (kind) {
    case LIST:
        return take_list(head, slot, p);
    case LENGTH:
        return take_length(head, p);
    case AUTHORITY:
        p = authority(p);
        return p && *run(p, BLANK) == CR ? 0 : 400;
    default:
        return 0;
    }
}

// What only the whole head can tell. Returns a status or 0.
static int finish(httptok_head_t *head) {
    uint32_t seen = head->seen;
    if (!head->minor) {
        seen |= NO_EXPECT | NO_UPGRADE;
    } else if (!head->slot[HTTPTOK_HOST]) {
        return 400; // RFC 9112 3.2
    } else {
        seen |= HTTPTOK_KEEP_ALIVE;
    }
    if (seen & (HTTPTOK_CHUNKED | OTHER_CODING)) {
        if (!head->minor || head->content_length >= 0) {
            return 400; // RFC 9112 6.1, 6.3: read in another way, a request is smuggled
        }
        if (seen & OTHER_CODING) {
            return 501;
        }
    }
    if (!(seen & UPGRADES)) {
        seen |= NO_UPGRADE;
    }
    if (seen & ANY_CODING) {
        seen |= HTTPTOK_ACCEPT_GZIP;
    }
    head->flags = seen & ~(seen >> 5) & 31;
    return 0;
}

static int is_crlf(const uint8_t *p) {
    return p[0] == CR && p[1] == LF;
}

// RFC 9112 3. Takes the line at *line and goes on to the next one. Returns a status or 0.
static int request_line(httptok_head_t *head, const uint8_t *buf, const uint8_t **line) {
    const uint8_t *start = *line;
    const uint8_t *p = run(start, TOKEN);
    if (p == buf && is_crlf(p)) {
        *line = p + 2; // RFC 9112 2.2: one empty line before the request is let pass
        return 0;
    }
    if (p == start || *p != ' ') {
        return 400;
    }
    head->method = find_method(start);
    if (!head->method) {
        return 501;
    }
    start = p + 1;
    p = run(start, TARGET);
    if ((uint32_t)(p - start) > head->target_max) {
        return 414;
    }
    if (*p != ' ' || !split_target(head, buf, start, p)) {
        return 400;
    }
    // RFC 9112 2.3
    for (const char *version = "HTTP/0.0\r\n"; *version; version++) {
        unsigned c = *++p;
        if (c - '0' < 10) {
            c = '0';
        }
        if (c != (uint8_t)*version) {
            return 400;
        }
    }
    head->minor = p[-2] != '0';
    *line = p + 1;
    return p[-4] == '1' ? 0 : 505;
}

// RFC 9112 5. Takes the lines from *line up to end. Returns a status or 0.
static int fields(httptok_head_t *head, const uint8_t *buf, const uint8_t **line,
                  const uint8_t *end) {
    const uint8_t *p = *line;
    while (p < end) {
        const uint8_t *name = p;
        p = run(p, TOKEN);
        size_t n = (size_t)(p - name);
        if (n == 0 && is_crlf(p)) {
            head->result = (int32_t)(p + 2 - buf);
            return finish(head);
        }
        if (n == 0 || *p != ':') {
            return 400;
        }
        if (head->count == HTTPTOK_FIELDS_MAX) {
            return 431;
        }
        head->field[head->count++] = (uint16_t)(name - buf);
        unsigned slot = httptok_find_slot(name, n);
        const uint8_t *value = p + 1;
        p = run_text(value, end);
        if (!is_crlf(p)) {
            return 400;
        }
        p += 2;
        if (slot < HTTPTOK_SLOT_COUNT) {
            int status = take_value(head, slot, value);
            if (status) {
                return status;
            }
        }
    }
    *line = p;
    return 0;
}

void httptok_reset(httptok_head_t *head, uint16_t target_max) {
    head->result = 0;
    head->target_max = target_max;
    head->content_length = -1;
    head->method = head->minor = head->flags = head->count = 0;
    head->pos = head->line = head->seen = head->query.at = head->authority.len = 0;
    for (size_t i = 0; i < HTTPTOK_SLOT_COUNT; i++) {
        head->slot[i] = 0;
    }
}

int httptok_parse(httptok_head_t *head, const uint8_t *buf, size_t len) {
    const uint8_t *line = buf + head->line, *fresh = buf + head->pos, *end = buf + len;
    int status = 0;
    if (head->result) {
        return head->result;
    }
    if (len > HTTPTOK_HEAD_MAX) {
        end = buf + HTTPTOK_HEAD_MAX;
    }
    if (end > fresh) {
        head->pos = (uint32_t)(end - buf);
    }
    while (end > fresh && end[-1] != LF) {
        end--;
    }
    if (end > fresh) {
        while (!status && !head->method && line < end) {
            status = request_line(head, buf, &line);
        }
        if (!status) {
            status = fields(head, buf, &line, end);
        }
        head->line = (uint32_t)(line - buf);
    }
    if (!status && !head->result && len > HTTPTOK_HEAD_MAX) {
        status = head->method ? 431 : 414;
    }
    if (status) {
        head->result = -status;
    }
    return head->result;
}

void httptok_field(const httptok_head_t *head, const uint8_t *buf, size_t i, httptok_span_t *name,
                   httptok_span_t *value) {
    const uint8_t *line = buf + head->field[i];
    const uint8_t *colon = run(line, TOKEN);
    *name = (httptok_span_t){line, (size_t)(colon - line)};
    *value = httptok_trim(colon + 1, run(colon + 1, TEXT));
}

httptok_span_t httptok_slot(const httptok_head_t *head, const uint8_t *buf, size_t slot) {
    httptok_span_t name, value = {0};
    if (slot == HTTPTOK_HOST && head->authority.len) {
        value = (httptok_span_t){buf + head->authority.at, head->authority.len};
    } else if (head->slot[slot]) {
        httptok_field(head, buf, head->slot[slot] - 1u, &name, &value);
    }
    return value;
}
