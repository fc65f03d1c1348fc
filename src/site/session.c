#include "site/session.h"

#include <Python.h>
#include <string.h>

#include "base/alloc.h"
#include "base/html_escape.h"
#include "base/path.h"
#include "catalog/catalog.h"
#include "pages/pages.h"
#include "python/outside_text.h"
#include "python/py_error.h"
#include "site/controls.h"
#include "site/discover.h"
#include "site/documents.h"
#include "site/component_result.h"
#include "site/evaluate.h"
#include "site/routes.h"
#include "site/static_dirs.h"

struct sty_session {
    const struct sty_session_options *options;
    struct sty_package package;
    const struct module_state *state;
    struct discovery found;
    PyObject *lists; /* for each item of `found`, a list of (story, subject); None: not evaluated yet */
    struct evaluator evaluator;
    struct sty_catalog catalog;
    bool ready; /* the site is loaded */
};

/* -- the tree, as far as pages were asked for ---------------------------------------------------------------------- */

static int scan(struct sty_session *self, struct sty_error *err) {
    int status = discovery_scan(&self->package, self->options->output_dir, false, &self->found, err);

    if (status == STY_OK && sty_static_dirs_roots(self->options->static_dirs, &self->catalog.static_roots, err) < 0) {
        return err->status;
    }
    self->catalog.package = sty_strdup(self->package.name);
    self->catalog.statics = self->found.statics;
    self->catalog.static_count = self->found.static_count;
    self->found.statics = NULL;
    self->found.static_count = 0;
    self->lists = PyList_New(0);
    for (size_t i = 0; self->lists != NULL && i < self->found.count; i++) {
        if (PyList_Append(self->lists, Py_None) != 0) {
            Py_CLEAR(self->lists);
        }
    }
    if (status == STY_OK && self->lists == NULL) {
        return sty_py_error_take(NULL, err);
    }
    if (status == STY_OK) {
        status = sty_documents_load(self->package.directory, &self->found.documents, &self->catalog, err);
    }
    return status;
}

/* Import one `stories.py` and list its stories, without rendering any. */
static int take_up(struct sty_session *self, size_t item, struct sty_error *err) {
    struct sty_unit unit = {0};
    PyObject *list = NULL; /* new */
    int status = discovery_load(self->state, &self->package, &self->found, item, err);

    if (status == STY_OK) {
        status = discovery_seat(self->state, &self->package, &self->found, item, err);
    }
    if (status == STY_OK && self->found.items[item].directory[0] == '\0') {
        status = evaluator_init(&self->evaluator, self->state, &self->package, self->found.site, false, err);
    }
    if (status != STY_OK) {
        return status;
    }
    if ((list = PyList_New(0)) == NULL) {
        return sty_py_error_take(NULL, err);
    }
    self->evaluator.unrendered = list;
    if ((status = evaluate_unit(&self->evaluator, &self->found.items[item], &unit, err)) == STY_OK) {
        status = sty_catalog_put(&self->catalog, &unit, err);
    }
    self->evaluator.unrendered = NULL;
    sty_unit_finish(&unit);
    PyList_SetItem(self->lists, (Py_ssize_t)item, list); /* stolen */
    return status;
}

static bool is_above(const char *directory, const char *page) {
    size_t size = strlen(directory);

    return size == 0 || (strncmp(page, directory, size) == 0 && page[size] == '/');
}

/* Load the site first, as in a build, then everything between it and the page. */
static int take_up_all(struct sty_session *self, const char *page, struct sty_error *err) {
    int status = STY_OK;

    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; status == STY_OK && i < self->found.count; i++) {
            const char *directory = self->found.items[i].directory;
            bool known = PyList_GetItem(self->lists, (Py_ssize_t)i) != Py_None;
            if (!known && (directory[0] == '\0') == (pass == 0) && is_above(directory, page)) {
                status = take_up(self, i, err);
            }
        }
    }
    return status == STY_OK && !self->catalog.linked ? sty_catalog_link(&self->catalog, err) : status;
}

int sty_session_create(const struct sty_session_options *options, struct sty_session **out, struct sty_error *err) {
    struct sty_session *self = sty_calloc(1, sizeof(*self));
    int status = STY_OK;

    if (self == NULL) {
        return sty_error_nomem(err);
    }
    *out = self;
    self->options = options;
    if ((self->state = nodes_module_state()) == NULL) {
        return sty_py_error_take(NULL, err);
    }
    status = discover_package(options->package, &self->package, err);
    self->package.static_dirs = options->static_dirs;
    return status == STY_OK ? scan(self, err) : status;
}

/* -- one story ----------------------------------------------------------------------------------------------------- */

/* A story in the catalog, with its Python objects. */
struct place {
    struct sty_node *node;
    struct sty_story *story;
    struct node *object, *subject; /* borrowed from the lists */
};

static bool is_page_of(const struct sty_node *node, const struct sty_story *story, const char *page) {
    size_t path = strlen(node->path), slug = strlen(story->slug);

    return (path == 0 || (strncmp(page, node->path, path) == 0 && page[path] == '/')) &&
           strncmp(page + path + (path > 0), story->slug, slug) == 0 && page[path + (path > 0) + slug] == '/' &&
           strchr(page + path + (path > 0) + slug + 1, '/') == NULL;
}

static bool find_in_unit(const struct sty_unit *unit, PyObject *list, const char *page, struct place *out) {
    Py_ssize_t at = 0;

    for (size_t n = 0; n < unit->node_count; n++) {
        struct sty_node *node = unit->nodes[n];
        for (size_t s = 0; s < node->story_count && at < PyList_GET_SIZE(list); s++, at++) {
            if (is_page_of(node, &node->stories[s], page)) {
                PyObject *pair = PyList_GET_ITEM(list, at); /* borrowed */
                *out = (struct place){node, &node->stories[s], (struct node *)PyTuple_GET_ITEM(pair, 0),
                                      (struct node *)PyTuple_GET_ITEM(pair, 1)};
                return true;
            }
        }
    }
    return false;
}

static bool find(const struct sty_session *self, const char *page, struct place *out) {
    bool found = false;

    for (size_t i = 0; !found && i < self->found.count; i++) {
        const char *directory = self->found.items[i].directory;
        PyObject *list = PyList_GetItem(self->lists, (Py_ssize_t)i);                             /* borrowed */
        char *file = sty_asprintf("%s%sstories.py", directory, directory[0] != '\0' ? "/" : ""); /* owned */
        const struct sty_unit *unit = file != NULL ? sty_catalog_find(&self->catalog, file) : NULL;
        found = unit != NULL && PyList_Check(list) && find_in_unit(unit, list, page, out);
        sty_free(file);
    }
    return found;
}

static int render_page(struct sty_session *self, const struct place *place, const char *page, struct sty_buf *out,
                       struct sty_error *err) {
    bool preview = sty_path_ends_with(page, "/preview.html");
    const struct sty_page wanted = {.kind = preview ? STY_PAGE_PREVIEW : STY_PAGE_STORY,
                                    .path = (char *)page,
                                    .node = place->node,
                                    .story = place->story};

    return sty_page_render(&self->catalog, &wanted, out, err);
}

/* Render a page or the code of a story with other props. The story has these meanwhile, so that decorators and
 * assertions see them. */
static int render_with(struct sty_session *self, const struct place *place, PyObject *props,
                       const struct sty_wish *wish, struct sty_buf *out, struct sty_error *err) {
    PyObject *own = Py_NewRef(node_get(place->object->props)); /* new, until it is put back */
    struct sty_story fresh = {.slug = sty_strdup(place->story->slug)}, listed = *place->story;
    int status = STY_OK;

    node_set(&place->object->props, props);
    if (wish->as_python) {
        status = controls_as_python(place->object, out) == 0 ? STY_OK : sty_py_error_take(self->package.directory, err);
    } else {
        self->evaluator.own_props = own;
        status = evaluate_story(&self->evaluator, (PyObject *)place->object, place->subject, place->node, &fresh, err);
        self->evaluator.own_props = NULL;
    }
    node_set(&place->object->props, own);
    if (status == STY_OK && !wish->as_python) {
        *place->story = fresh;
        status = render_page(self, place, wish->page, out, err);
        fresh = *place->story;
        *place->story = listed;
    }
    sty_story_finish(&fresh);
    return status;
}

/* The answer of a route: a part of the story's page, or a document that replaces it. */
static int answer(struct sty_session *self, const struct place *place, const struct sty_wish *wish, unsigned *code,
                  struct sty_buf *out, struct sty_error *err) {
    PyObject *result = routes_answer(self->state, place->object, &wish->asked, code); /* new */
    PyObject *html = NULL;                                                            /* new */
    const char *text = NULL;
    int status = STY_OK;

    if (result != NULL && *code == 200 && wish->asked.as_document) {
        self->evaluator.answer = result;
        status = render_with(self, place, Py_NewRef(node_get(place->object->props)), wish, out, err);
        self->evaluator.answer = NULL;
        Py_DECREF(result);
        return status;
    }
    if (result != NULL && *code == 200) {
        html = component_html(&self->evaluator, Py_NewRef(result));
        text = html != NULL ? PyUnicode_AsUTF8(html) : NULL;
    }
    if (text != NULL) {
        sty_fragment_render(&self->catalog, place->node, wish->page, text, out);
    } else if (result != NULL && *code == 422) {
        sty_html_escape(out, PyUnicode_AsUTF8(result));
    }
    status = PyErr_Occurred() ? sty_py_error_take(self->package.directory, err) : STY_OK;
    Py_XDECREF(html);
    Py_XDECREF(result);
    return status;
}

static int render_wish(struct sty_session *session, const struct place *place, const struct sty_wish *wish,
                       unsigned *code, struct sty_buf *out, struct sty_error *err) {
    PyObject *props = NULL; /* new */

    if (wish->asked.method != NULL) {
        return answer(session, place, wish, code, out, err);
    }
    props =
        controls_change(place->object, place->subject, story_target(place->object, place->subject), wish->args, out);
    if (props == NULL) {
        *code = 422;
        return PyErr_Occurred() ? sty_py_error_take(session->package.directory, err) : STY_OK;
    }
    *code = 200;
    return render_with(session, place, props, wish, out, err);
}

/* Put the chosen values of globals into the site's context. Returns the former values, new, to be restored after
 * rendering; NULL: exception set, or nothing to restore. */
static PyObject *choose_globals(const struct node *site, const char *globals) {
    PyObject *context = node_get(site->context); /* borrowed */
    PyObject *module = NULL, *before = NULL;     /* new */

    if (globals[0] == '\0' || !PyDict_Check(context) ||
        (module = PyImport_ImportModule("storytime._globals")) == NULL) {
        return NULL;
    }
    before = PyObject_CallMethod(module, "choose", "OOO&", node_get(site->globals), context, sty_outside_text,
                                 (void *)globals);
    Py_DECREF(module);
    return before;
}

static void put_globals_back(const struct node *site, PyObject *before) {
    PyObject *context = node_get(site->context); /* borrowed */

    if (before != NULL && PyDict_Check(context)) {
        PyDict_Clear(context);
        PyDict_Update(context, before);
    }
    Py_XDECREF(before);
    PyErr_Clear();
}

int sty_session_render(struct sty_session *session, const struct sty_wish *wish, unsigned *code, struct sty_buf *out,
                       struct sty_error *err) {
    struct place place = {0};
    PyObject *before = NULL; /* new */
    const struct node *site = NULL;
    int status = take_up_all(session, wish->page, err);

    if (status != STY_OK) {
        return status;
    }
    if (!find(session, wish->page, &place)) {
        *code = 404;
        return STY_OK;
    }
    site = (const struct node *)session->found.site;
    before = choose_globals(site, wish->globals);
    status = PyErr_Occurred() ? sty_py_error_take(session->package.directory, err)
                              : render_wish(session, &place, wish, code, out, err);
    put_globals_back(site, before);
    return status;
}
