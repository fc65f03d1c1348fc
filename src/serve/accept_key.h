/** The key in the answer to a WebSocket handshake, RFC 6455 section 4.2.2. Plain C; any thread. */
#ifndef STY_SERVE_ACCEPT_KEY_H
#define STY_SERVE_ACCEPT_KEY_H

/** 20 bytes in base64, with a final NUL. */
#define ACCEPT_KEY_SIZE 29

/** Compute the Sec-WebSocket-Accept for a Sec-WebSocket-Key of 24 characters. */
void accept_key(const char *key, char out[ACCEPT_KEY_SIZE]);

#endif
