/**
 * A live catalog: watcher, builder and server, introduced to each other. Owns their order of start and end.
 */
#ifndef STY_APP_APP_H
#define STY_APP_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "base/error.h"

struct sty_app;
struct sty_supervisor;

struct sty_app_options {
    const char *package; /* dotted name or directory */
    const char *package_dir; /* absolute directory of the package: what is watched */
    const char *output_dir;
    const char *python; /* may be NULL */
    bool use_subinterpreters; /* false by default */
    const char *isolation;    /* "auto", "subinterpreters" or "process"; NULL: auto */
    const char *host;
    int port;
    const char *const *allowed_hosts;
    size_t allowed_host_count;
    bool with_assertions;
    bool poll;
    bool force;
    unsigned build_timeout_ms;
};

/** Build the parts; nothing runs yet. `*out` is new. Loop thread only, as all below. */
int sty_create_app(uv_loop_t *loop, const struct sty_app_options *options, struct sty_app **out, struct sty_error *err);

/**
 * Start: the builder with its pool, the first build, then the watcher; the server listens from the beginning. `ready` runs
 * once, after the first build (whether or not it succeeded), with the URL.
 */
int sty_app_start(struct sty_app *app, void (*ready)(const char *url, void *data), void *data, struct sty_error *err);

/** Stop: first the watcher, then the builder with its pool, then the server; `stopped` runs when all is closed. */
void sty_app_stop(struct sty_app *app, void (*stopped)(void *data), void *data);

/** The builder that holds the pool; NULL before the start. Borrowed. */
struct sty_supervisor *sty_app_pool(struct sty_app *app);

void sty_app_destroy(struct sty_app *app);

#endif
