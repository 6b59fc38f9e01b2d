// HTTP/1.x request heads and the byte loops of message bodies.
//
// C99, no allocation, no libc, no recursion; a head is looked at once, byte by byte or a word at a
// time, in a buffer that stays where it is: what comes out are offsets into it. Strict by design:
// what two parsers could read in two ways is refused (README.md lists it).
#ifndef HTTPTOK_H
#define HTTPTOK_H

#include <stddef.h>
#include <stdint.h>

#define HTTPTOK_HEAD_MAX 8191 // bytes from the first one to the end of the empty line
#define HTTPTOK_FIELDS_MAX 64
#define HTTPTOK_LENGTH_DIGITS 9      // of Content-Length
#define HTTPTOK_CHUNK_MAX 0x7fffffff // bytes in one chunk
#define HTTPTOK_CHUNK_EXTRA_MAX 256  // bytes of extensions after one chunk's size
#define HTTPTOK_TRAILER_MAX 1024     // bytes of all trailer fields, line ends not counted

// The methods; any other token is answered with 501. Numbers start at 1.
#define HTTPTOK_METHODS(X)                                                                         \
    X(GET)                                                                                         \
    X(HEAD)                                                                                        \
    X(POST)                                                                                        \
    X(PUT)                                                                                         \
    X(DELETE)                                                                                      \
    X(OPTIONS)                                                                                     \
    X(PATCH)

// The recognised fields: slot, name in lower case, and what to do with the value:
//   PLAIN     remember where the first one is
//   ONCE      the same, and refuse a second one (400)
//   AUTHORITY uri-host [":" port], once
//   LENGTH    decimal digits, once
//   LIST      look for the members in member_table (httptok.c)
// One line here is all that a new one needs: it becomes a constant of the Python module, too.
#define HTTPTOK_SLOTS(X, n)                                                                        \
    X(n, HOST, "host", AUTHORITY)                                                                  \
    X(n, CONNECTION, "connection", LIST)                                                           \
    X(n, COOKIE, "cookie", PLAIN)                                                                  \
    X(n, CONTENT_TYPE, "content-type", ONCE)                                                       \
    X(n, ACCEPT_ENCODING, "accept-encoding", LIST)                                                 \
    X(n, IF_NONE_MATCH, "if-none-match", PLAIN)                                                    \
    X(n, IF_MODIFIED_SINCE, "if-modified-since", PLAIN)                                            \
    X(n, IF_RANGE, "if-range", PLAIN)                                                              \
    X(n, RANGE, "range", PLAIN)                                                                    \
    X(n, ORIGIN, "origin", ONCE)                                                                   \
    X(n, AUTHORIZATION, "authorization", ONCE)                                                     \
    X(n, UPGRADE, "upgrade", LIST)                                                                 \
    X(n, EXPECT, "expect", LIST)                                                                   \
    X(n, TRANSFER_ENCODING, "transfer-encoding", LIST)                                             \
    X(n, CONTENT_LENGTH, "content-length", LENGTH)                                                 \
    X(n, SEC_WEBSOCKET_KEY, "sec-websocket-key", ONCE)                                             \
    X(n, SEC_WEBSOCKET_VERSION, "sec-websocket-version", ONCE)                                     \
    X(n, SEC_WEBSOCKET_PROTOCOL, "sec-websocket-protocol", PLAIN)                                  \
    X(n, SEC_WEBSOCKET_EXTENSIONS, "sec-websocket-extensions", PLAIN)                              \
    X(n, SEC_FETCH_SITE, "sec-fetch-site", PLAIN)                                                  \
    X(n, IF_MATCH, "if-match", PLAIN)                                                              \
    X(n, IF_UNMODIFIED_SINCE, "if-unmodified-since", PLAIN)

enum {
    HTTPTOK_NO_METHOD,
#define X(name) HTTPTOK_##name,
    HTTPTOK_METHODS(X)
#undef X
};

enum {
#define X(n, slot, name, kind) HTTPTOK_##slot,
    HTTPTOK_SLOTS(X, 0)
#undef X
        HTTPTOK_SLOT_COUNT
};

// What the head says about the connection and the message.
enum {
    HTTPTOK_KEEP_ALIVE = 1, // version and Connection taken together (RFC 9112 9.3)
    HTTPTOK_CHUNKED = 2,
    HTTPTOK_EXPECT_100 = 4,        // HTTP/1.1 only (RFC 9110 10.1.1)
    HTTPTOK_UPGRADE_WEBSOCKET = 8, // HTTP/1.1, named in Connection, too (RFC 9110 7.8)
    HTTPTOK_ACCEPT_GZIP = 16,      // weight zero respected, "*" included (RFC 9110 12.5.3)
};

typedef struct {
    const uint8_t *data;
    size_t len;
} httptok_span_t;

// A part of the head: offset of its first byte and length.
typedef struct {
    uint32_t at, len;
} httptok_part_t;

// Single values are words: on some chips a half word costs more code than it saves.
typedef struct {
    int32_t result; // 0 in progress, > 0 length of the complete head, < 0 minus the status
    // Valid when complete:
    int32_t content_length; // -1: no such field
    uint32_t method, minor, flags, count;
    httptok_part_t path;  // as sent; "*" for the asterisk form
    httptok_part_t query; // at is 0 when there is no "?"
    // Private:
    httptok_part_t authority; // of an absolute target
    uint32_t target_max;
    uint32_t pos, line; // looked at so far, and begin of the first line that is not complete
    uint32_t seen;
    uint8_t slot[HTTPTOK_SLOT_COUNT];   // number of the field, from 1; 0: absent
    uint16_t field[HTTPTOK_FIELDS_MAX]; // offset of the line
} httptok_head_t;

// Prepares `head` for the first byte of a head. target_max: longest request target, bytes.
void httptok_reset(httptok_head_t *head, uint16_t target_max);

// Looks at the first `len` bytes of a head, of which earlier calls may have seen a part. The bytes
// may have moved in between. Returns head->result: the status is 400, 413, 414, 431, 501 or 505.
int httptok_parse(httptok_head_t *head, const uint8_t *buf, size_t len);

// The following need a complete head and its bytes where they were last seen.

// Name and value of field i < head->count as sent, spaces around the value left out.
void httptok_field(const httptok_head_t *head, const uint8_t *buf, size_t i, httptok_span_t *name,
                   httptok_span_t *value);

// Value of the first field in a slot < HTTPTOK_SLOT_COUNT; data is NULL when absent. HTTPTOK_HOST
// is the authority of an absolute target (RFC 9112 3.2.2).
httptok_span_t httptok_slot(const httptok_head_t *head, const uint8_t *buf, size_t slot);

// Slot of a name in any case; HTTPTOK_SLOT_COUNT when it has none. No control character in the
// name.
unsigned httptok_find_slot(const uint8_t *name, size_t len);

// Decoder of one chunked body (RFC 9112 7.1); all zero is its first state.
typedef struct {
    uint32_t left;
    uint16_t extra;
    uint8_t state, digits;
} httptok_chunked_t;

#define HTTPTOK_MALFORMED ((size_t)-1)

// Takes the framing out of buf[0 .. len) in place. *data_len: bytes of body, now at the front of
// buf. Returns how many bytes are used up: all of them, unless the body is done. HTTPTOK_MALFORMED:
// for good. Extensions and trailer fields are skipped, bounded by the limits above.
size_t httptok_chunked(httptok_chunked_t *chunked, uint8_t *buf, size_t len, size_t *data_len);
int httptok_chunked_done(const httptok_chunked_t *chunked);

// Percent-decodes (RFC 3986 2.1) to `to`, which has room for `len` bytes and may be `from`. With
// `plus`, "+" is a space. Returns the length, or HTTPTOK_MALFORMED.
size_t httptok_unquote(uint8_t *to, const uint8_t *from, size_t len, int plus);

// Takes the next "name=value" off the front of *rest; pieces end at `sep`, empty ones are skipped.
// With `trim`, spaces and tabs around a piece are left out. Without "=" the value is empty.
// Returns 0 when there is none left.
int httptok_pair(httptok_span_t *rest, uint8_t sep, int trim, httptok_span_t *name,
                 httptok_span_t *value);

// Index of the first place in data[0 .. len) where `want` starts, whole or cut off by the end of
// the data; len when there is none. 0 < want.len. A whole one is never behind a cut off one.
size_t httptok_search(const uint8_t *data, size_t len, httptok_span_t want);

// XORs with the key (RFC 6455 5.3); `offset`: how much of the payload came before data[0].
void httptok_unmask(uint8_t *data, size_t len, const uint8_t key[4], size_t offset);

#endif
