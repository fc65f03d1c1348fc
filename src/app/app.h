/**
 * A live catalog: connects watcher, builder and server, and starts and ends them in the right order.
 */
#ifndef STY_APP_APP_H
#define STY_APP_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "base/error.h"
#include "builder/command.h"

struct sty_app;
struct sty_supervisor;

struct sty_app_options {
    const char *package;     /* dotted name or directory; texts are borrowed while the app lives */
    const char *package_dir; /* absolute, the directory to watch; NULL: the builder reports it */
    const char *output_dir;
    const struct sty_strlist *static_dirs; /* as src/site/static_dirs.h has them; may be NULL */
    struct sty_builder_python python;      /* runs user code */
    bool use_subinterpreters;              /* false: builds run directly, in an interpreter where modules stay loaded */
    const char *isolation;                 /* with use_subinterpreters: "auto" (NULL), "subinterpreters" or "process" */
    const char *host;
    int port;
    int socket; /* instead of both: a descriptor that is already listening, stolen; 0: none */
    const char *const *allowed_hosts;
    size_t allowed_host_count;
    const struct sty_strlist *cors_origins; /* as src/serve/server.h has them; borrowed, may be NULL */
    bool with_assertions;
    bool without_llms; /* no llms.txt */
    bool poll;
    bool force;
    unsigned build_timeout_ms;
};

/** Callbacks of the app, on the loop's thread. */
struct sty_app_callbacks {
    void (*listening)(const char *url, void *data); /* once, when the URL can be opened; may be NULL */
    void (*ready)(const char *url, void *data);     /* once, after the first build, whether or not it succeeded */
    void (*failed)(const struct sty_error *err, void *data); /* the app can't go on; `err` is borrowed */
    void *data;
};

/** Create an app; nothing runs yet. `*out` is new. Loop thread only, like everything below. */
int sty_create_app(uv_loop_t *loop, const struct sty_app_options *options, struct sty_app **out, struct sty_error *err);

/**
 * Start: the server listens, the builder starts with its pool, the watcher begins as soon as the package's directory is
 * known, and the first build runs. STY_ERR_LISTEN: cannot listen on the address. After a failure, call sty_app_stop().
 */
int sty_app_start(struct sty_app *app, const struct sty_app_callbacks *callbacks, struct sty_error *err);

/** Stop the watcher, then the builder with its pool, then the server. `stopped` runs when the app is released. */
void sty_app_stop(struct sty_app *app, void (*stopped)(void *data), void *data);

/** The supervisor of the builder, whose process has the pool. Borrowed; NULL before the start. */
struct sty_supervisor *sty_app_pool(struct sty_app *app);

#endif
