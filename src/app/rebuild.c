#include "app/rebuild.h"

#include "base/alloc.h"
#include "base/log.h"

struct sty_rebuild {
    struct sty_watch *watch;
    struct sty_rebuild_callbacks callbacks;
};

static void log_changes(const struct sty_change_set *changes) {
    static const char *const words[] = {"changed", "added", "removed"};

    if (changes->count == 1) {
        log_info("watch", "%s %s: rebuilding", changes->items[0].path, words[changes->items[0].kind]);
    } else {
        log_info("watch", "%zu files changed, among them %s: rebuilding", changes->count, changes->items[0].path);
    }
}

static void build(struct sty_rebuild *rebuild, const struct sty_change_set *changes) {
    struct sty_error err = {0};

    log_changes(changes);
    if (rebuild->callbacks.build_off_loop != NULL) {
        rebuild->callbacks.build_off_loop(changes, rebuild->callbacks.data);
    } else {
        int status = rebuild->callbacks.build(changes, rebuild->callbacks.data, &err);
        sty_rebuild_finished(rebuild, status, &err);
    }
    sty_error_finish(&err);
}

static void on_change(const struct sty_change_set *changes, void *data) {
    struct sty_rebuild *rebuild = data;
    struct sty_change_set now = *changes;
    struct sty_change *rest = sty_calloc(changes->count, sizeof(*rest)); /* owned */

    if (rest != NULL && rebuild->callbacks.hold != NULL) {
        now.count = rebuild->callbacks.hold(changes, rest, rebuild->callbacks.data);
        now.items = rest;
    }
    if (now.count > 0) {
        build(rebuild, &now);
    }
    sty_free(rest);
}

int sty_watch_and_rebuild(uv_loop_t *loop, const struct sty_watch_options *options,
                          const struct sty_rebuild_callbacks *callbacks, struct sty_rebuild **out,
                          struct sty_error *err) {
    struct sty_rebuild *rebuild = sty_calloc(1, sizeof(*rebuild));
    int status = STY_OK;

    if (rebuild == NULL) {
        return sty_error_nomem(err);
    }
    rebuild->callbacks = *callbacks;
    if ((status = sty_watch_create(loop, options, on_change, rebuild, &rebuild->watch, err)) != STY_OK) {
        sty_free(rebuild);
        return status;
    }
    *out = rebuild;
    return STY_OK;
}

void sty_rebuild_finished(struct sty_rebuild *rebuild, int status, const struct sty_error *err) {
    if (status == STY_OK) {
        rebuild->callbacks.published(rebuild->callbacks.data);
    } else if (status != STY_ERR_CANCELLED) {
        sty_log_failure("build", err);
    }
}

struct sty_watch *sty_rebuild_watch(const struct sty_rebuild *rebuild) {
    return rebuild->watch;
}

void sty_rebuild_destroy(struct sty_rebuild *rebuild) {
    if (rebuild != NULL) {
        sty_watch_destroy(rebuild->watch);
        sty_free(rebuild);
    }
}
