/**
 * A build in a process of its own (isolation/fork_server.h): what it finds travels to the process that has the memory,
 * which puts it together and publishes it. A build that dies on the way changes nothing.
 */
#ifndef STY_SITE_FORKED_BUILD_H
#define STY_SITE_FORKED_BUILD_H

#include "isolation/fork_server.h"
#include "site/build.h"

/**
 * In the new process: do what sty_build_in_process() asks for, and end. `options`: as there, but that the calls and the
 * focus are not used. Attached, on the main thread.
 */
_Noreturn void sty_build_run_forked(const struct sty_build_options *options, const char *job, size_t size);

/** A named outcome of sty_build_in_process(): something else than user code, and us, has killed the process. */
enum { STY_BUILD_ENDED_BY_FORCE = 2 };

/**
 * As sty_build_site(), with a memory, in a process that is forked for it. STY_BUILD_ENDED_BY_FORCE: `err` is filled in;
 * another try may do better. STY_ERR_PYTHON: user code has ended it. STY_ERR_CANCELLED: sty_fork_server_kill() has, or
 * the build was interrupted. Not attached.
 */
int sty_build_in_process(struct sty_fork_server *server, const struct sty_build_options *options,
                         struct sty_build_result *out, struct sty_error *err);

#endif
