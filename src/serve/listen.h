/** The listening sockets. Private to src/serve; loop thread only. */
#ifndef STY_SERVE_LISTEN_H
#define STY_SERVE_LISTEN_H

#include <uv.h>

#include "base/error.h"

struct listener;

/** Called when a connection was accepted. `fd` is non-blocking; the callee owns it. */
typedef void (*listener_accept_fn)(int fd, void *data);

/**
 * Listen on an address, or on all addresses of a name, with the same port. `port` 0: any free one. STY_ERR_LISTEN:
 * `err` says why that failed, and what to do. Accepting begins in the loop's next turn.
 */
int listener_create(uv_loop_t *loop, const char *host, int port, listener_accept_fn on_accept, void *data,
                    struct listener **out, struct sty_error *err);

/**
 * Accept on a socket that is already listening, of any address family. `fd` is stolen, also on failure. STY_ERR_LISTEN:
 * it is no listening socket.
 */
int listener_adopt(uv_loop_t *loop, int fd, listener_accept_fn on_accept, void *data, struct listener **out,
                   struct sty_error *err);

/** Accept connections again, after the process had run out of descriptors. */
void listener_resume(struct listener *listener);

/** The port; 0 for a socket that has none. */
int listener_port(const struct listener *listener);

/** Close all sockets; the listener is released in the loop's next turns. NULL is allowed. */
void listener_destroy(struct listener *listener);

#endif
