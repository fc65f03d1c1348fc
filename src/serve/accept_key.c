#include "serve/accept_key.h"

#include <stdint.h>
#include <string.h>

#include "base/base64.h"

#define KEY_LENGTH 24
#define DIGEST_SIZE 20
#define BLOCK 64

/* From RFC 6455, section 1.3. */
static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

static uint32_t rotate(uint32_t value, unsigned by) {
    return value << by | value >> (32 - by);
}

/* Process one block of SHA-1, RFC 3174 section 6.1. It is only used for the handshake, where it protects nothing. */
static void add_block(uint32_t state[5], const uint8_t *block) {
    static const uint32_t constants[] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    uint32_t words[80];
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];

    for (int i = 0; i < 16; i++) {
        words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
                   block[4 * i + 3];
    }
    for (int i = 16; i < 80; i++) {
        words[i] = rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    }
    for (int i = 0; i < 80; i++) {
        uint32_t mixed = i < 20 ? (b & c) | (~b & d) : i >= 40 && i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
        uint32_t next = rotate(a, 5) + mixed + e + constants[i / 20] + words[i];
        e = d;
        d = c;
        c = rotate(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

/* SHA-1 of key and GUID, which take 60 bytes: two blocks with the padding. */
static void digest(const char *key, uint8_t out[DIGEST_SIZE]) {
    uint32_t state[] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    uint8_t blocks[2 * BLOCK] = {0};
    size_t size = KEY_LENGTH + sizeof(guid) - 1;

    memcpy(blocks, key, KEY_LENGTH);
    memcpy(blocks + KEY_LENGTH, guid, sizeof(guid) - 1);
    blocks[size] = 0x80;
    blocks[2 * BLOCK - 2] = (uint8_t)(size * 8 >> 8);
    blocks[2 * BLOCK - 1] = (uint8_t)(size * 8);
    add_block(state, blocks);
    add_block(state, blocks + BLOCK);
    for (int i = 0; i < DIGEST_SIZE; i++) {
        out[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
    }
}

void accept_key(const char *key, char out[ACCEPT_KEY_SIZE]) {
    uint8_t bytes[DIGEST_SIZE];

    digest(key, bytes);
    sty_base64_write(bytes, sizeof(bytes), out);
}
