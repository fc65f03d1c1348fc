#include "site/package.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/ignore.h"
#include "base/log.h"
#include "base/path.h"
#include "site/documents.h"
#include "site/links.h"
#include "site/static_dirs.h"

void sty_package_finish(struct sty_package *package) {
    sty_free(package->name);
    sty_free(package->directory);
    sty_free(package->import_dir);
    *package = (struct sty_package){0};
}

/* The dotted name of a directory's package: parent directories that are packages belong to it. */
static int name_directory(struct sty_package *package, struct sty_error *err) {
    char *parent = sty_path_dirname(package->directory); /* owned */
    char *name = sty_strdup(sty_path_basename(package->directory));

    while (parent != NULL && name != NULL && sty_path_holds(parent, "__init__.py") && strcmp(parent, "/") != 0) {
        char *longer = sty_asprintf("%s.%s", sty_path_basename(parent), name); /* owned */
        char *above = sty_path_dirname(parent);                                /* owned */
        sty_free(name);
        sty_free(parent);
        name = longer;
        parent = above;
    }
    package->name = name;
    package->import_dir = parent;
    return name == NULL || parent == NULL ? sty_error_nomem(err) : STY_OK;
}

/* The directory "a/b" below the current one for "a.b", if there is one. */
static char *dotted_directory(const char *package) {
    char *path = sty_strdup(package); /* owned */
    char *absolute = NULL;

    for (char *at = path; at != NULL && *at != '\0'; at++) {
        *at = *at == '.' ? '/' : *at;
    }
    absolute = path != NULL ? sty_path_absolute(path) : NULL;
    sty_free(path);
    if (absolute != NULL && !sty_path_is_directory(absolute)) {
        sty_free(absolute);
        absolute = NULL;
    }
    return absolute;
}

int sty_package_resolve(const char *package, struct sty_package *out, struct sty_error *err) {
    int status = STY_OK;

    *out = (struct sty_package){0};
    if (sty_path_is_directory(package)) {
        if ((out->directory = realpath(package, NULL)) == NULL) {
            return sty_error_set_errno(err, errno, "cannot read the directory '%s'", package);
        }
        status = name_directory(out, err);
    } else if (strchr(package, '/') != NULL || package[0] == '\0') {
        return sty_error_set_code(err, STY_ERR_USAGE, "STY104",
                                  access(package, F_OK) == 0 ? "'%s' is a file; name the directory of a package"
                                                             : "there is no directory '%s'",
                                  package);
    } else if ((out->directory = dotted_directory(package)) != NULL) {
        out->name = sty_strdup(package);
        out->import_dir = sty_path_absolute(".");
        status = out->name == NULL || out->import_dir == NULL ? sty_error_nomem(err) : STY_OK;
    } else {
        out->name = sty_strdup(package);
        status = out->name == NULL ? sty_error_nomem(err) : 1;
    }
    if (status < 0) {
        sty_package_finish(out);
    }
    return status;
}

bool sty_package_skips(const char *name) {
    return name[0] == '.' || strcmp(name, "__pycache__") == 0 || strcmp(name, "node_modules") == 0;
}

struct scan {
    const struct sty_package *package;
    const char *output_dir;
    struct sty_strlist *directories; /* the files' paths, until all have been found */
    struct sty_strlist *sources;     /* may be NULL */
    struct sty_strlist *documents;   /* may be NULL */
    struct sty_static_file *statics;
    size_t static_count, static_capacity;
    struct sty_entered *entered;
    struct linked *links; /* links to directories, which are entered last */
    size_t link_count, link_capacity;
    char *project;         /* owned; files in it may be published unasked */
    const char *published; /* the static directory being scanned, whose links may lead anywhere in it; NULL: none */
    struct sty_error *err;
};

/** A link to a directory, all owned. */
struct linked {
    char *path, *relative;
    char *published; /* NULL: outside of static directories */
};

static int add_static(struct scan *scan, const char *source, const char *path) {
    struct sty_static_file *grown =
        sty_grow(scan->statics, &scan->static_capacity, scan->static_count + 1, sizeof(*grown));

    if (grown == NULL) {
        return sty_error_nomem(scan->err);
    }
    scan->statics = grown;
    grown[scan->static_count++] = (struct sty_static_file){.source = sty_strdup(source), .path = sty_strdup(path)};
    return STY_OK;
}

static int scan_directory(struct scan *scan, const char *directory, const char *relative, const char *published);

/* `below`: its path below the package. */
static int add_source(struct scan *scan, const char *path, const char *below, const char *name) {
    size_t size = strlen(name);
    bool source = size > 3 && strcmp(name + size - 3, ".py") == 0;

    return (source && scan->sources != NULL && !sty_strlist_add(scan->sources, path)) ||
                   (strcmp(name, "stories.py") == 0 && !sty_strlist_add(scan->directories, below)) ||
                   (scan->documents != NULL && sty_document_is(name) && !sty_strlist_add(scan->documents, below))
               ? sty_error_nomem(scan->err)
               : STY_OK;
}

static char *place_below(const char *published, const char *name) {
    return published[0] != '\0' ? sty_asprintf("%s/%s", published, name) : sty_strdup(name);
}

/* Whether a link's target may be published: it is not outside of the project. */
static bool may_publish(const struct scan *scan, const char *link) {
    if (sty_path_leads_into(link, scan->project, scan->published)) {
        return true;
    }
    log_warning("build",
                "'%s' links to a place outside the project and is not published; to publish it, name its directory "
                "with --static-dir or in static-dirs of [tool.storytime]",
                link);
    return false;
}

/* Keep a link for later; all texts are copied. */
static int add_link(struct scan *scan, const char *path, const char *relative, const char *published) {
    struct linked *grown = NULL;

    if (sty_link_is_circle(path)) {
        log_warning("build", "'%s' links to a directory above itself and is not followed", path);
        return STY_OK;
    }
    if ((grown = sty_grow(scan->links, &scan->link_capacity, scan->link_count + 1, sizeof(*grown))) == NULL) {
        return sty_error_nomem(scan->err);
    }
    scan->links = grown;
    grown[scan->link_count++] = (struct linked){.path = sty_strdup(path),
                                                .relative = sty_strdup(relative),
                                                .published = published != NULL ? sty_strdup(published) : NULL};
    return STY_OK;
}

/* Scan a subdirectory; if it is a link, that is done after all real directories have been entered. */
static int scan_below(struct scan *scan, const char *path, bool link, const char *relative, const char *published) {
    return link ? add_link(scan, path, relative, published) : scan_directory(scan, path, relative, published);
}

/* One entry of a directory. `published`: within a static directory, the path below OUT of that directory; else NULL. */
static int scan_entry(struct scan *scan, const char *directory, const char *relative, const char *published,
                      const char *name) {
    const char *slash = relative[0] != '\0' ? "/" : "";
    char *path = sty_path_join(directory, name);                 /* owned */
    char *below = sty_asprintf("%s%s%s", relative, slash, name); /* owned */
    char *target = NULL;                                         /* owned */
    struct stat info;
    bool link = false;
    int status = STY_OK;

    if (path == NULL || below == NULL) {
        status = sty_error_nomem(scan->err);
    } else if (lstat(path, &info) != 0 || ((link = S_ISLNK(info.st_mode)) && stat(path, &info) != 0)) {
        status = STY_OK; /* it was just removed, or is a broken link */
    } else if (link && published != NULL && !may_publish(scan, path)) {
        status = STY_OK;
    } else if (S_ISREG(info.st_mode) && published != NULL && sty_ignore_file(name)) {
        status = STY_OK; /* what editors write beside a file */
    } else if (S_ISREG(info.st_mode) && published != NULL) {
        target = place_below(published, name);
        status = target == NULL ? sty_error_nomem(scan->err) : add_static(scan, path, target);
    } else if (S_ISDIR(info.st_mode) && published != NULL) {
        target = place_below(published, name);
        status = target == NULL ? sty_error_nomem(scan->err) : scan_below(scan, path, link, below, target);
    } else if (S_ISDIR(info.st_mode) && strcmp(name, "static") == 0) {
        target = sty_asprintf("static%s%s", slash, relative);
        status = target == NULL ? sty_error_nomem(scan->err) : scan_below(scan, path, link, below, target);
    } else if (S_ISDIR(info.st_mode)) {
        status = scan_below(scan, path, link, below, NULL);
    } else if (S_ISREG(info.st_mode)) {
        status = add_source(scan, path, below, name);
    }
    sty_free(target);
    sty_free(below);
    sty_free(path);
    return status;
}

static int scan_directory(struct scan *scan, const char *directory, const char *relative, const char *published) {
    struct sty_strlist names = {0};
    DIR *dir = NULL;
    struct dirent *entry = NULL;
    struct stat info;
    int status = STY_OK;

    if ((scan->output_dir != NULL && strcmp(directory, scan->output_dir) == 0) ||
        (relative[0] != '\0' && sty_path_holds(directory, "pyvenv.cfg"))) {
        return STY_OK;
    }
    if ((dir = opendir(directory)) == NULL || fstat(dirfd(dir), &info) != 0) {
        status = relative[0] == '\0'
                     ? sty_error_set_errno(scan->err, errno, "cannot read the directory '%s'", directory)
                     : STY_OK;
    } else if (sty_directory_enter(&scan->entered, &info)) {
        while ((entry = readdir(dir)) != NULL && status == STY_OK) {
            if (!sty_package_skips(entry->d_name) && !sty_strlist_add(&names, entry->d_name)) {
                status = sty_error_nomem(scan->err);
            }
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    sty_strlist_sort(&names);
    for (size_t i = 0; status == STY_OK && i < names.count; i++) {
        status = scan_entry(scan, directory, relative, published, names.items[i]);
    }
    sty_strlist_finish(&names);
    return status;
}

static void forget_links(struct scan *scan) {
    for (size_t i = 0; i < scan->link_count; i++) {
        sty_free(scan->links[i].path);
        sty_free(scan->links[i].relative);
        sty_free(scan->links[i].published);
    }
    sty_free(scan->links);
    scan->links = NULL;
    scan->link_count = scan->link_capacity = 0;
    sty_entered_finish(&scan->entered);
}

/* Scan a directory with everything below it, then the targets of links, which may contain links in turn. */
static int scan_tree(struct scan *scan, const char *directory, const char *published) {
    int status = scan_directory(scan, directory, "", published);

    for (size_t i = 0; status == STY_OK && i < scan->link_count; i++) {
        struct linked link = scan->links[i];
        status = link.path == NULL || link.relative == NULL
                     ? sty_error_nomem(scan->err)
                     : scan_directory(scan, link.path, link.relative, link.published);
    }
    forget_links(scan);
    return status;
}

/* Compare paths so that a slash sorts before everything else. */
static int compare_files(const void *a, const void *b) {
    const unsigned char *one = *(const unsigned char *const *)a, *other = *(const unsigned char *const *)b;

    while (*one != '\0' && *one == *other) {
        one++;
        other++;
    }
    return (*one == '/' ? 1 : *one) - (*other == '/' ? 1 : *other);
}

void sty_package_order_directories(struct sty_strlist *files) {
    sty_strlist_drop_index(files);
    if (files->count > 1) {
        qsort(files->items, files->count, sizeof(*files->items), compare_files);
    }
    for (size_t i = 0; i < files->count; i++) {
        char *slash = strrchr(files->items[i], '/');
        *(slash != NULL ? slash : files->items[i]) = '\0';
    }
}

/* Links are followed; what a static directory holds is published below its place. */
static int scan_static_dir(struct scan *scan, const char *text) {
    struct sty_static_dir directory = {0};
    int status = sty_static_dir_split(text, &directory, scan->err);

    if (status == STY_OK && !sty_path_is_directory(directory.from)) {
        status = sty_error_set_code(scan->err, STY_ERR_USAGE, "STY105",
                                    "the directory '%s', published at '/%s', no longer exists", directory.from,
                                    directory.to);
    }
    if (status == STY_OK) {
        char *real = realpath(directory.from, NULL); /* from malloc */
        scan->published = real;
        status = scan_tree(scan, directory.from, directory.to);
        scan->published = NULL;
        free(real);
    }
    sty_static_dir_finish(&directory);
    return status;
}

static int compare_statics(const void *a, const void *b) {
    return strcmp(((const struct sty_static_file *)a)->path, ((const struct sty_static_file *)b)->path);
}

static int compare_path(const void *path, const void *file) {
    return strcmp(path, ((const struct sty_static_file *)file)->path);
}

const struct sty_static_file *sty_static_file_find(const struct sty_static_file *files, size_t count,
                                                   const char *path) {
    return count > 0 ? bsearch(path, files, count, sizeof(*files), compare_path) : NULL;
}

const struct sty_static_file *sty_static_file_above(const struct sty_static_file *files, size_t count,
                                                    const char *path) {
    char *above = sty_strdup(path); /* owned; cut at each slash in turn */
    const struct sty_static_file *found = NULL;

    for (char *slash = above != NULL ? strchr(above, '/') : NULL; slash != NULL && found == NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        found = sty_static_file_find(files, count, above);
        *slash = '/';
    }
    sty_free(above);
    return found;
}

/* A static directory may be given twice, or be published at its place anyway: keep each file once. */
static void drop_repeated(struct scan *scan) {
    size_t kept = 0;

    for (size_t i = 0; i < scan->static_count; i++) {
        struct sty_static_file *file = &scan->statics[i], *before = kept > 0 ? &scan->statics[kept - 1] : NULL;
        if (before != NULL && strcmp(before->path, file->path) == 0 && strcmp(before->source, file->source) == 0) {
            sty_free(file->path);
            sty_free(file->source);
        } else {
            scan->statics[kept++] = *file;
        }
    }
    scan->static_count = kept;
}

/* Check that no two files have the same place, and none is where another one needs a directory. */
static int check_places(const struct scan *scan) {
    for (size_t i = 0; i < scan->static_count; i++) {
        const struct sty_static_file *file = &scan->statics[i];
        const struct sty_static_file *other =
            i > 0 && strcmp(file->path, file[-1].path) == 0
                ? &file[-1]
                : sty_static_file_above(scan->statics, scan->static_count, file->path);
        if (other != NULL) {
            return sty_error_set_code(scan->err, STY_ERR_REFUSED, "STY204",
                                      "two files would be published at '%s': '%s' and '%s'; rename one, or "
                                      "publish one of their directories elsewhere",
                                      other->path, other->source, file->source);
        }
    }
    return STY_OK;
}

int sty_package_scan(const struct sty_package *package, const char *output_dir, struct sty_strlist *directories,
                     struct sty_strlist *sources, struct sty_strlist *documents, struct sty_static_file **statics,
                     size_t *static_count, struct sty_error *err) {
    struct scan scan = {.package = package,
                        .output_dir = output_dir,
                        .directories = directories,
                        .sources = sources,
                        .documents = documents,
                        .err = err};
    int status = (scan.project = sty_project_directory(package->directory)) == NULL
                     ? sty_error_nomem(err)
                     : scan_tree(&scan, package->directory, NULL);

    for (size_t i = 0; status == STY_OK && package->static_dirs != NULL && i < package->static_dirs->count; i++) {
        status = scan_static_dir(&scan, package->static_dirs->items[i]);
    }
    sty_package_order_directories(directories);
    if (documents != NULL) {
        sty_strlist_sort(documents);
    }
    sty_free(scan.project);
    if (scan.static_count > 1) {
        qsort(scan.statics, scan.static_count, sizeof(*scan.statics), compare_statics);
    }
    drop_repeated(&scan);
    *statics = scan.statics;
    *static_count = scan.static_count;
    return status == STY_OK ? check_places(&scan) : status;
}

/* -- one file ------------------------------------------------------------------------------------------------------ */

/* The path of a file relative to a directory, borrowed; NULL: it is not in there. */
static const char *path_below(const char *path, const char *directory) {
    size_t size = strlen(directory);

    return strncmp(path, directory, size) == 0 && path[size] == '/' ? path + size + 1 : NULL;
}

/* Whether a scan skips a file, or a directory below `top` that it lies in. */
static bool is_skipped(const char *top, const char *below) {
    bool skipped = false;

    for (const char *at = below; !skipped && *at != '\0';) {
        size_t size = strcspn(at, "/");
        char *name = sty_strndup(at, size);                                                   /* owned */
        char *path = sty_asprintf("%s/%.*s", top, (int)((size_t)(at - below) + size), below); /* owned */
        skipped = name == NULL || path == NULL || sty_package_skips(name) || sty_path_holds(path, "pyvenv.cfg");
        sty_free(path);
        sty_free(name);
        at += size + (at[size] == '/' ? 1 : 0);
    }
    return skipped;
}

/* The place of a file in the package: below the first directory called `static`. New; NULL: it has none. */
static char *place_in_package(const char *below) {
    for (const char *at = below; at != NULL; at = strchr(at, '/')) {
        at += *at == '/' ? 1 : 0;
        if (strncmp(at, "static/", 7) == 0) {
            return sty_asprintf("static/%.*s%s", (int)(at - below), below, at + 7);
        }
    }
    return NULL;
}

static void add_place(char *found, char **place, size_t *count) {
    if (found != NULL) {
        sty_free(*place);
        *place = found;
        ++*count;
    }
}

bool sty_package_has(const char *package_dir, const char *output_dir, const char *path) {
    const char *below = path_below(path, package_dir);
    char *place = below != NULL ? place_in_package(below) : NULL; /* owned */
    bool elsewhere = place != NULL || (output_dir != NULL && sty_path_is_within(path, output_dir));

    sty_free(place);
    return below != NULL && !elsewhere && !is_skipped(package_dir, below) && sty_path_is_plain_file(path);
}

enum sty_static_place sty_package_static_place(const char *package_dir, const struct sty_strlist *static_dirs,
                                               const char *path, char **place) {
    const char *below = path_below(path, package_dir);
    size_t count = 0;

    *place = NULL;
    if (below != NULL && !is_skipped(package_dir, below)) {
        add_place(place_in_package(below), place, &count);
    }
    for (size_t i = 0; static_dirs != NULL && i < static_dirs->count; i++) {
        struct sty_static_dir directory = {0};
        if (sty_static_dir_split(static_dirs->items[i], &directory, NULL) != STY_OK) {
            count = 2; /* no memory */
        } else if ((below = path_below(path, directory.from)) != NULL && !is_skipped(directory.from, below)) {
            add_place(place_below(directory.to, below), place, &count);
        }
        sty_static_dir_finish(&directory);
    }
    if (count == 1 && sty_path_is_plain_file(path)) {
        return STY_STATIC_PLACE;
    }
    sty_free(*place);
    *place = NULL;
    return count == 0 ? STY_STATIC_NOWHERE : STY_STATIC_UNKNOWN;
}
