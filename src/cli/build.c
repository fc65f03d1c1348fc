#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cli/command.h"
#include "isolation/runtime.h"
#include "site/build.h"
#include "site/package.h"

static int exit_code_of(int status) {
    return status == STY_ERR_USAGE || status == STY_ERR_REFUSED ? EXIT_USAGE : EXIT_FAULTS;
}

static int report_failure(const struct sty_error *err) {
    sty_log_failure("build", err);
    return exit_code_of(err->status);
}

static void report_faults(const struct sty_build_result *result, bool strict) {
    for (size_t i = 0; i < result->failures.count; i++) {
        sty_log(strict ? STY_LOG_ERROR : STY_LOG_WARNING, "build", "%s", result->failures.items[i]);
    }
    for (size_t i = 0; i < result->faults.count; i++) {
        log_error("build", "%s", result->faults.items[i]);
    }
}

static int build(const struct options *options, struct sty_error *err) {
    const struct sty_build_options wanted = {
        .package = options->arguments.items[0],
        .output_dir = options->arguments.items[1],
        .with_assertions = !options->no_assertions,
        .force = options->force,
        .compile_ahead = true,
    };
    struct sty_build_result result = {0};
    int status = sty_build_site(&wanted, &result, err);
    bool faulty = result.fault_count > 0 || (options->strict && result.failures.count > 0);
    int code = status != STY_OK ? report_failure(err) : faulty ? EXIT_FAULTS : EXIT_DONE;

    report_faults(&result, options->strict);
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

static int run(struct options *options) {
    struct sty_package package = {0};
    struct sty_error err = {0};
    int code = EXIT_DONE;
    int status = sty_package_resolve(options->arguments.items[0], &package, &err);

    if (status >= 0) {
        const struct sty_runtime_options runtime = {
            .python = options->python,
            .package_dir = package.directory,
            .import_dir = package.import_dir,
            .modules = sty_site_modules(),
        };
        status = sty_runtime_start(&runtime, &err);
    }
    if (status < 0) {
        code = report_failure(&err);
    } else {
        code = build(options, &err);
        sty_runtime_stop();
    }
    sty_package_finish(&package);
    sty_error_finish(&err);
    return code;
}

static const struct option_spec build_options[] = {
    {"--no-with-assertions", NULL, OPTION_FLAG, offsetof(struct options, no_assertions), NULL,
     "do not run the stories' assertions"},
    {"--strict", NULL, OPTION_FLAG, offsetof(struct options, strict), NULL,
     "assertions that fail are errors: exit with 1"},
    {"--force", NULL, OPTION_FLAG, offsetof(struct options, force), NULL,
     "write into an OUT that storytime did not write"},
    {"--python", NULL, OPTION_TEXT, offsetof(struct options, python), "PATH", "the virtual environment, or its python"},
    {"--verbose", "-v", OPTION_FLAG, offsetof(struct options, verbose), NULL, "say more"},
    {"--quiet", "-q", OPTION_FLAG, offsetof(struct options, quiet), NULL, "say nothing but warnings and errors"},
    {0},
};

const struct command build_command = {
    .name = "build",
    .arguments = "PACKAGE OUT",
    .least = 2,
    .most = 2,
    .summary = "Write the catalog of a package as a directory of static files.",
    .help = "PACKAGE is a directory or a dotted name. OUT is made if need be; only files that changed are\n"
            "written, and only files that storytime wrote are ever removed. A broken story gets an error\n"
            "page; the exit code is then 1. The build runs directly in this process.\n\n"
            "  storytime build my_project/stories public\n",
    .options = build_options,
    .run = run,
};
