#include "cli/setup.h"

#include "base/alloc.h"
#include "base/path.h"

#define DEFAULT_OUTPUT "storytime-static"

/* Resolve the package on the command line, if there is one. */
static int resolve_named(const struct options *options, struct setup *out, struct sty_error *err) {
    const char *named = options->arguments.count > 0 ? options->arguments.items[0] : NULL;

    if (named == NULL) {
        return STY_OK;
    }
    out->package_name = sty_strdup(named);
    return out->package_name != NULL ? sty_package_resolve(named, &out->package, err) : sty_error_nomem(err);
}

static int resolve_configured(struct setup *out, struct sty_error *err) {
    if (out->package_name != NULL || out->configuration.package == NULL) {
        return STY_OK;
    }
    out->package_name = sty_strdup(out->configuration.package);
    return out->package_name != NULL ? sty_package_resolve(out->package_name, &out->package, err)
                                     : sty_error_nomem(err);
}

/* If the configuration names an interpreter, it replaces the one that has read the configuration. */
static int choose_again(const struct options *options, const char *before, struct setup *out, struct sty_error *err) {
    if (options->python == before) {
        return STY_OK;
    }
    python_choice_finish(&out->python);
    return python_choose(options->python, "python in pyproject.toml", NULL, &out->python, err);
}

static int apply_configuration(const struct command *command, struct options *options, const char *reader,
                               struct setup *out, struct sty_error *err) {
    int status = configuration_read(&out->configuration, reader, err);

    return status == STY_OK ? configuration_apply(&out->configuration, command, options, err) : status;
}

/* Whether the configuration names an interpreter, where no other was found. Any Python can read that. */
static bool names_python(const struct command *command, struct options *options, struct setup *out) {
    struct sty_error err = {0};
    int status = apply_configuration(command, options, "python3", out, &err);

    sty_error_finish(&err);
    return status == STY_OK && options->python != NULL;
}

int setup_find(const struct command *command, struct options *options, struct setup *out, struct sty_error *err) {
    const char *named = options->python;
    const char *where = NULL;
    bool configured = false;
    int status = STY_OK;

    *out = (struct setup){0};
    if ((status = resolve_named(options, out, err)) < 0) {
        return status;
    }
    where = out->package.directory != NULL ? out->package.directory : ".";
    configured = configuration_find(where, &out->configuration);
    status = python_choose(named, "--python", configured ? out->configuration.directory : where, &out->python, err);
    if (!configured || (status != STY_OK && named != NULL)) {
        return status;
    }
    if (status == STY_OK) {
        status = apply_configuration(command, options, out->python.program, out, err);
    } else if (names_python(command, options, out)) {
        sty_error_finish(err);
        status = STY_OK;
    }
    if (status != STY_OK || (status = resolve_configured(out, err)) < 0) {
        return status;
    }
    return choose_again(options, named, out, err);
}

char *built_output(const char *named, const struct configuration *configuration) {
    if (named != NULL) {
        return sty_strdup(named);
    }
    if (configuration->output_dir != NULL) {
        return sty_strdup(configuration->output_dir);
    }
    return configuration->directory != NULL ? sty_path_join(configuration->directory, DEFAULT_OUTPUT)
                                            : sty_strdup(DEFAULT_OUTPUT);
}

void setup_finish(struct setup *setup) {
    python_choice_finish(&setup->python);
    sty_package_finish(&setup->package);
    configuration_finish(&setup->configuration);
    sty_free(setup->package_name);
    *setup = (struct setup){0};
}
