#include "python/environment.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"

static bool is_file(const char *directory, const char *name) {
    char *path = sty_path_join(directory, name); /* owned */
    bool found = path != NULL && access(path, F_OK) == 0;

    sty_free(path);
    return found;
}

static bool is_environment(const char *directory) {
    return is_file(directory, "pyvenv.cfg");
}

/* The value of a key of pyvenv.cfg, new; NULL where there is none. */
static char *config_value(const char *text, const char *key) {
    size_t length = strlen(key);

    for (const char *line = text; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
        const char *at = line + strspn(line, "\n \t");
        line = at;
        if (strncasecmp(at, key, length) != 0) {
            continue;
        }
        at += length;
        at += strspn(at, " \t");
        if (*at == '=') {
            at += 1 + strspn(at + 1, " \t");
            return sty_strndup(at, strcspn(at, "\r\n \t"));
        }
    }
    return NULL;
}

/* "3.14.2" belongs to "3.14", "3.140" does not. */
static bool version_matches(const char *full, const char *version) {
    size_t length = strlen(version);

    return strncmp(full, version, length) == 0 && !isdigit((unsigned char)full[length]);
}

static int check_version(const char *directory, const char *version, struct sty_error *err) {
    char *path = sty_path_join(directory, "pyvenv.cfg"); /* owned */
    struct sty_buf text = {0};
    char *found = NULL; /* owned */
    int status = path == NULL ? sty_error_nomem(err) : sty_path_read_file(path, &text, err);

    if (status != STY_OK) {
        goto done;
    }
    if ((found = config_value(sty_buf_text(&text), "version")) == NULL) {
        found = config_value(sty_buf_text(&text), "version_info"); /* as uv and virtualenv write it */
    }
    if (found != NULL && !version_matches(found, version)) {
        status =
            sty_error_set_code(err, STY_ERR_USAGE, "STY301",
                               "the virtual environment '%s' is made for Python %s, but storytime runs Python %s; make "
                               "another with Python %s, or name one with --python",
                               directory, found, version, version);
    }
done:
    sty_free(found);
    sty_free(path);
    sty_buf_finish(&text);
    return status;
}

/* --python: the directory of an environment, or an interpreter in its bin/. An interpreter outside of one means none.
 */
static int find_named(const char *python, char **out, struct sty_error *err) {
    char *absolute = sty_path_absolute(python);                       /* owned */
    char *bin = absolute != NULL ? sty_path_dirname(absolute) : NULL; /* owned */
    char *parent = bin != NULL ? sty_path_dirname(bin) : NULL;        /* owned */
    int status = STY_OK;

    if (parent == NULL) {
        status = sty_error_nomem(err);
    } else if (is_environment(absolute)) {
        *out = absolute;
        absolute = NULL;
    } else if (is_environment(parent)) {
        *out = parent;
        parent = NULL;
    } else if (access(absolute, X_OK) != 0 || is_file(absolute, ".")) {
        status = sty_error_set_code(err, STY_ERR_USAGE, "STY302",
                                    "'%s' is neither a virtual environment nor a Python interpreter", python);
    }
    sty_free(parent);
    sty_free(bin);
    sty_free(absolute);
    return status;
}

/* The nearest `.venv` in a directory or above it. */
static char *find_above(const char *directory) {
    char *at = sty_path_absolute(directory); /* owned */

    while (at != NULL) {
        char *candidate = sty_path_join(at, ".venv"); /* owned */
        char *parent = NULL;
        if (candidate != NULL && is_environment(candidate)) {
            sty_free(at);
            return candidate;
        }
        sty_free(candidate);
        parent = strcmp(at, "/") == 0 ? NULL : sty_path_dirname(at);
        sty_free(at);
        at = parent;
    }
    return NULL;
}

int sty_environment_find(const char *python, const char *package_dir, const char *version, char **out,
                         struct sty_error *err) {
    const char *active = getenv("VIRTUAL_ENV");
    int status = STY_OK;

    *out = NULL;
    if (python != NULL) {
        status = find_named(python, out, err);
    } else if (active != NULL && is_environment(active)) {
        *out = sty_path_absolute(active);
    } else if (package_dir != NULL) {
        *out = find_above(package_dir);
    }
    if (status == STY_OK && *out != NULL && (status = check_version(*out, version, err)) != STY_OK) {
        sty_free(*out);
        *out = NULL;
    }
    return status;
}
