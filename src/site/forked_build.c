#include "site/forked_build.h"

#include <Python.h>

#include "base/alloc.h"
#include "base/pack.h"
#include "catalog/pack_unit.h"
#include "imports/pack_record.h"
#include "imports/sources.h"
#include "isolation/forks.h"
#include "isolation/job_process.h"
#include "isolation/runtime.h"
#include "site/assembly.h"
#include "site/findings.h"
#include "site/memory.h"

enum part { PART_PROGRESS = STY_FORK_OF_JOB, PART_START, PART_UNIT, PART_FOCUS, PART_ORDERED, PART_END };

/* -- the job ---------------------------------------------------------------------------------------------------------
 */

static void pack_job(const struct sty_build_plan *plan, struct sty_buf *out) {
    sty_pack_number(out, plan->whole);
    sty_pack_number(out, plan->in_order);
    sty_pack_number(out, plan->may_go_ahead);
    sty_pack_number(out, plan->tdom_known);
    sty_pack_number(out, plan->site);
    sty_pack_list(out, &plan->directories);
}

static void unpack_job(struct sty_unpack *from, struct sty_build_plan *plan) {
    *plan = (struct sty_build_plan){.remembered = true};
    plan->whole = sty_unpack_number(from) != 0;
    plan->in_order = sty_unpack_number(from) != 0;
    plan->may_go_ahead = sty_unpack_number(from) != 0;
    plan->tdom_known = sty_unpack_number(from) != 0;
    plan->site = (size_t)sty_unpack_number(from);
    sty_unpack_list(from, &plan->directories);
    from->failed = from->failed || (!plan->whole && plan->site >= plan->directories.count);
}

/* -- in the new process: what is found is sent -----------------------------------------------------------------------
 */

/* The receiver may be busy writing files. */
static int send_part(enum part part, struct sty_buf *body) {
    Py_BEGIN_ALLOW_THREADS(part == PART_END ? job_process_send_last : job_process_send)(part, body);
    Py_END_ALLOW_THREADS sty_buf_finish(body);
    return STY_OK;
}

static void send_progress(enum sty_build_step step, size_t count, size_t total, void *data) {
    struct sty_buf body = {0};

    sty_pack_number(&body, step);
    sty_pack_number(&body, count);
    sty_pack_number(&body, total);
    send_part(PART_PROGRESS, &body);
}

static int send_start(struct sty_build_start *start, void *data, struct sty_error *err) {
    struct sty_buf body = {0};

    sty_pack_text(&body, start->package_dir);
    sty_pack_text(&body, start->package_name);
    sty_pack_text(&body, start->python_version);
    sty_pack_text(&body, start->tdom_version);
    sty_static_files_pack(start->statics, start->static_count, &body);
    sty_pack_number(&body, start->documents != NULL);
    if (start->documents != NULL) {
        sty_pack_list(&body, start->documents);
    }
    return send_part(PART_START, &body);
}

static int send_unit(struct sty_unit *unit, void *data, struct sty_error *err) {
    struct sty_buf body = {0};

    sty_unit_pack(unit, &body);
    sty_unit_finish(unit);
    return send_part(PART_UNIT, &body);
}

static int send_focus(bool grows, void *data, struct sty_error *err) {
    struct sty_buf body = {0};

    sty_pack_number(&body, grows);
    return send_part(PART_FOCUS, &body);
}

static void send_ordered(void *data) {
    send_part(PART_ORDERED, &(struct sty_buf){0});
}

static void take_focus(struct sty_strlist *out, void *data) {
    job_process_take_wishes(out);
}

/* A file that user code has read or written: its uses, which are 0 after the last file. */
static void pack_data(const char *path, const struct sty_file_stamp *stamp, unsigned uses, void *data) {
    struct sty_buf *out = data;

    sty_pack_number(out, uses);
    sty_pack_text(out, path);
    sty_pack_stamp(out, stamp);
}

static int send_end(struct sty_build_end *end, void *data, struct sty_error *err) {
    struct sty_buf body = {0};

    sty_pack_number(&body, end->ahead);
    sty_pack_number(&body, end->tree_read);
    sty_pack_number(&body, end->paths_lead_in);
    sty_pack_number(&body, end->modules);
    sty_pack_number(&body, (uint64_t)end->discover_us);
    sty_pack_number(&body, (uint64_t)end->evaluate_us);
    sty_pack_list(&body, &end->environment);
    sty_import_record_pack(end->record, &body);
    sty_sources_each_data(pack_data, &body);
    sty_pack_number(&body, 0);
    return send_part(PART_END, &body);
}

void sty_build_run_forked(const struct sty_build_options *options, const char *job, size_t size) {
    const struct sty_findings to = {.take_focus = take_focus,
                                    .start = send_start,
                                    .unit = send_unit,
                                    .focus = send_focus,
                                    .ordered = send_ordered,
                                    .end = send_end};
    struct sty_unpack from = {.at = job, .end = job + size};
    struct sty_build_options mine = *options;
    struct sty_build_plan plan = {0};
    struct sty_error err = {0};
    int status = STY_OK;

    unpack_job(&from, &plan);
    mine.progress = send_progress;
    sty_runtime_set_interruptible(true);
    if (!sty_unpack_is_done(&from)) {
        status = sty_error_set(&err, STY_ERR_PROTOCOL, "a build's process cannot read its request");
    } else {
        status = sty_build_find(&mine, &plan, &to, &err);
    }
    sty_runtime_set_interruptible(false);
    if (status < 0) {
        struct sty_buf body = {0};
        sty_pack_error(&body, &err);
        job_process_send_last(STY_FORK_FAILED, &body);
    }
    job_process_end();
}

/* -- where the memory is: what comes is put together -----------------------------------------------------------------
 */

static int not_understood(struct sty_error *err) {
    return sty_error_set(err, STY_ERR_PROTOCOL, "the answer of a build's process is invalid");
}

static int take_start(struct sty_assembly *assembly, struct sty_unpack *from, struct sty_error *err) {
    char *texts[4]; /* owned */
    struct sty_build_start start = {0};
    struct sty_strlist documents = {0};
    int status = STY_OK;

    for (size_t i = 0; i < 4; i++) {
        texts[i] = sty_unpack_text(from);
    }
    sty_static_files_unpack(from, &start.statics, &start.static_count);
    if (sty_unpack_number(from) != 0) {
        sty_unpack_list(from, &documents);
        start.documents = &documents;
    }
    start.package_dir = texts[0];
    start.package_name = texts[1];
    start.python_version = texts[2];
    start.tdom_version = texts[3];
    status = sty_unpack_is_done(from) && texts[0] != NULL && texts[1] != NULL
                 ? sty_assembly_start(assembly, &start, err)
                 : not_understood(err);
    sty_static_files_finish(start.statics, start.static_count);
    sty_strlist_finish(&documents);
    for (size_t i = 0; i < 4; i++) {
        sty_free(texts[i]);
    }
    return status;
}

static int take_unit(struct sty_assembly *assembly, const struct sty_frame *frame, struct sty_error *err) {
    struct sty_unit unit;
    int status = sty_unit_unpack(frame->bytes, frame->size, &unit) ? sty_assembly_add(assembly, &unit, err)
                                                                   : not_understood(err);

    sty_unit_finish(&unit);
    return status;
}

struct data_file {
    char *path; /* owned */
    struct sty_file_stamp stamp;
    unsigned uses;
};

struct data_files {
    struct data_file *items;
    size_t count, capacity;
};

static void unpack_data(struct sty_unpack *from, struct data_files *out) {
    for (uint64_t uses = sty_unpack_number(from); uses != 0; uses = sty_unpack_number(from)) {
        struct data_file *grown = sty_grow(out->items, &out->capacity, out->count + 1, sizeof(*grown));
        struct data_file file = {.path = sty_unpack_text(from), .uses = (unsigned)uses};
        from->failed = from->failed || grown == NULL || file.path == NULL;
        if (from->failed) {
            sty_free(file.path);
            return;
        }
        sty_unpack_stamp(from, &file.stamp);
        out->items = grown;
        out->items[out->count++] = file;
    }
}

/* Everything is checked before any of it is taken over. */
static int take_end(struct sty_assembly *assembly, struct sty_unpack *from, struct sty_error *err) {
    struct sty_import_graph record = {0};
    struct sty_build_end end = {.record = &record};
    struct data_files files = {0};
    int status = STY_OK;

    end.ahead = sty_unpack_number(from) != 0;
    end.tree_read = sty_unpack_number(from) != 0;
    end.paths_lead_in = sty_unpack_number(from) != 0;
    end.modules = (size_t)sty_unpack_number(from);
    end.discover_us = (int64_t)sty_unpack_number(from);
    end.evaluate_us = (int64_t)sty_unpack_number(from);
    sty_unpack_list(from, &end.environment);
    sty_import_record_unpack(from, &record);
    unpack_data(from, &files);
    status = sty_unpack_is_done(from) ? sty_assembly_remember(assembly, &end, err) : not_understood(err);
    for (size_t i = 0; i < files.count; i++) {
        if (status == STY_OK) {
            sty_sources_take_data(files.items[i].path, &files.items[i].stamp, files.items[i].uses);
        }
        sty_free(files.items[i].path);
    }
    sty_free(files.items);
    sty_strlist_finish(&end.environment);
    sty_import_graph_finish(&record);
    return status;
}

static int take_progress(const struct sty_build_options *options, struct sty_unpack *from, struct sty_error *err) {
    uint64_t step = sty_unpack_number(from), count = sty_unpack_number(from), total = sty_unpack_number(from);

    if (!sty_unpack_is_done(from) || step > STY_BUILD_PAGES) {
        return not_understood(err);
    }
    if (options->progress != NULL) {
        options->progress((enum sty_build_step)step, (size_t)count, (size_t)total, options->data);
    }
    return STY_OK;
}

/* `*ended`: this was the last part. */
static int take_part(const struct sty_build_options *options, struct sty_assembly *assembly,
                     const struct sty_frame *frame, bool *ended, struct sty_error *err) {
    struct sty_unpack from = {.at = frame->bytes, .end = frame->bytes + frame->size};

    switch (frame->kind) {
    case STY_FORK_FAILED:
        *ended = true;
        sty_unpack_error(&from, err);
        return err->status != STY_OK ? err->status : not_understood(err);
    case PART_PROGRESS:
        return take_progress(options, &from, err);
    case PART_START:
        return take_start(assembly, &from, err);
    case PART_UNIT:
        return take_unit(assembly, frame, err);
    case PART_FOCUS:
        return sty_assembly_show_focus(assembly, sty_unpack_number(&from) != 0, err);
    case PART_ORDERED:
        *ended = true;
        sty_assembly_note_order(assembly);
        return STY_BUILD_AGAIN;
    case PART_END:
        *ended = true;
        return take_end(assembly, &from, err);
    default:
        return not_understood(err);
    }
}

/* The process has ended before the build was complete. */
static int explain_end(const struct sty_fork_fate *fate, struct sty_error *err) {
    if (fate->killed) {
        return sty_error_set(err, STY_ERR_CANCELLED, "the build was interrupted");
    }
    sty_error_set_code(
        err, STY_ERR_PYTHON, "STY402",
        "imported or rendered code ended the builder process %s during a build. The last good catalog is "
        "still served; the next save starts a new one",
        fate->what);
    return fate->by_force ? STY_BUILD_ENDED_BY_FORCE : err->status;
}

/* Pass on the pages that were requested meanwhile. */
static void forward_focus(struct sty_fork_server *server, struct sty_assembly *assembly) {
    struct sty_strlist fresh = {0};

    sty_assembly_take_focus(assembly, &fresh);
    if (fresh.count > 0) {
        sty_fork_server_wish(server, &fresh);
    }
    sty_strlist_finish(&fresh);
}

static bool accepts(const struct sty_strlist *loaded, void *data) {
    return sty_site_memory_accepts(data, loaded);
}

static int run(struct sty_fork_server *server, const struct sty_build_options *options, struct sty_assembly *assembly,
               struct sty_error *err) {
    struct sty_fork_job job = {.accepts = accepts, .data = options->memory};
    struct sty_fork_fate fate;
    struct sty_frame frame;
    bool ended = false;
    int status = STY_OK;

    sty_assembly_take_focus(assembly, &job.wishes);
    pack_job(sty_assembly_plan(assembly), &job.bytes);
    status = sty_fork_server_begin(server, &job, err);
    sty_buf_finish(&job.bytes);
    sty_strlist_finish(&job.wishes);
    while (status == STY_OK && !ended && sty_fork_server_next(server, &frame)) {
        forward_focus(server, assembly);
        status = take_part(options, assembly, &frame, &ended, err);
    }
    if (ended) {
        sty_fork_server_end(server, NULL);
    } else {
        if (status != STY_OK) {
            sty_fork_server_kill(server); /* its further findings are not needed */
        }
        sty_fork_server_end(server, &fate);
        status = status == STY_OK ? explain_end(&fate, err) : status;
    }
    return status == STY_OK ? sty_assembly_publish(assembly, err) : status;
}

int sty_build_in_process(struct sty_fork_server *server, const struct sty_build_options *options,
                         struct sty_build_result *out, struct sty_error *err) {
    struct sty_assembly *assembly = NULL;
    int status = STY_OK;

    *out = (struct sty_build_result){0};
    if (options->started != NULL) {
        options->started(options->data);
    }
    if ((status = sty_assembly_create(options, out, &assembly, err)) == STY_OK) {
        status = run(server, options, assembly, err);
    }
    sty_assembly_destroy(assembly);
    return status;
}
