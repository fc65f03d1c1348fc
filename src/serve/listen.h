/** The sockets that are listened on. Inner header of src/serve; loop thread only. */
#ifndef STY_SERVE_LISTEN_H
#define STY_SERVE_LISTEN_H

#include <uv.h>

#include "base/error.h"

struct listener;

/** A connection was accepted: `fd` is non-blocking and the callee's. */
typedef void (*listener_accept_fn)(int fd, void *data);

/**
 * Listen on an address or a name, which may mean several addresses: all of them get the same port. `port` 0: any free
 * one. STY_ERR_LISTEN: `err` says why not, and what to do. Accepting begins in the loop's next turn.
 */
int listener_create(uv_loop_t *loop, const char *host, int port, listener_accept_fn on_accept, void *data,
                    struct listener **out, struct sty_error *err);

/**
 * Accept on a socket that listens already, of whatever family. `fd` is stolen, also on failure. STY_ERR_LISTEN: it is
 * none.
 */
int listener_adopt(uv_loop_t *loop, int fd, listener_accept_fn on_accept, void *data, struct listener **out,
                   struct sty_error *err);

/** Accept again, after there was no descriptor left for a connection. */
void listener_resume(struct listener *listener);

/** The port; 0 for a socket that has none. */
int listener_port(const struct listener *listener);

/** Close; its handles close in the loop's next turns, and it releases itself then. NULL is allowed. */
void listener_destroy(struct listener *listener);

#endif
