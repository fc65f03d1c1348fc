/**
 * Passes requests to /mcp on to the process that answers them (mcp/command.h). The process starts with the first
 * request, and again if it has ended. Each request is a line to it, and each answer a line from it. Loop thread only.
 */
#ifndef STY_MCP_RELAY_H
#define STY_MCP_RELAY_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "mcp/command.h"

struct sty_relay;

/** An HTTP status, a session's name (may be NULL) and a JSON text (may be ""), borrowed for the call. */
typedef void (*sty_relayed_fn)(unsigned status, const char *session, const char *body, size_t size, void *data);

/** Create a relay; its process does not run yet. The options' texts are borrowed while it lives. NULL: no memory. */
struct sty_relay *sty_relay_create(uv_loop_t *loop, const struct sty_mcp_options *options);

/**
 * Pass on the body of a POST, with the names of the session and of the protocol's version (may be NULL). `done` runs
 * once, later, unless the request is forgotten. Returns its number; 0: the body is no JSON, or there is no memory, and
 * `done` never runs.
 */
uint64_t sty_relay_ask(struct sty_relay *relay, const char *body, size_t size, const char *session, const char *version,
                       sty_relayed_fn done, void *data);

/** Forget a request that nobody waits for any more: `done` does not run. */
void sty_relay_forget(struct sty_relay *relay, uint64_t request);

/** End the process and release everything; `closed` runs when that is done. No `done` runs any more. */
void sty_relay_destroy(struct sty_relay *relay, void (*closed)(void *data), void *data);

#endif
