#include "builder/build_once.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "base/exit_code.h"
#include "base/log.h"
#include "isolation/runtime.h"
#include "site/build.h"
#include "site/package.h"

static int report_failure(const struct sty_error *err) {
    sty_log_failure("build", err);
    return sty_exit_code_of(err->status);
}

static void report_faults(const struct sty_build_result *result, bool strict) {
    for (size_t i = 0; i < result->failures.count; i++) {
        sty_log(strict ? STY_LOG_ERROR : STY_LOG_WARNING, "build", "%s", result->failures.items[i]);
    }
    for (size_t i = 0; i < result->faults.count; i++) {
        log_error("build", "%s", result->faults.items[i]);
    }
}

static int build(const struct sty_builder_settings *settings, struct sty_error *err) {
    const struct sty_build_options wanted = {
        .package = settings->package,
        .output_dir = settings->output_dir,
        .static_dirs = settings->static_dirs,
        .with_assertions = settings->with_assertions,
        .without_llms = settings->without_llms,
        .force = settings->force,
        .globals = settings->globals,
        .compile_ahead = true,
        .leave_graph = true,
    };
    struct sty_build_result result = {0};
    int status = sty_build_site(&wanted, &result, err);
    bool faulty = result.fault_count > 0 || (settings->strict && result.failures.count > 0);
    int code = status != STY_OK ? report_failure(err) : faulty ? EXIT_FAULTS : EXIT_DONE;

    report_faults(&result, settings->strict);
    if (status == STY_OK) {
        log_info("build", "%zu %s on %zu pages, %zu %s written, %zu removed, in %.0f ms: %s", result.stats.stories,
                 result.stats.stories == 1 ? "story" : "stories", result.stats.rendered, result.written.count,
                 result.written.count == 1 ? "file" : "files", result.removed.count,
                 (double)result.stats.total_us / 1000, wanted.output_dir);
        log_debug("build", "discovered in %.1f ms, evaluated in %.1f ms, published in %.1f ms",
                  (double)result.stats.discover_us / 1000, (double)result.stats.evaluate_us / 1000,
                  (double)result.stats.publish_us / 1000);
    }
    sty_build_result_finish(&result);
    return code;
}

int sty_build_once(const struct sty_builder_settings *settings, const char *own_dir) {
    struct sty_package package = {0};
    struct sty_error err = {0};
    int status = STY_OK;
    int code = EXIT_DONE;

    signal(SIGINT, SIG_DFL); /* Ctrl-C ends the process at once; the published files are consistent at all times */
    sty_log_apply((enum sty_log_level)settings->log_level);
    if ((status = sty_package_resolve(settings->package, &package, &err)) >= 0) {
        const struct sty_runtime_options runtime = {.import_dir = package.import_dir, .own_dir = own_dir};
        status = sty_runtime_enter(&runtime, &err);
    }
    code = status < 0 ? report_failure(&err) : build(settings, &err);
    sty_package_finish(&package);
    sty_error_finish(&err);
    return code;
}
