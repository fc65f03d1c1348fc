#include "site/build.h"

#include <Python.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/path.h"
#include "pages/pages.h"
#include "python/py_error.h"
#include "python/runtime.h"
#include "site/evaluate.h"
#include "site/publish.h"

PyMODINIT_FUNC PyInit_storytime(void);
PyMODINIT_FUNC PyInit_tdom(void);

static int64_t now_us(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

const struct sty_builtin_module *sty_site_modules(void) {
    static const struct sty_builtin_module modules[] = {
        {.name = "storytime", .init = PyInit_storytime},
        {.name = "tdom", .init = PyInit_tdom, .fallback = true},
        {0},
    };

    return modules;
}

void sty_build_result_finish(struct sty_build_result *result) {
    sty_strlist_finish(&result->written);
    sty_strlist_finish(&result->removed);
    sty_strlist_finish(&result->faults);
    sty_strlist_finish(&result->failures);
    *result = (struct sty_build_result){0};
}

/* -- evaluation: all units into a catalog ------------------------------------------------------------------------- */

static int fill_units(struct evaluator *evaluator, const struct discovery *found, struct sty_catalog *catalog,
                      struct sty_error *err) {
    int status = STY_OK;

    for (size_t i = 0; status == STY_OK && i < found->count; i++) {
        struct sty_unit unit;
        status = evaluate_unit(evaluator, &found->items[i], &unit, err);
        if (status == STY_OK) {
            status = sty_catalog_put(catalog, &unit, err);
        }
        sty_unit_finish(&unit);
    }
    return status;
}

static int fill_catalog(const struct module_state *state, const struct sty_package *package, struct discovery *found,
                        bool with_assertions, struct sty_catalog *catalog, struct sty_error *err) {
    struct evaluator evaluator;
    const char *version = Py_GetVersion();
    int status = evaluator_init(&evaluator, state, package, found->site, with_assertions, err);

    if (status == STY_OK) {
        catalog->package = sty_strdup(package->name);
        catalog->python_version = sty_strndup(version, strcspn(version, " "));
        catalog->tdom_version = evaluator_tdom_version(&evaluator);
        catalog->statics = found->statics;
        catalog->static_count = found->static_count;
        found->statics = NULL;
        found->static_count = 0;
        status = fill_units(&evaluator, found, catalog, err);
    }
    evaluator_finish(&evaluator);
    return status == STY_OK ? sty_catalog_link(catalog, err) : status;
}

/* -- publishing: not attached, plain C ----------------------------------------------------------------------------- */

static int publish_page(const struct sty_catalog *catalog, const struct sty_page *page,
                        struct sty_publication *publication, struct sty_buf *buffer, struct sty_error *err) {
    int status = STY_OK;

    sty_buf_clear(buffer);
    if ((status = sty_page_render(catalog, page, buffer, err)) != STY_OK) {
        return status;
    }
    return sty_publication_add(publication, page->path, sty_buf_text(buffer), buffer->size, err);
}

static bool is_focus(const struct sty_build_options *options, const char *path) {
    for (size_t i = 0; i < options->focus_count; i++) {
        if (strcmp(options->focus[i], path) == 0) {
            return true;
        }
    }
    return false;
}

/* The pages that somebody looks at, visible at once; undone if the rest can't be published. */
static int publish_focus(const struct sty_catalog *catalog, const struct sty_page_list *pages,
                         const struct sty_build_options *options, struct sty_publication *publication,
                         struct sty_buf *buffer, struct sty_build_result *result, struct sty_error *err) {
    int status = STY_OK;

    for (size_t i = 0; status == STY_OK && i < pages->count; i++) {
        if (is_focus(options, pages->items[i].path)) {
            status = publish_page(catalog, &pages->items[i], publication, buffer, err);
        }
    }
    if (status == STY_OK) {
        status = sty_publication_show(publication, &result->written, err);
    }
    if (status == STY_OK && result->written.count > 0 && options->focus_published != NULL) {
        options->focus_published(&result->written, options->data);
    }
    return status;
}

static int publish_all(const struct sty_catalog *catalog, const struct sty_page_list *pages,
                       struct sty_publication *publication, struct sty_buf *buffer, struct sty_build_result *result,
                       struct sty_error *err) {
    int status = STY_OK;

    for (size_t i = 0; status == STY_OK && i < pages->count; i++) {
        status = publish_page(catalog, &pages->items[i], publication, buffer, err);
    }
    for (size_t i = 0; status == STY_OK && i < catalog->static_count; i++) {
        status = sty_publication_add_file(publication, catalog->statics[i].path, catalog->statics[i].source, err);
    }
    return status == STY_OK ? sty_publication_commit(publication, &result->written, &result->removed, err) : status;
}

static int publish(const struct sty_catalog *catalog, const struct sty_build_options *options,
                   struct sty_build_result *result, struct sty_error *err) {
    struct sty_publication *publication = NULL;
    struct sty_page_list pages = {0};
    struct sty_buf buffer = {0};
    int status = sty_pages_list(catalog, &pages, err);

    result->stats.pages = pages.count;
    if (status == STY_OK) {
        status = sty_publication_begin(options->output_dir, options->force, &publication, err);
    }
    if (status == STY_OK && options->focus_count > 0) {
        status = publish_focus(catalog, &pages, options, publication, &buffer, result, err);
    }
    if (status == STY_OK) {
        status = publish_all(catalog, &pages, publication, &buffer, result, err);
    }
    sty_publication_destroy(publication);
    sty_buf_finish(&buffer);
    sty_page_list_finish(&pages);
    return status;
}

static bool is_asset(const char *path) {
    return strncmp(path, "static/", 7) == 0 ||
           (strncmp(path, "_storytime/", 11) == 0 && strcmp(path, "_storytime/navigation.js") != 0);
}

static void note_kinds(const struct sty_strlist *paths, struct sty_build_result *result) {
    for (size_t i = 0; i < paths->count; i++) {
        result->navigation_changed =
            result->navigation_changed || strcmp(paths->items[i], "_storytime/navigation.js") == 0;
        result->assets_changed = result->assets_changed || is_asset(paths->items[i]);
    }
}

/* -- faults, for logs -----------------------------------------------------------------------------------------------
 */

static void note_fault(const struct sty_fault *fault, const char *where, struct sty_build_result *result) {
    struct sty_buf text = {0};

    if (fault == NULL) {
        return;
    }
    result->fault_count++;
    sty_buf_printf(&text, "%s: %s", where, fault->type != NULL ? fault->type : "error");
    if (fault->file != NULL) {
        sty_buf_printf(&text, " in %s, line %d", fault->file, fault->line);
    }
    sty_buf_printf(&text, ": %s", fault->message != NULL ? fault->message : "");
    if (fault->traceback != NULL) {
        sty_buf_printf(&text, "\n%s", fault->traceback);
    }
    if (fault->message != NULL && strstr(fault->message, "does not support loading in subinterpreters") != NULL) {
        result->refused_subinterpreters = true;
    }
    sty_strlist_take(&result->faults, sty_buf_steal(&text));
    sty_buf_finish(&text);
}

static void note_failures(const struct sty_node *node, const struct sty_story *story, struct sty_build_result *result) {
    for (size_t i = 0; i < story->assertion_count; i++) {
        const struct sty_assertion *assertion = &story->assertions[i];
        if (assertion->result != STY_ASSERTION_PASSED) {
            sty_strlist_take(&result->failures, sty_asprintf("%s: story '%s': %s: %s", node->file, story->title,
                                                             assertion->name, assertion->message));
        }
    }
}

static void note_faults(const struct sty_catalog *catalog, struct sty_build_result *result) {
    for (size_t i = 0; i < catalog->unit_count; i++) {
        for (size_t n = 0; n < catalog->units[i].node_count; n++) {
            const struct sty_node *node = catalog->units[i].nodes[n];
            note_fault(node->fault, node->file, result);
            for (size_t s = 0; s < node->story_count; s++) {
                note_fault(node->stories[s].fault, node->stories[s].title, result);
                note_failures(node, &node->stories[s], result);
            }
        }
    }
}

/* -- the pipeline ---------------------------------------------------------------------------------------------------
 */

static int build_package(const struct module_state *state, const struct sty_package *package,
                         const struct sty_build_options *options, struct sty_build_result *out, struct sty_error *err) {
    char *output_dir = sty_path_absolute(options->output_dir); /* owned */
    struct discovery found = {0};
    struct sty_catalog catalog = {0};
    int64_t begin = now_us();
    int64_t discovered = begin, evaluated = begin;
    int status = output_dir == NULL ? sty_error_nomem(err) : discover(state, package, output_dir, &found, err);

    discovered = evaluated = now_us();
    if (status == STY_OK) {
        status = fill_catalog(state, package, &found, options->with_assertions, &catalog, err);
        evaluated = now_us();
    }
    if (status == STY_OK) {
        note_faults(&catalog, out);
        out->stats.stories = sty_catalog_story_count(&catalog);
    }
    if (status == STY_OK && !(out->refused_subinterpreters && options->stop_when_refused)) {
        if (options->publishing != NULL) {
            options->publishing(options->data);
        }
        Py_BEGIN_ALLOW_THREADS status = publish(&catalog, options, out, err);
        Py_END_ALLOW_THREADS note_kinds(&out->written, out);
        note_kinds(&out->removed, out);
    }
    discovery_finish(&found);
    sty_catalog_finish(&catalog);
    sty_free(output_dir);
    out->stats.discover_us = discovered - begin;
    out->stats.evaluate_us = evaluated - discovered;
    out->stats.publish_us = now_us() - evaluated;
    out->stats.total_us = now_us() - begin;
    return status;
}

/* An exception that no code of the user's has raised: what all Python code lives on has been changed. */
static void explain_damage(struct sty_error *err) {
    struct sty_error damage = {0};

    if (err->status == STY_ERR_PYTHON && err->file == NULL && err->code == NULL) {
        sty_error_set_code(&damage, STY_ERR_PYTHON, "STY304",
                           "Python does not work any more as it must (%s: %s): has code of yours changed builtins, "
                           "sys.modules, sys.path or how modules are imported?",
                           err->type != NULL ? err->type : "error", sty_error_message(err));
        sty_error_move(err, &damage);
    }
}

int sty_build_site(const struct sty_build_options *options, struct sty_build_result *out, struct sty_error *err) {
    struct sty_package package = {0};
    const struct module_state *state = NULL;
    int status = STY_OK;

    *out = (struct sty_build_result){0};
    if (options->started != NULL) {
        options->started(options->data);
    }
    if ((state = nodes_module_state()) == NULL) {
        return sty_py_error_take(NULL, err);
    }
    if ((status = discover_package(options->package, &package, err)) == STY_OK) {
        status = build_package(state, &package, options, out, err);
        if (status != STY_OK && err != NULL) {
            explain_damage(err);
        }
    }
    sty_package_finish(&package);
    return status;
}
