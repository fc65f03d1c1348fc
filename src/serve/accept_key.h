/** The answer to a WebSocket's opening handshake, RFC 6455 section 4.2.2. Plain C; any thread. */
#ifndef STY_SERVE_ACCEPT_KEY_H
#define STY_SERVE_ACCEPT_KEY_H

/** With its NUL: 20 bytes in base64. */
#define ACCEPT_KEY_SIZE 29

/** What Sec-WebSocket-Accept says to a Sec-WebSocket-Key of 24 characters. */
void accept_key(const char *key, char out[ACCEPT_KEY_SIZE]);

#endif
