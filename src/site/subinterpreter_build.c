/* sty_build_in_subinterpreter(): the pipeline as a job of the pool. */
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "isolation/subinterpreters.h"
#include "site/build.h"
#include "site/memory.h"

struct build_job {
    struct sty_build_options options; /* its texts are owned by `texts` */
    struct sty_strlist texts;
    sty_build_done_fn done;
    void *data;
    struct sty_build_result result;
};

static void job_destroy(struct build_job *job) {
    sty_build_result_finish(&job->result);
    sty_strlist_finish(&job->texts);
    sty_free(job);
}

/* A copy that owns its texts: package and OUT. NULL: no memory. */
static struct build_job *job_create(const struct sty_build_options *options, sty_build_done_fn done, void *data) {
    struct build_job *job = sty_calloc(1, sizeof(*job));
    bool copied = job != NULL && sty_strlist_add(&job->texts, options->package) &&
                  sty_strlist_add(&job->texts, options->output_dir);

    if (!copied) {
        if (job != NULL) {
            job_destroy(job);
        }
        return NULL;
    }
    job->options = *options;
    job->options.package = job->texts.items[0];
    job->options.output_dir = job->texts.items[1];
    job->done = done;
    job->data = data;
    return job;
}

/* Without a memory, no modules of the last build may be loaded. */
static bool job_accepts(const struct sty_strlist *loaded, void *data) {
    const struct build_job *job = data;

    return job->options.memory != NULL ? sty_site_memory_accepts(job->options.memory, loaded) : loaded->count == 0;
}

static int job_run(void *data, struct sty_error *err) {
    struct build_job *job = data;

    log_info("build", "Building %s in a subinterpreter", job->options.package);
    return sty_build_site(&job->options, &job->result, err);
}

static void job_done(int status, const struct sty_error *err, void *data) {
    struct build_job *job = data;
    const char *outcome = status == STY_OK ? "is done" : status == STY_BUILD_AGAIN ? "must start again" : "failed";

    log_info("build", "The build in a subinterpreter %s after %.1f ms", outcome,
             (double)job->result.stats.total_us / 1000);
    job->done(status, &job->result, err, job->data);
    job_destroy(job);
}

int sty_build_in_subinterpreter(struct sty_interpreter_pool *pool, const struct sty_build_options *options,
                                sty_build_done_fn done, void *data, const void **job, struct sty_error *err) {
    struct build_job *made = job_create(options, done, data);
    int status = STY_OK;

    if (made == NULL) {
        return sty_error_nomem(err);
    }
    if (job != NULL) {
        *job = made;
    }
    status = sty_interpreter_pool_submit(
        pool, &(struct sty_job){.run = job_run, .done = job_done, .accepts = job_accepts, .data = made, .wait = true},
        err);
    if (status != STY_OK) {
        job_destroy(made);
    }
    return status;
}
