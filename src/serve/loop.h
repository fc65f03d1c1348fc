/**
 * libwebsockets on somebody else's libuv loop, by its interface for external polling: each of its descriptors gets a
 * uv_poll_t, and a timer wakes it for its time-outs. Its own event library for libuv is a plugin that a system may
 * lack. Inner header of src/serve; loop thread only.
 */
#ifndef STY_SERVE_LOOP_H
#define STY_SERVE_LOOP_H

#include <libwebsockets.h>
#include <uv.h>

struct loop_binding;

/** NULL: no memory. The loop is borrowed. `tick` is called once a second, from the start on. */
struct loop_binding *loop_binding_create(uv_loop_t *loop, void (*tick)(void *data), void *data);

/** Begin to wake the context for its time-outs. */
void loop_binding_start(struct loop_binding *binding, struct lws_context *context);

/** What lws's callback does for LWS_CALLBACK_ADD_POLL_FD and its kin. Nonzero: no memory. */
int loop_binding_handle(struct loop_binding *binding, enum lws_callback_reasons reason,
                        const struct lws_pollargs *args);

/** Let lws do what it has put off: what it has read but not parsed yet, time-outs that are over. */
void loop_binding_service(struct loop_binding *binding);

/** After the context is destroyed. Its handles close in the loop's next turns; it releases itself then. */
void loop_binding_destroy(struct loop_binding *binding);

#endif
