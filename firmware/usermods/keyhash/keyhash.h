// HMAC-SHA256 (RFC 2104, FIPS 180-4) and PBKDF2 (RFC 8018) that is worked on piece by piece.
//
// No allocation, no recursion, no libc. What is hashed is read byte by byte: it may lie anywhere,
// in an ESP8266's flash too.

#ifndef KEYHASH_H
#define KEYHASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYHASH_SIZE (32)

// A key, ready for messages: what SHA-256 made of its two pads.
typedef struct {
    uint32_t inner[8];
    uint32_t outer[8];
} keyhash_hmac_t;

// One block of a derived key.
typedef struct {
    keyhash_hmac_t hmac;
    uint32_t last[8]; // what the last iteration gave
    uint32_t sum[8];  // exclusive-or of all of them
} keyhash_pbkdf2_t;

void keyhash_hmac_key(keyhash_hmac_t *self, const uint8_t *key, size_t len);

// The hash of a message, and of four bytes more: the index, unless that is 0.
void keyhash_hmac(const keyhash_hmac_t *self, const uint8_t *message, size_t len, uint32_t index,
                  uint32_t out[8]);

// Block `index`, from 1, after its first iteration. Later ones need neither password nor salt.
void keyhash_pbkdf2_begin(keyhash_pbkdf2_t *self, const uint8_t *password, size_t password_len,
                          const uint8_t *salt, size_t salt_len, uint32_t index);

// `iterations` more; `sum` is the block after as many as were done.
void keyhash_pbkdf2_step(keyhash_pbkdf2_t *self, uint32_t iterations);

// Words as bytes, the most significant byte first.
void keyhash_bytes(const uint32_t words[8], uint8_t out[KEYHASH_SIZE]);

// Whether len bytes are the same. How long it takes tells nothing of where they differ.
bool keyhash_equal(const uint8_t *a, const uint8_t *b, size_t len);

// Where the value of the cookie starts that `name` is the name of, with its '='. Without one: len.
size_t keyhash_cookie(const uint8_t *cookies, size_t len, const uint8_t *name, size_t name_len);

#endif
