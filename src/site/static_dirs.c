#include "site/static_dirs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/path.h"

/* The last ":/"; NULL: there is none, so all of the text is FROM. */
static const char *find_colon(const char *text) {
    const char *found = NULL;

    for (const char *at = strstr(text, ":/"); at != NULL; at = strstr(at + 1, ":/")) {
        found = at;
    }
    return found;
}

void sty_static_dir_finish(struct sty_static_dir *directory) {
    sty_free(directory->from);
    sty_free(directory->to);
    *directory = (struct sty_static_dir){0};
}

int sty_static_dir_split(const char *text, struct sty_static_dir *out, struct sty_error *err) {
    const char *colon = find_colon(text);
    const char *to = colon != NULL ? colon + 1 : "/";
    size_t size = 0;

    to += strspn(to, "/");
    for (size = strlen(to); size > 0 && to[size - 1] == '/'; size--) {
    }
    out->from = colon != NULL ? sty_strndup(text, (size_t)(colon - text)) : sty_strdup(text);
    out->to = sty_strndup(to, size);
    if (out->from == NULL || out->to == NULL) {
        sty_static_dir_finish(out);
        return sty_error_nomem(err);
    }
    return STY_OK;
}

/* Whether TO is a place that can be published and requested: no hidden directory, and no name that URLs or browsers
 * change. */
static bool is_good_place(const char *to) {
    while (*to != '\0') {
        size_t size = strcspn(to, "/");
        if (size == 0 || to[0] == '.') {
            return false;
        }
        to += size + (to[size] == '/' ? 1 : 0);
    }
    return true;
}

static int check(const char *text, const struct sty_static_dir *directory, struct sty_error *err) {
    if (strpbrk(directory->to, "?#%\\\n\"'()<> ") != NULL || !is_good_place(directory->to)) {
        return sty_error_set_code(
            err, STY_ERR_USAGE, "STY105",
            "'%s' is not a valid static directory: TO must be a path in the catalog such as /static, "
            "without spaces, %% or parts that begin with a dot",
            text);
    }
    if (!sty_path_is_directory(directory->from)) {
        return sty_error_set_code(
            err, STY_ERR_USAGE, "STY105",
            "'%s' is not a valid static directory: there is no directory '%s'; write FROM:TO, where TO "
            "begins with a slash, as in app/static:/static",
            text, directory->from);
    }
    return STY_OK;
}

/* Resolve links, so that the files have the paths that the watcher reports. */
static int resolve(struct sty_static_dir *directory, struct sty_error *err) {
    char *joined = sty_path_absolute(directory->from);           /* owned */
    char *real = joined != NULL ? realpath(joined, NULL) : NULL; /* owned; from malloc */

    if (joined == NULL) {
        return sty_error_nomem(err);
    }
    sty_free(directory->from);
    directory->from = sty_strdup(real != NULL ? real : joined);
    free(real);
    sty_free(joined);
    return directory->from == NULL ? sty_error_nomem(err) : STY_OK;
}

int sty_static_dirs_add(struct sty_strlist *list, const char *text, struct sty_error *err) {
    struct sty_static_dir directory = {0};
    int status = sty_static_dir_split(text, &directory, err);

    if (status == STY_OK && (status = resolve(&directory, err)) == STY_OK &&
        (status = check(text, &directory, err)) == STY_OK &&
        !sty_strlist_take(list, sty_asprintf("%s:/%s", directory.from, directory.to))) {
        status = sty_error_nomem(err);
    }
    sty_static_dir_finish(&directory);
    return status;
}

int sty_static_dirs_roots(const struct sty_strlist *directories, struct sty_strlist *out, struct sty_error *err) {
    int status = STY_OK;

    for (size_t i = 0; status == STY_OK && directories != NULL && i < directories->count; i++) {
        struct sty_static_dir directory = {0};
        if ((status = sty_static_dir_split(directories->items[i], &directory, err)) == STY_OK &&
            !sty_strlist_add(out, directory.to)) {
            status = sty_error_nomem(err);
        }
        sty_static_dir_finish(&directory);
    }
    return status;
}
