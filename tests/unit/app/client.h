/**
 * A browser as the server sees it, with blocking sockets, for threads of the tests. An unexpected answer ends the
 * process with a message.
 */
#ifndef STY_TEST_CLIENT_H
#define STY_TEST_CLIENT_H

#include <stddef.h>

#include "base/buf.h"

/** Assert a condition on a thread that cmocka does not know. */
void must(int condition, const char *what);

/** Get a page into `body`. The status must be 200. */
void client_get(int port, const char *path, struct sty_buf *body);

/** Open a WebSocket, and send which page it shows. Returns its descriptor, for close(). */
int client_listen(int port, const char *page);

/** Read messages until one contains `text`. `message` receives it. */
void client_wait_for(int fd, const char *text, struct sty_buf *message);

#endif
