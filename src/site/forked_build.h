/**
 * Builds in a process of their own (isolation/fork_server.h). Such a process sends its findings to the one that has the
 * memory, which assembles and publishes them. If it dies before it is done, nothing changes.
 */
#ifndef STY_SITE_FORKED_BUILD_H
#define STY_SITE_FORKED_BUILD_H

#include "isolation/fork_server.h"
#include "site/build.h"

/**
 * In the forked process: run the job of sty_build_in_process(), and end. `options` are the same, but their callbacks
 * are not used. Attached, on the main thread.
 */
_Noreturn void sty_build_run_forked(const struct sty_build_options *options, const char *job, size_t size);

/** An outcome of sty_build_in_process(): the process was killed, neither by user code nor by us. */
enum { STY_BUILD_ENDED_BY_FORCE = 2 };

/**
 * As sty_build_site(), with a memory, but in a process that is forked for it. STY_BUILD_ENDED_BY_FORCE: `err` is filled
 * in; another try may succeed. STY_ERR_PYTHON: user code has ended the process. STY_ERR_CANCELLED: it was killed by
 * sty_fork_server_kill(), abandoned, or interrupted. Not attached.
 */
int sty_build_in_process(struct sty_fork_server *server, const struct sty_build_options *options,
                         struct sty_build_result *out, struct sty_error *err);

#endif
