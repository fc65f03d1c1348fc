/** A builder process and the socket to it. Private to src/builder; loop thread. */
#ifndef STY_BUILDER_CHILD_H
#define STY_BUILDER_CHILD_H

#include <stdbool.h>
#include <uv.h>

#include "builder/command.h"
#include "builder/protocol.h"

struct child;

struct child_callbacks {
    void (*on_message)(struct child *child, const struct sty_message *message, void *data); /* borrowed */
    /* The process has ended; `child` is released afterwards. `what`: "with exit code 1" or "by signal 11 (...)". */
    void (*on_exit)(struct child *child, const char *what, void *data);
    void *data;
};

/** Start a builder with these settings. STY_OK: `*out` is new. STY_ERR_IO: it can't be started. STY_ERR_NOMEM. */
int child_start(uv_loop_t *loop, const struct sty_builder_python *python, const struct sty_builder_settings *settings,
                const struct child_callbacks *callbacks, struct child **out, struct sty_error *err);

void child_send(struct child *child, const struct sty_message *message);

/** Handle messages that have arrived but that the loop has not come to yet. The end of the process is left to the loop.
 * Do not call it within a callback of this child. */
void child_hear(struct child *child);

/** Close the socket, which asks the process to end. */
void child_hang_up(struct child *child);

/** Kill the process and everything that it has started. */
void child_kill(struct child *child);

/** Let the process end by itself, and kill it if it has not after `timeout_ms`. */
void child_let_end(struct child *child, unsigned timeout_ms);

int child_pid(const struct child *child);

/** In on_exit: whether SIGKILL ended it. */
bool child_was_killed(const struct child *child);

/** In on_exit: whether it ended because it was not fit for another build (STY_BUILDER_EXIT_WORN). */
bool child_was_worn(const struct child *child);

#endif
