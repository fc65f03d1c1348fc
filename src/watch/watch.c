#include "watch/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/ignore.h"
#include "base/log.h"
#include "watch/events.h"
#include "watch/state.h"

#define MS ((uint64_t)1000000) /* nanoseconds */

/* How long to wait for a file that is empty or gone: editors truncate and write, or move the old file away first. */
#define SETTLE_NS (50 * MS)

/* How long to wait after a removal: often the file is being renamed, or another one takes its place. */
#define GONE_NS (3 * MS)

/* A burst of changes, such as a checkout of another branch, is reported when nothing has happened for QUIET_NS, and
 * after LONGEST_BURST_NS at the latest. */
#define QUIET_NS (20 * MS)
#define LONGEST_BURST_NS (200 * MS)

/* More files than this at once are a burst: a person or an editor does not save so many together. */
#define BURST_FILES 4

/* How long to wait before looking again for a root that has gone. */
#define ROOT_RETRY_NS (200 * MS)

/* The clock of file stamps advances in steps of at most this. */
#define TICK_NS ((int64_t)(10 * MS))

#define DEFAULT_POLL_MS 200

/* -- turns of the loop -----------------------------------------------------------------------------------------------
 */

/* Whether a file may have been gone, empty or half written when somebody read it. */
static bool is_doubtful(const struct sty_watch *watch, const struct changed_file *file,
                        const struct sty_file_stamp *stamp, bool rewritten, uint64_t now) {
    bool gone = file->gone && stamp->inode != 0 && now < watch->read_ns;

    return gone ||
           (rewritten && stamp->ctime_ns >= watch->read_from_ns - TICK_NS && stamp->ctime_ns <= watch->read_until_ns);
}

/* The file is as it was, but somebody may have read it in between: then report it all the same. */
static void check_same(struct sty_watch *watch, struct changed_file *file, const struct sty_file_stamp *stamp,
                       bool rewritten, uint64_t now) {
    if (is_doubtful(watch, file, stamp, rewritten, now) && !watch->repeats) {
        file->missed = !file->pending || file->missed;
        changes_add(watch, file, file->gone ? STY_CHANGE_ADDED : STY_CHANGE_MODIFIED, stamp);
    }
}

static void check_file(struct sty_watch *watch, struct changed_file *file, uint64_t now) {
    struct sty_file_stamp stamp;
    enum snapshot_verdict verdict = SNAPSHOT_SAME;

    outside_prepare(watch, file->path);
    verdict = snapshot_check(watch->snapshot, file->path, file->settled, &stamp);
    switch (verdict) {
    case SNAPSHOT_EMPTY:
    case SNAPSHOT_GONE:
        file->settled = true;
        file->due_ns = now + SETTLE_NS;
        return;
    case SNAPSHOT_NOMEM:
        file->due_ns = now + SETTLE_NS;
        return;
    case SNAPSHOT_SAME:
    case SNAPSHOT_REWRITTEN:
        check_same(watch, file, &stamp, verdict == SNAPSHOT_REWRITTEN, now);
        break;
    case SNAPSHOT_MODIFIED:
        changes_add(watch, file, STY_CHANGE_MODIFIED, &stamp);
        break;
    case SNAPSHOT_ADDED:
        changes_add(watch, file, STY_CHANGE_ADDED, &stamp);
        break;
    case SNAPSHOT_REMOVED:
        changes_add(watch, file, STY_CHANGE_REMOVED, &stamp);
        break;
    }
    changes_unmark(watch, file);
}

static void on_timer(uv_timer_t *timer);

/* Whether a root has gone. No watch reports its return. */
static bool misses_root(const struct sty_watch *watch) {
    bool missing = false;

    for (size_t i = 0; !missing && i < watch->roots.count; i++) {
        missing = !tree_has(watch->tree, watch->roots.items[i]);
    }
    return missing;
}

/* Set the timer for the next poll. Events do not put it off. */
static void poll_later(struct sty_watch *watch) {
    if (!uv_is_active((uv_handle_t *)&watch->timer) || uv_timer_get_due_in(&watch->timer) > watch->poll_interval_ms) {
        uv_timer_start(&watch->timer, on_timer, watch->poll_interval_ms, 0);
    }
}

void watch_wake(struct sty_watch *watch, uint64_t wake_ns) {
    uint64_t now = uv_hrtime(), retry_ns = misses_root(watch) ? now + ROOT_RETRY_NS : UINT64_MAX;

    wake_ns = retry_ns < wake_ns ? retry_ns : wake_ns;
    for (struct changed_file *file = watch->changes; file != NULL; file = file->hh.next) {
        wake_ns = file->due_ns < wake_ns ? file->due_ns : wake_ns;
    }
    if (watch->polling || watch->lost) {
        poll_later(watch);
    } else if (wake_ns == UINT64_MAX) {
        uv_timer_stop(&watch->timer);
    } else {
        uv_update_time(watch->loop);
        uv_timer_start(&watch->timer, on_timer, wake_ns > now ? (wake_ns - now + MS - 1) / MS : 0, 0);
    }
}

static bool is_only_gone(const struct sty_watch *watch) {
    bool gone = true;

    for (const struct changed_file *file = watch->changes; gone && file != NULL; file = file->hh.next) {
        gone = !file->pending || file->kind == STY_CHANGE_REMOVED;
    }
    return gone;
}

/* When to report the pending changes: a few changes after a pause are reported at once. */
static uint64_t emit_time(struct sty_watch *watch, uint64_t now, bool active) {
    bool burst = watch->pending_count > BURST_FILES || now - watch->activity_ns < QUIET_NS;

    if (watch->pending_count == 0) {
        return UINT64_MAX;
    }
    if (watch->burst_ns == 0 && !burst) {
        return is_only_gone(watch) ? watch->seen_ns + GONE_NS : now;
    }
    if (watch->burst_ns == 0) {
        watch->burst_ns = now;
    }
    if (active) {
        watch->activity_ns = now;
    }
    if (now - watch->burst_ns >= LONGEST_BURST_NS) {
        return now;
    }
    return watch->activity_ns + QUIET_NS;
}

/* Compare the files that are due, and report what has changed. */
static void process(struct sty_watch *watch) {
    uint64_t now = uv_hrtime();
    struct changed_file *file = NULL, *next = NULL;
    bool active = false;
    uint64_t emit_ns = 0;

    HASH_ITER(hh, watch->changes, file, next) {
        if (file->due_ns <= now) {
            size_t before = watch->pending_count;
            check_file(watch, file, now);
            active = active || watch->pending_count != before;
        }
    }
    if (active && watch->seen_ns == 0) {
        watch->seen_ns = now;
    }
    emit_ns = emit_time(watch, now, active);
    if (emit_ns <= now) {
        watch->activity_ns = now;
        emit_ns = changes_emit(watch) ? UINT64_MAX : now + QUIET_NS;
    }
    if (!watch->closing) {
        watch_wake(watch, emit_ns);
    }
}

/* -- trees ------------------------------------------------------------------------------------------------------------
 */

static void mark_found(const char *path, enum tree_kind kind, void *data) {
    if (kind != TREE_FILE) {
        outside_follow_link(data, path);
    }
    if (kind != TREE_LINK_TO_DIRECTORY) {
        changes_mark(data, path, 0);
    }
}

/* Watch a directory that exists, perhaps only since a moment ago, and mark what is in it. */
static void visit(struct sty_watch *watch, const char *directory) {
    polling_if_refused(watch, tree_add(watch->tree, directory, mark_found, watch));
}

static void mark_known(struct sty_watch *watch, const char *directory, uint64_t delay_ns) {
    struct sty_strlist known = {0};

    watch->lost = !snapshot_list(watch->snapshot, directory, &known) || watch->lost;
    for (size_t i = 0; i < known.count; i++) {
        changes_mark(watch, known.items[i], delay_ns);
    }
    sty_strlist_finish(&known);
}

/* A whole directory has gone. No editor does that for a moment only, so its files are not waited for. */
static void mark_gone(struct sty_watch *watch, const char *directory) {
    struct sty_strlist known = {0};

    watch->lost = !snapshot_list(watch->snapshot, directory, &known) || watch->lost;
    for (size_t i = 0; i < known.count; i++) {
        struct changed_file *file = changes_mark(watch, known.items[i], 0);
        if (file != NULL) {
            file->settled = true;
        }
    }
    sty_strlist_finish(&known);
}

/* Events were lost, or there are none: compare everything. */
static void rescan(struct sty_watch *watch) {
    for (size_t i = 0; i < watch->roots.count; i++) {
        mark_known(watch, watch->roots.items[i], 0);
        visit(watch, watch->roots.items[i]);
    }
    outside_look(watch, "/");
}

/* A directory that lies beside followed files, or above them. */
static void handle_directory_outside(struct sty_watch *watch, const struct event *event, const char *path) {
    if (event->kinds & EVENT_APPEARED) {
        outside_look(watch, path);
    } else if (event->kinds & EVENT_GONE) {
        tree_forget(watch->tree, path);
        outside_look(watch, path);
        mark_known(watch, path, SETTLE_NS);
    }
}

static void handle_directory(struct sty_watch *watch, const struct event *event, const char *path) {
    if (sty_watch_ignores_directory(watch, path)) {
        return;
    }
    if (event->kinds & EVENT_APPEARED) {
        visit(watch, path);
        mark_known(watch, path, 0);
    } else if (event->kinds & EVENT_GONE) {
        tree_forget(watch->tree, path);
        mark_gone(watch, path);
    }
}

void watch_look_again(struct sty_watch *watch, const char *directory) {
    bool there = sty_path_is_directory(directory);

    if (tree_has(watch->tree, directory)) {
        tree_forget(watch->tree, directory);
        mark_known(watch, directory, there ? 0 : SETTLE_NS);
    }
    if (there && !sty_watch_ignores_directory(watch, directory)) {
        visit(watch, directory);
    }
}

/* The events about a link to a directory are those of a file. true: the path is, or was, such a link. */
static bool handle_link(struct sty_watch *watch, const struct event *event, const char *path) {
    bool came = event->kinds & EVENT_APPEARED, known = tree_has(watch->tree, path);
    struct stat info;

    if (came && lstat(path, &info) == 0 && S_ISLNK(info.st_mode)) {
        outside_follow_link(watch, path);
        came = sty_path_is_directory(path);
    } else {
        came = false;
    }
    if (came || known) {
        watch_look_again(watch, path);
    }
    if (known && !came) {
        rescan(watch); /* another link may lead to the same directory */
    }
    return came || known;
}

/* Wait if the file was created and not written yet, or is gone and may come back. */
static uint64_t delay_of(const struct event *event) {
    bool whole = event->kinds & (EVENT_WRITTEN | EVENT_DIRECTORY);

    return whole ? 0 : SETTLE_NS;
}

static void handle_file(struct sty_watch *watch, const struct event *event, const char *path) {
    if (!sty_ignore_file(event->name) && !handle_link(watch, event, path)) {
        struct changed_file *file = changes_mark(watch, path, delay_of(event));
        if (file != NULL) {
            file->gone = file->gone || (event->kinds & EVENT_GONE) != 0;
        }
    }
}

/* A watched directory itself was moved or removed, or the kernel has dropped its watch. */
static void handle_itself(struct sty_watch *watch, const struct event *event, const char *directory) {
    bool top = outside_contains(watch, directory) || sty_strlist_contains(&watch->roots, directory);

    if (top) {
        mark_known(watch, directory, SETTLE_NS);
    }
    if (event->kinds & EVENT_UNWATCHED) {
        tree_drop(watch->tree, event->watch);
    } else if (top) {
        tree_forget(watch->tree, directory);
    }
}

static void handle_event(const struct event *event, void *data) {
    struct sty_watch *watch = data;
    const char *directory = NULL; /* borrowed from the tree */
    char *path = NULL;            /* owned */
    bool outside = false;

    if (event->kinds & EVENT_LOST) {
        log_info("watch", "Too many changes at once; comparing everything");
        watch->rescanned = true;
        rescan(watch);
        return;
    }
    if ((directory = tree_path(watch->tree, event->watch)) == NULL) {
        return;
    }
    if (event->kinds & EVENT_ITSELF) {
        handle_itself(watch, event, directory);
        return;
    }
    if (event->name == NULL) {
        return;
    }
    if ((path = sty_path_join(directory, event->name)) == NULL) {
        watch->lost = true;
        return;
    }
    outside = outside_contains(watch, directory);
    if (outside && (event->kinds & EVENT_DIRECTORY)) {
        handle_directory_outside(watch, event, path);
    } else if (event->kinds & EVENT_DIRECTORY) {
        handle_directory(watch, event, path);
    } else if (!outside) {
        handle_file(watch, event, path);
    }
    outside_heard(watch, path, delay_of(event));
    sty_free(path);
}

/* Look for roots that had gone. */
static void find_roots(struct sty_watch *watch) {
    for (size_t i = 0; i < watch->roots.count; i++) {
        if (!tree_has(watch->tree, watch->roots.items[i])) {
            visit(watch, watch->roots.items[i]);
        }
    }
}

static void on_readable(uv_poll_t *handle, int status, int events) {
    struct sty_watch *watch = handle->data;

    events_read(tree_descriptor(watch->tree), handle_event, watch);
    if (!watch->polling) {
        find_roots(watch);
    }
    process(watch);
}

static void on_timer(uv_timer_t *timer) {
    struct sty_watch *watch = timer->data;

    if (watch->polling || watch->lost) {
        watch->rescanned = watch->rescanned || watch->lost;
        watch->lost = false;
        rescan(watch);
    } else {
        find_roots(watch);
    }
    process(watch);
}

void sty_watch_set_read(struct sty_watch *watch, bool read) {
    const bool before = watch->read_ns == UINT64_MAX;
    struct timespec time;
    int64_t now = 0;

    clock_gettime(CLOCK_REALTIME, &time);
    now = (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
    if (read && !before) {
        watch->read_from_ns = now;
        watch->read_until_ns = INT64_MAX;
    } else if (!read && before) {
        watch->read_until_ns = now;
    }
    watch->read_ns = read ? UINT64_MAX : uv_hrtime() + SETTLE_NS;
}

/* -- life
 * -------------------------------------------------------------------------------------------------------------- */

static void on_closed(uv_handle_t *handle) {
    struct sty_watch *watch = handle->data;

    if (--watch->open_handles > 0) {
        return;
    }
    changes_finish(watch);
    followed_finish(&watch->followed);
    tree_destroy(watch->tree);
    snapshot_destroy(watch->snapshot);
    sty_strlist_finish(&watch->roots);
    sty_strlist_finish(&watch->ignored);
    sty_free(watch);
}

void sty_watch_destroy(struct sty_watch *watch) {
    if (watch == NULL || watch->closing) {
        return;
    }
    watch->closing = true;
    uv_timer_stop(&watch->timer);
    uv_close((uv_handle_t *)&watch->timer, on_closed);
    if (watch->open_handles > 1) {
        uv_poll_stop(&watch->poll);
        uv_close((uv_handle_t *)&watch->poll, on_closed);
    }
}

static void learn_found(const char *path, enum tree_kind kind, void *data) {
    struct sty_watch *watch = data;

    if (kind != TREE_FILE) {
        outside_follow_link(watch, path);
    }
    if (kind != TREE_LINK_TO_DIRECTORY) {
        watch->lost = !snapshot_learn(watch->snapshot, path) || watch->lost;
    }
}

static int copy_paths(struct sty_strlist *out, const char *const *paths, size_t count, struct sty_error *err) {
    for (size_t i = 0; i < count; i++) {
        if (!sty_strlist_add(out, paths[i])) {
            return sty_error_nomem(err);
        }
    }
    return STY_OK;
}

static int scan_roots(struct sty_watch *watch, struct sty_error *err) {
    for (size_t i = 0; i < watch->roots.count; i++) {
        const char *root = watch->roots.items[i];
        if (access(root, R_OK | X_OK) != 0) {
            return sty_error_set_errno(err, errno, "cannot watch '%s'", root);
        }
        polling_if_blind(watch, root);
        polling_if_refused(watch, tree_add(watch->tree, root, learn_found, watch));
    }
    if (watch->lost) { /* a file that was not noted now could later disappear unnoticed */
        return sty_error_nomem(err);
    }
    return STY_OK;
}

static int start(struct sty_watch *watch, struct sty_error *err) {
    int status = STY_OK;

    watch->tree = tree_create(&watch->ignored, !watch->polling);
    watch->snapshot = snapshot_create();
    if (watch->tree == NULL || watch->snapshot == NULL) {
        return sty_error_nomem(err);
    }
    if (!watch->polling && tree_descriptor(watch->tree) < 0) {
        events_warn_none(errno, watch->poll_interval_ms);
        watch->polling = true;
    }
    if ((status = scan_roots(watch, err)) != STY_OK) {
        return status;
    }
    if (tree_descriptor(watch->tree) >= 0) {
        uv_poll_init(watch->loop, &watch->poll, tree_descriptor(watch->tree));
        watch->poll.data = watch;
        watch->open_handles++;
        uv_poll_start(&watch->poll, UV_READABLE, on_readable);
    }
    watch_wake(watch, UINT64_MAX);
    return STY_OK;
}

int sty_watch_create(uv_loop_t *loop, const struct sty_watch_options *options, sty_watch_fn on_change, void *data,
                     struct sty_watch **out, struct sty_error *err) {
    struct sty_watch *watch = sty_calloc(1, sizeof(*watch));
    int status = STY_OK;

    if (watch == NULL) {
        return sty_error_nomem(err);
    }
    watch->loop = loop;
    watch->on_change = on_change;
    watch->data = data;
    watch->polling = options->poll;
    watch->poll_interval_ms = options->poll_interval_ms > 0 ? options->poll_interval_ms : DEFAULT_POLL_MS;
    uv_timer_init(loop, &watch->timer);
    watch->timer.data = watch;
    watch->open_handles = 1;
    if ((status = copy_paths(&watch->roots, options->roots, options->root_count, err)) != STY_OK ||
        (status = copy_paths(&watch->ignored, options->ignored, options->ignored_count, err)) != STY_OK ||
        (status = start(watch, err)) != STY_OK) {
        sty_watch_destroy(watch);
        return status;
    }
    *out = watch;
    return STY_OK;
}

const char *sty_watch_method(const struct sty_watch *watch) {
    return watch->polling ? "polling" : "inotify";
}

size_t sty_watch_directory_count(const struct sty_watch *watch) {
    return tree_count(watch->tree);
}

bool sty_watch_ignores_directory(const struct sty_watch *watch, const char *path) {
    return tree_ignores(watch->tree, path);
}
