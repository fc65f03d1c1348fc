/**
 * The server's end of what answers /mcp: a process of its own (mcp/command.h), which starts with the first request and
 * is started again where it has ended. Each request is a line to it, each answer one from it. Loop thread only.
 */
#ifndef STY_MCP_RELAY_H
#define STY_MCP_RELAY_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "mcp/command.h"

struct sty_relay;

/** An HTTP status, a session's name (may be NULL) and a JSON text ("" where there is none), borrowed for the call. */
typedef void (*sty_relayed_fn)(unsigned status, const char *session, const char *body, size_t size, void *data);

/** The options' texts are borrowed while it lives. NULL: no memory. */
struct sty_relay *sty_relay_create(uv_loop_t *loop, const struct sty_mcp_options *options);

/**
 * Pass on a body that was posted, with the names of the session and of the protocol's version (may be NULL). `done`
 * runs once, later, unless the request is forgotten. Returns its number; 0: the body is no JSON, and `done` never runs.
 */
uint64_t sty_relay_ask(struct sty_relay *relay, const char *body, size_t size, const char *session, const char *version,
                       sty_relayed_fn done, void *data);

/** Nobody waits for a request any more: `done` does not run. */
void sty_relay_forget(struct sty_relay *relay, uint64_t request);

/** End the process; `closed` runs when all is released. No `done` runs any more. */
void sty_relay_destroy(struct sty_relay *relay, void (*closed)(void *data), void *data);

#endif
