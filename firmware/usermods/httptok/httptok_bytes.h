// What the files of the core share: classes of bytes.
#ifndef HTTPTOK_BYTES_H
#define HTTPTOK_BYTES_H

#include "httptok.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum {
    TEXT = 1,     // of a field's value: all but controls (RFC 9110 5.5)
    BLANK = 2,    // space and tab
    TOKEN = 4,    // RFC 9110 5.6.2
    PATH = 8,     // RFC 3986, and what browsers send as it is: [ \ ] ^ ` { | }
    NAME = 16,    // of a host that is a name or an IPv4 address, without percent-encoding
    ADDRESS = 32, // of an IPv6 address
    DIGIT = 64,
    QUESTION = 128, // the question mark
    TARGET = PATH | QUESTION,
};
extern const uint8_t httptok_class[256];

// What lies between p and end without the spaces and tabs at either end: RFC 9110 5.6.3.
httptok_span_t httptok_trim(const uint8_t *p, const uint8_t *end);

#endif
