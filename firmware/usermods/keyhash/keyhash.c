#include "keyhash.h"

#define BLOCK (64) // bytes that SHA-256 takes at a time

// SHA-256 under way: the words of a block fill up as bytes come.
typedef struct {
    uint32_t state[8];
    uint32_t block[16];
    uint32_t count;
} sha256_t;

// FIPS 180-4, sections 4.2.2 and 5.3.3

static const uint32_t initial[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, unsigned by) {
    return x >> by | x << (32 - by);
}

// Section 6.2.2. Of the message schedule only the last 16 words are needed again: they take the
// place of the block, so that a small stack is enough.
static void compress(uint32_t state[8], uint32_t w[16]) {
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (unsigned i = 0; i < 64; i++) {
        if (i >= 16) {
            uint32_t near = w[(i - 2) & 15], far = w[(i - 15) & 15];
            w[i & 15] += (rotate(near, 17) ^ rotate(near, 19) ^ near >> 10) + w[(i - 7) & 15] +
                         (rotate(far, 7) ^ rotate(far, 18) ^ far >> 3);
        }
        uint32_t t = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (g ^ (e & (f ^ g))) +
                     round_constants[i] + w[i & 15];
        uint32_t s = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) | (c & (a | b)));
        h = g;
        g = f;
        f = e;
        e = d + t;
        d = c;
        c = b;
        b = a;
        a = t + s;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
}

static void copy(uint32_t to[8], const uint32_t from[8]) {
    for (unsigned i = 0; i < 8; i++) {
        to[i] = from[i];
    }
}

static void add_byte(sha256_t *self, unsigned byte) {
    uint32_t *word = &self->block[self->count / 4 % 16];
    *word = *word << 8 | byte; // after four of them nothing of the block before is left
    self->count++;
    if (self->count % BLOCK == 0) {
        compress(self->state, self->block);
    }
}

static void add(sha256_t *self, const uint8_t *data, size_t len) {
    for (size_t i = 0; i < len; i++) {
        add_byte(self, data[i]);
    }
}

// Section 5.1.1
static void end(sha256_t *self) {
    uint32_t bits = self->count * 8;
    add_byte(self, 0x80);
    while (self->count % BLOCK != BLOCK - 8) {
        add_byte(self, 0);
    }
    self->block[14] = 0; // no message is longer than 512 MiB
    self->block[15] = bits;
    compress(self->state, self->block);
}

// A message of exactly one hash, after one block: what PBKDF2 does nothing but.
static void hash_of_hash(const uint32_t start[8], const uint32_t hash[8], uint32_t out[8]) {
    uint32_t block[16] = {0};
    copy(block, hash);
    block[8] = 0x80000000;
    block[15] = (BLOCK + KEYHASH_SIZE) * 8;
    copy(out, start);
    compress(out, block);
}

void keyhash_hmac_key(keyhash_hmac_t *self, const uint8_t *key, size_t len) {
    sha256_t hash;
    uint32_t pad[16] = {0};
    if (len > BLOCK) {
        copy(hash.state, initial);
        hash.count = 0;
        add(&hash, key, len);
        end(&hash);
        copy(pad, hash.state);
    } else {
        for (size_t i = 0; i < len; i++) {
            pad[i / 4] |= (uint32_t)key[i] << (24 - i % 4 * 8);
        }
    }
    for (unsigned i = 0; i < 16; i++) {
        hash.block[i] = pad[i] ^ 0x36363636;
        pad[i] ^= 0x5c5c5c5c;
    }
    copy(self->inner, initial);
    compress(self->inner, hash.block);
    copy(self->outer, initial);
    compress(self->outer, pad);
}

void keyhash_hmac(const keyhash_hmac_t *self, const uint8_t *message, size_t len, uint32_t index,
                  uint32_t out[8]) {
    sha256_t hash;
    copy(hash.state, self->inner);
    hash.count = BLOCK;
    add(&hash, message, len);
    if (index != 0) {
        for (unsigned i = 0; i < 4; i++) {
            add_byte(&hash, index >> (24 - i * 8) & 0xff);
        }
    }
    end(&hash);
    hash_of_hash(self->outer, hash.state, out);
}

void keyhash_pbkdf2_begin(keyhash_pbkdf2_t *self, const uint8_t *password, size_t password_len,
                          const uint8_t *salt, size_t salt_len, uint32_t index) {
    keyhash_hmac_key(&self->hmac, password, password_len);
    keyhash_hmac(&self->hmac, salt, salt_len, index, self->last);
    copy(self->sum, self->last);
}

void keyhash_pbkdf2_step(keyhash_pbkdf2_t *self, uint32_t iterations) {
    uint32_t inner[8];
    while (iterations-- > 0) {
        hash_of_hash(self->hmac.inner, self->last, inner);
        hash_of_hash(self->hmac.outer, inner, self->last);
        for (unsigned i = 0; i < 8; i++) {
            self->sum[i] ^= self->last[i];
        }
    }
}

void keyhash_bytes(const uint32_t words[8], uint8_t out[KEYHASH_SIZE]) {
    for (unsigned i = 0; i < KEYHASH_SIZE; i++) {
        out[i] = words[i / 4] >> (24 - i % 4 * 8) & 0xff;
    }
}

bool keyhash_equal(const uint8_t *a, const uint8_t *b, size_t len) {
    volatile uint8_t differences = 0; // no compiler may stop at the first one
    for (size_t i = 0; i < len; i++) {
        differences |= a[i] ^ b[i];
    }
    return differences == 0;
}

size_t keyhash_cookie(const uint8_t *cookies, size_t len, const uint8_t *name, size_t name_len) {
    for (size_t start = 0; len - start >= name_len;) {
        size_t i = 0;
        while (i < name_len && cookies[start + i] == name[i]) {
            i++;
        }
        if (i == name_len) {
            return start + i;
        }
        // The next name stands behind the next separator
        while (start < len && cookies[start] != ';') {
            start++;
        }
        while (start < len && (cookies[start] == ';' || cookies[start] == ' ')) {
            start++;
        }
    }
    return len;
}
