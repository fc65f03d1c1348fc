/**
 * A browser as the server sees it, on a thread of its own, with sockets that block. What does not come as it must ends
 * the process with a word.
 */
#ifndef STY_TEST_CLIENT_H
#define STY_TEST_CLIENT_H

#include <stddef.h>

#include "base/buf.h"

/** For threads that cmocka knows nothing of. */
void must(int condition, const char *what);

/** The body of an answer that must be 200. */
void client_get(int port, const char *path, struct sty_buf *body);

/** A WebSocket that has said which page it shows. Returns its descriptor, for close(). */
int client_listen(int port, const char *page);

/** Read messages until one holds `text`, which is left in `message`. */
void client_wait_for(int fd, const char *text, struct sty_buf *message);

#endif
