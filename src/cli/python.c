#include "cli/python.h"

#include <ctype.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/path.h"
#include "cli/probe.h"

#define LEAST_MAJOR 3
#define LEAST_MINOR 14

static bool is_environment(const char *directory) {
    return sty_path_holds(directory, "pyvenv.cfg");
}

/* -- storytime's own package --------------------------------------------------------------------------------------- */

/* Find the Python package relative to the program: in a build directory, a virtual environment or another prefix, or as
 * Debian installs it. Owned; NULL: there is none. */
static char *find_own_package(const char *program) {
    static const char *const places[] = {
        "python/storytime",
        "../lib/python3.*/site-packages/storytime",
        "../lib64/python3.*/site-packages/storytime",
        "../lib/python3/dist-packages/storytime",
        "../lib/python3.*/dist-packages/storytime",
    };
    char *directory = sty_path_dirname(program); /* owned */
    char *found = NULL;

    for (size_t i = 0; directory != NULL && found == NULL && i < sizeof(places) / sizeof(*places); i++) {
        char *pattern = sty_asprintf("%s/%s/__init__.py", directory, places[i]); /* owned */
        glob_t matches = {0};
        if (pattern != NULL && glob(pattern, 0, NULL, &matches) == 0 && matches.gl_pathc > 0) {
            char *file = sty_path_absolute(matches.gl_pathv[0]); /* owned */
            found = file != NULL ? sty_path_dirname(file) : NULL;
            sty_free(file);
        }
        globfree(&matches);
        sty_free(pattern);
    }
    sty_free(directory);
    return found;
}

/* The program's own file, links followed. Owned; NULL: the system does not say. */
static char *own_program(void) {
    char path[PATH_MAX];
    size_t size = sizeof(path);

    return uv_exepath(path, &size) == 0 ? sty_strdup(path) : NULL;
}

/* -- whether one fits ---------------------------------------------------------------------------------------------- */

/* The state of the search. */
struct search {
    struct python_choice *choice;
    char *own_program; /* owned; may be NULL */
    char *own_package; /* owned; may be NULL */
    bool failed;       /* a candidate that had to fit does not */
};

static void note_misfit(struct search *search, const char *reason, const char *program, const char *why) {
    sty_strlist_take(&search->choice->tried, sty_asprintf("%s, %s: %s", reason, program, why));
}

static bool is_old(const char *version) {
    char *end = NULL;
    long major = strtol(version, &end, 10);
    long minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;

    return major < LEAST_MAJOR || (major == LEAST_MAJOR && minor < LEAST_MINOR);
}

/* Why the extension does not fit an interpreter, new; NULL: `*extension` is its file, new. */
static char *find_extension(const struct search *search, const struct probe *probe, char **extension) {
    char *path = NULL;

    if (search->own_package == NULL) {
        return sty_asprintf("storytime's Python package is missing beside the program %s; install storytime again",
                            search->own_program != NULL ? search->own_program : "");
    }
    path = sty_asprintf("%s/_native%s", search->own_package, probe->suffix);
    if (path == NULL || access(path, R_OK) != 0) {
        sty_free(path);
        return sty_asprintf("it is Python %s, and this storytime has no extension module for it ('%s')", probe->version,
                            probe->suffix);
    }
    *extension = path;
    return NULL;
}

/* Why an interpreter does not fit, new; NULL: it does, and the choice is filled in. */
static char *check(struct search *search, const char *program) {
    struct probe probe = {0};
    char *why = NULL;

    if (access(program, F_OK) != 0) {
        struct stat info;
        return sty_strdup(lstat(program, &info) == 0
                              ? "it links to a Python that no longer exists; create the environment again"
                              : "there is no such file");
    }
    if (sty_path_is_directory(program)) {
        return sty_strdup("it is a directory without a Python in it");
    }
    if ((why = probe_python(program, &probe)) != NULL) {
        return why;
    }
    if (strcmp(probe.implementation, "cpython") != 0) {
        why = sty_asprintf("it is %s, and storytime needs CPython", probe.implementation);
    } else if (is_old(probe.version) || probe.suffix == NULL) {
        why = sty_asprintf("it is Python %s, and storytime needs %d.%d or newer", probe.version, LEAST_MAJOR,
                           LEAST_MINOR);
    } else {
        why = find_extension(search, &probe, &search->choice->extension);
    }
    if (why == NULL) {
        search->choice->version = probe.version;
        probe.version = NULL;
    }
    probe_finish(&probe);
    return why;
}

/* The environment that an interpreter's path lies in, new; NULL: none. */
static char *environment_of(const char *program) {
    char *bin = sty_path_dirname(program);                        /* owned */
    char *directory = bin != NULL ? sty_path_dirname(bin) : NULL; /* owned */

    if (directory != NULL && !is_environment(directory)) {
        sty_free(directory);
        directory = NULL;
    }
    sty_free(bin);
    return directory;
}

/* Take an interpreter (owned) if it fits. `must`: if it does not, the search fails. true: the search is over. */
static bool take(struct search *search, const char *reason, char *program, bool must) {
    char *why = program != NULL ? check(search, program) : NULL;

    if (program == NULL) {
        return false;
    }
    if (why != NULL) {
        note_misfit(search, reason, program, why);
        search->failed = search->failed || must;
        sty_free(why);
        sty_free(program);
        return search->failed;
    }
    search->choice->program = program;
    search->choice->reason = reason;
    search->choice->environment = environment_of(program);
    return true;
}

/* -- candidates ---------------------------------------------------------------------------------------------------- */

/* An executable of the PATH, absolute, new; NULL: there is none. */
static char *find_on_path(const char *name) {
    const char *at = getenv("PATH");

    for (at = at != NULL ? at : "/usr/local/bin:/usr/bin:/bin"; *at != '\0'; at += *at == ':' ? 1 : 0) {
        size_t size = strcspn(at, ":");
        char *path = size > 0 ? sty_asprintf("%.*s/%s", (int)size, at, name) : NULL; /* owned */
        char *absolute =
            path != NULL && access(path, X_OK) == 0 && !sty_path_is_directory(path) ? sty_path_absolute(path) : NULL;
        sty_free(path);
        if (absolute != NULL) {
            return absolute;
        }
        at += size;
    }
    return NULL;
}

/* --python: an environment's directory, an interpreter's file, a name on the PATH, or a version: "3.15". New. */
static char *find_named(const char *named) {
    char *found = NULL;

    if (sty_path_is_directory(named)) {
        char *directory = sty_path_absolute(named); /* owned */
        found =
            directory != NULL ? sty_path_join(directory, sty_path_holds(directory, "bin") ? "bin/python" : "") : NULL;
        sty_free(directory);
        return found;
    }
    if (strchr(named, '/') == NULL && access(named, F_OK) != 0) {
        char *name = isdigit((unsigned char)named[0]) ? sty_asprintf("python%s", named) : sty_strdup(named); /* owned */
        found = name != NULL ? find_on_path(name) : NULL;
        sty_free(name);
    }
    return found != NULL ? found : sty_path_absolute(named);
}

static bool holds_environment(const char *directory) {
    return sty_path_holds(directory, ".venv/pyvenv.cfg");
}

/* The nearest `.venv` in a directory or above it, new. */
static char *find_above(const char *directory) {
    char *found = sty_path_nearest(directory, holds_environment); /* owned */
    char *environment = found != NULL ? sty_path_join(found, ".venv") : NULL;

    sty_free(found);
    return environment;
}

/* The interpreter of an environment, which is released. New. */
static char *python_in(char *environment) {
    char *python = environment != NULL ? sty_path_join(environment, "bin/python") : NULL;

    sty_free(environment);
    return python;
}

static bool take_active(struct search *search) {
    const char *active = getenv("VIRTUAL_ENV");

    if (active == NULL || active[0] == '\0') {
        return false;
    }
    if (!is_environment(active)) {
        note_misfit(search, "VIRTUAL_ENV", active, "it is not a virtual environment");
        return false;
    }
    return take(search, "VIRTUAL_ENV", python_in(sty_path_absolute(active)), true);
}

/* Try the interpreters beside the program. */
static bool take_own(struct search *search) {
    static const char *const names[] = {"python", "python3"};
    char *directory = search->own_program != NULL ? sty_path_dirname(search->own_program) : NULL; /* owned */
    bool done = false;

    for (size_t i = 0; directory != NULL && !done && i < 2; i++) {
        done = sty_path_holds(directory, names[i]) &&
               take(search, "storytime's own environment", sty_path_join(directory, names[i]), false);
    }
    sty_free(directory);
    return done;
}

/* Whether the file of an extension module bears the version of "python3.15". */
static bool has_extension_for(const struct search *search, const char *name) {
    const char *minor = strrchr(name, '.'); /* NULL: the name has none */
    char *pattern = minor != NULL && search->own_package != NULL
                        ? sty_asprintf("%s/_native.cpython-3%s*", search->own_package, minor + 1)
                        : NULL; /* owned */
    glob_t matches = {0};
    bool found = pattern != NULL && glob(pattern, 0, NULL, &matches) == 0;

    globfree(&matches);
    sty_free(pattern);
    return found;
}

static bool take_named(struct search *search, const char *name) {
    char *program = find_on_path(name);

    if (program == NULL) {
        sty_strlist_take(&search->choice->tried, sty_asprintf("PATH: no %s", name));
    }
    return take(search, "PATH", program, false);
}

/* Try those first whose names promise to fit, as starting one that does not costs 10 ms. */
static bool take_from_path(struct search *search) {
    static const char *const names[] = {"python3.15", "python3.14", "python3"};
    bool done = false;

    for (int likely = 1; !done && likely >= 0; likely--) {
        for (size_t i = 0; !done && i < sizeof(names) / sizeof(*names); i++) {
            done = has_extension_for(search, names[i]) == (likely == 1) && take_named(search, names[i]);
        }
    }
    return done;
}

static int no_python(const struct python_choice *choice, struct sty_error *err) {
    struct sty_buf text = {0};
    int status = STY_OK;

    sty_buf_printf(&text, "there is no Python to run your stories with; storytime needs CPython %d.%d or newer. Tried:",
                   LEAST_MAJOR, LEAST_MINOR);
    for (size_t i = 0; i < choice->tried.count; i++) {
        sty_buf_printf(&text, "\n- %s", choice->tried.items[i]);
    }
    sty_buf_add(&text, "\nCreate an environment with such a Python (`uv venv --python 3.14` or `python3.14 -m venv "
                       ".venv`), or name one with --python.");
    status = sty_error_set_code(err, STY_ERR_USAGE, "STY301", "%s", sty_buf_text(&text));
    sty_buf_finish(&text);
    return status;
}

int python_choose(const char *named, const char *naming, const char *package_dir, struct python_choice *out,
                  struct sty_error *err) {
    struct search search = {.choice = out, .own_program = own_program()};
    int status = STY_OK;
    bool done = false;

    *out = (struct python_choice){0};
    search.own_package = search.own_program != NULL ? find_own_package(search.own_program) : NULL;
    if (named != NULL) {
        done = take(&search, naming, find_named(named), true);
    } else {
        done = take_active(&search) ||
               take(&search, ".venv", python_in(find_above(package_dir != NULL ? package_dir : ".")), true) ||
               take_own(&search) || take_from_path(&search);
    }
    if (!done || search.failed) {
        status = no_python(out, err);
        python_choice_finish(out);
    }
    sty_free(search.own_package);
    sty_free(search.own_program);
    return status;
}

void python_choice_finish(struct python_choice *choice) {
    sty_free(choice->program);
    sty_free(choice->extension);
    sty_free(choice->version);
    sty_free(choice->environment);
    sty_strlist_finish(&choice->tried);
    *choice = (struct python_choice){0};
}

struct sty_builder_python python_of(const struct python_choice *choice) {
    return (struct sty_builder_python){.program = choice->program, .extension = choice->extension};
}
