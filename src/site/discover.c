#include "site/discover.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/nearest.h"
#include "base/path.h"
#include "isolation/compile_ahead.h"
#include "imports/import_hooks.h"
#include "python/py_error.h"
#include "isolation/runtime.h"
#include "site/parameters.h"
#include "site/values.h"

/* The name of a package in the current directory that resembles another name, new; NULL: there is none. */
static char *similar_package(const char *name) {
    DIR *directory = opendir(".");
    const struct dirent *entry = NULL;
    size_t best = sty_nearest_limit(name) + 1;
    char *found = NULL;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        size_t away = sty_edit_distance(name, entry->d_name);
        if (away < best && sty_path_holds(entry->d_name, "stories.py")) {
            best = away;
            sty_free(found);
            found = sty_strdup(entry->d_name);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
    return found;
}

static int no_package(const char *name, struct sty_error *err) {
    char *similar = similar_package(name); /* owned */
    bool found = similar != NULL;
    int status = sty_error_set_code(
        err, STY_ERR_USAGE, "STY104", "there is no package '%s'%s%s%s", name, found ? "; did you mean '" : "",
        found ? similar : ": neither a directory of that name nor a module that Python can import from here",
        found ? "'?" : "");

    sty_free(similar);
    return status;
}

int discover_package(const char *name, struct sty_package *out, struct sty_error *err) {
    PyObject *module = NULL, *paths = NULL, *first = NULL; /* new */
    const char *directory = NULL;
    int status = sty_package_resolve(name, out, err);

    if (status <= 0) {
        return status;
    }
    /* The current directory has no package of this dotted name, but Python may find it elsewhere. */
    if ((module = PyImport_ImportModule(out->name)) != NULL) {
        paths = PyObject_GetAttrString(module, "__path__");
    } else if (PyErr_ExceptionMatches(PyExc_ModuleNotFoundError)) {
        status = no_package(name, err);
    } else {
        status = sty_py_error_take(NULL, err);
    }
    if (paths != NULL && (first = PySequence_GetItem(paths, 0)) != NULL &&
        (directory = PyUnicode_AsUTF8(first)) != NULL) {
        out->directory = sty_path_absolute(directory);
        status = out->directory != NULL ? STY_OK : sty_error_nomem(err);
    } else if (module != NULL) {
        status =
            sty_error_set_code(err, STY_ERR_USAGE, "STY104", "'%s' is a module, not a package with a directory", name);
    }
    PyErr_Clear();
    Py_XDECREF(first);
    Py_XDECREF(paths);
    Py_XDECREF(module);
    if (status != STY_OK) {
        sty_package_finish(out);
    }
    return status;
}

char *relative_text(const struct sty_package *package, const char *text) {
    struct sty_buf out = {0};
    size_t size = strlen(package->directory);
    const char *found = NULL;

    if (text == NULL) {
        return NULL;
    }
    while ((found = strstr(text, package->directory)) != NULL) {
        bool longer =
            isalnum((unsigned char)found[size]) || strchr("_-.", found[size]) != NULL; /* part of a longer name */
        sty_buf_append(&out, text, (size_t)(found - text) + (found[size] != '\0' && longer ? size : 0));
        text = found + size + (found[size] == '/' ? 1 : 0);
    }
    sty_buf_add(&out, text);
    return sty_buf_steal(&out);
}

char *stories_module_name(const struct sty_package *package, const char *directory) {
    char *name = directory[0] == '\0' ? sty_asprintf("%s.stories", package->name)
                                      : sty_asprintf("%s.%s.stories", package->name, directory);

    for (char *at = name != NULL ? name + strlen(package->name) : NULL; at != NULL && *at != '\0'; at++) {
        *at = *at == '/' ? '.' : *at;
    }
    return name;
}

/* Whether a return annotation, which may be a text, names one of our classes. Annotations that raise are ignored. */
static bool returns_node(const struct module_state *state, PyObject *function) {
    PyObject *annotations = PyObject_GetAttrString(function, "__annotations__"); /* new */
    PyObject *annotation = NULL;                                                 /* new */
    bool fits = false;

    if (annotations == NULL && !sty_py_error_is_interrupt()) {
        /* A name in some annotation does not exist at run time: let annotationlib replace it by a reference. */
        PyObject *library = NULL, *format = NULL; /* new */
        PyErr_Clear();
        library = PyImport_ImportModule("annotationlib");
        format = library != NULL ? PyObject_GetAttrString(library, "Format") : NULL;
        Py_XSETREF(format, format != NULL ? PyObject_GetAttrString(format, "FORWARDREF") : NULL);
        if (format != NULL) {
            PyObject *names = Py_BuildValue("{s:O}", "format", format);         /* new */
            PyObject *get = PyObject_GetAttrString(library, "get_annotations"); /* new */
            PyObject *args = PyTuple_Pack(1, function);                         /* new */
            annotations = names != NULL && get != NULL && args != NULL ? PyObject_Call(get, args, names) : NULL;
            Py_XDECREF(args);
            Py_XDECREF(get);
            Py_XDECREF(names);
        }
        Py_XDECREF(format);
        Py_XDECREF(library);
    }
    if (annotations != NULL && PyDict_Check(annotations)) {
        annotation = Py_XNewRef(PyDict_GetItemString(annotations, "return"));
    }
    if (annotation != NULL && PyUnicode_Check(annotation)) {
        PyObject *globals = PyFunction_GetGlobals(function); /* borrowed */
        const char *text = PyUnicode_AsUTF8(annotation);
        Py_SETREF(annotation, text != NULL ? PyRun_String(text, Py_eval_input, globals, globals) : NULL);
    }
    if (annotation != NULL && PyType_Check(annotation)) {
        for (int which = NODE_SITE; which <= NODE_SUBJECT && !fits; which++) {
            fits = PyType_IsSubtype((PyTypeObject *)annotation, state->classes[which]);
        }
    }
    Py_XDECREF(annotation);
    Py_XDECREF(annotations);
    if (!sty_py_error_is_interrupt()) {
        PyErr_Clear();
    }
    return fits;
}

/* Whether a value is a function that was defined in the module, not imported into it. */
static bool is_own_function(PyObject *value, PyObject *name) {
    PyObject *module = PyFunction_Check(value) ? PyFunction_GetModule(value) : NULL; /* borrowed */

    return module != NULL && PyUnicode_Check(module) && PyUnicode_Compare(module, name) == 0;
}

/* The first provider in name order, new; NULL: none, or interrupted. */
static PyObject *find_provider(const struct module_state *state, PyObject *module) {
    PyObject *dict = PyModule_GetDict(module);                /* borrowed */
    PyObject *name = PyModule_GetNameObject(module);          /* new */
    PyObject *keys = name != NULL ? PyDict_Keys(dict) : NULL; /* new */
    PyObject *found = NULL;

    if (keys == NULL || PyList_Sort(keys) != 0) {
        PyErr_Clear();
    }
    for (Py_ssize_t i = 0; keys != NULL && found == NULL && i < PyList_GET_SIZE(keys); i++) {
        PyObject *value = NULL; /* new */
        if (PyDict_GetItemRef(dict, PyList_GET_ITEM(keys, i), &value) == 1 && is_own_function(value, name) &&
            returns_node(state, value)) {
            found = Py_NewRef(value);
        }
        Py_XDECREF(value);
    }
    Py_XDECREF(keys);
    Py_XDECREF(name);
    return found;
}

/* Add the module to the import graph, even if a package above it fails and it is never executed. It is imported by
 * storytime itself. */
static void note_module(const struct sty_package *package, const char *directory, const char *name) {
    struct sty_import_graph *record = sty_import_hooks_record();
    char *file = sty_asprintf("%s%s%s/stories.py", package->directory, directory[0] != '\0' ? "/" : "", directory);
    struct sty_imported *module = record != NULL && file != NULL ? sty_import_graph_module(record, name, file) : NULL;

    if (module != NULL) {
        module->loaded = true;
        if (!sty_import_graph_add_parents(record, module)) {
            module->looks_around = true;
        }
    }
    sty_free(file);
}

/* Import one module and call its provider. -1: exception set. `*out` is new, or NULL without a provider. */
static int load_node(const struct module_state *state, const char *module_name_text, PyObject **out) {
    PyObject *module = PyImport_ImportModule(module_name_text);                /* new */
    PyObject *provider = module != NULL ? find_provider(state, module) : NULL; /* new */
    PyObject *node = NULL;                                                     /* new */
    bool fits = false;

    *out = NULL;
    if (provider == NULL) {
        Py_XDECREF(module);
        return PyErr_Occurred() ? -1 : 0;
    }
    sty_import_hooks_run(module_name_text);
    node = PyObject_CallNoArgs(provider);
    sty_import_hooks_run(NULL);
    if (node != NULL) {
        for (int which = NODE_SITE; which <= NODE_SUBJECT && !fits; which++) {
            fits = node_is(state, node, (enum node_class)which);
        }
        if (!fits) {
            char *name = callable_name(provider); /* owned */
            PyErr_Format(PyExc_TypeError, "%s() must return a Site, Section or Subject, as annotated, not %T", name,
                         node);
            sty_free(name);
            Py_CLEAR(node);
        }
    }
    *out = node;
    Py_DECREF(provider);
    Py_DECREF(module);
    return node != NULL ? 0 : -1;
}

static int load_item(const struct module_state *state, const struct sty_package *package, struct found *item,
                     struct sty_error *err) {
    char *name = stories_module_name(package, item->directory); /* owned */
    int status = STY_OK;

    if (name == NULL) {
        return sty_error_nomem(err);
    }
    if (load_node(state, name, &item->node) != 0) {
        item->exception = PyErr_GetRaisedException();
        PyErr_SetRaisedException(Py_XNewRef(item->exception));
        if (sty_py_error_take(package->directory, &item->fault) == STY_ERR_CANCELLED) {
            sty_error_move(err, &item->fault);
            status = err->status;
        }
    } else if (item->node == NULL && item->directory[0] != '\0') {
        log_warning("build",
                    "%s/stories.py: no function is annotated '-> Subject' or '-> Section', so this file adds "
                    "nothing to the catalog",
                    item->directory);
    }
    note_module(package, item->directory, name);
    sty_free(name);
    return status;
}

/* The item whose node a subject or section sits under: that of its parent directory if it is a section, else the site.
 */
static PyObject *parent_node(const struct module_state *state, const struct discovery *discovery,
                             const char *directory) {
    const char *slash = strrchr(directory, '/');
    size_t size = slash != NULL ? (size_t)(slash - directory) : 0;

    for (size_t i = 0; slash != NULL && i < discovery->count; i++) {
        const struct found *item = &discovery->items[i];
        if (strlen(item->directory) == size && strncmp(item->directory, directory, size) == 0 && item->node != NULL &&
            node_is(state, item->node, NODE_SECTION)) {
            return item->node;
        }
    }
    return discovery->site;
}

/* ".components.button" of "components/button", new. */
static PyObject *dotted_path(const char *directory) {
    PyObject *path = PyUnicode_FromFormat(".%s", directory); /* new */
    PyObject *slash = PyUnicode_FromString("/");             /* new */
    PyObject *dot = PyUnicode_FromString(".");               /* new */
    PyObject *result = path != NULL && slash != NULL && dot != NULL ? PyUnicode_Replace(path, slash, dot, -1) : NULL;

    Py_XDECREF(dot);
    Py_XDECREF(slash);
    Py_XDECREF(path);
    return result;
}

/* Give a node its name, path and parent. -1: exception set. */
static int seat(PyObject *object, const char *name, const char *directory, PyObject *parent) {
    struct node *node = (struct node *)object;

    return node_set(&node->name, PyUnicode_FromString(name)) != 0 ||
                   node_set(&node->package_path, dotted_path(directory)) != 0 ||
                   node_set(&node->parent, Py_NewRef(parent != NULL ? parent : Py_None)) != 0
               ? -1
               : 0;
}

/* Give the stories their names, the slugs that their pages will have. */
static int seat_stories(const struct module_state *state, PyObject *subject, const char *directory) {
    PyObject *items = node_get(((struct node *)subject)->items); /* borrowed */

    for (Py_ssize_t i = 0; PyList_Check(items) && i < PyList_GET_SIZE(items); i++) {
        PyObject *item = PyList_GET_ITEM(items, i); /* borrowed */
        struct node *story = (struct node *)item;
        struct sty_buf slug = {0};
        PyObject *text = NULL; /* borrowed */
        int status = 0;
        if (!node_is(state, item, NODE_STORY)) {
            continue;
        }
        text = node_get(story->id) != Py_None ? story->id : node_get(story->title);
        sty_slug_append(&slug,
                        PyUnicode_Check(text) && PyUnicode_AsUTF8(text) != NULL ? PyUnicode_AsUTF8(text) : "story");
        status = node_set(&story->name, PyUnicode_FromString(sty_buf_text(&slug))) != 0 ||
                 node_set(&story->package_path, Py_NewRef(node_get(((struct node *)subject)->package_path))) != 0 ||
                 node_set(&story->parent, Py_NewRef(subject)) != 0 ||
                 node_set(&story->resource_path, PyUnicode_FromFormat("%s/%s", directory, sty_buf_text(&slug))) != 0;
        sty_buf_finish(&slug);
        if (status != 0) {
            return -1;
        }
    }
    return 0;
}

/* Add a node to its parent's items. If the name is taken, the whole directory is its key. */
static int add_to_parent(PyObject *parent, PyObject *object, const char *name, const char *directory) {
    PyObject *items = node_get(((struct node *)parent)->items); /* borrowed */
    int there = 0;

    if (!PyDict_Check(items) || (there = PyDict_ContainsString(items, name)) < 0) {
        return PyErr_Occurred() ? -1 : 0;
    }
    return PyDict_SetItemString(items, there ? directory : name, object);
}

static const char *last_part(const char *directory) {
    const char *slash = strrchr(directory, '/');

    return slash != NULL ? slash + 1 : directory;
}

/* Add an edge to the import graph for what a subject inherits, as if its module had imported the section's, so that
 * saving that reaches it. The site reaches everything anyway. */
static int note_heritage(const struct module_state *state, const struct sty_package *package,
                         const struct discovery *discovery, const struct found *item) {
    PyObject *parent = parent_node(state, discovery, item->directory); /* borrowed */
    struct sty_import_graph *record = sty_import_hooks_record();
    struct sty_imported *heir = NULL, *section = NULL;
    char *own = NULL, *above = NULL, *name = NULL; /* owned */
    bool done = false;

    if (record == NULL || parent == NULL || parent == discovery->site || !node_bequeaths((struct node *)parent)) {
        return 0;
    }
    name = stories_module_name(package, item->directory);
    above = sty_path_dirname(item->directory);
    own = above != NULL ? stories_module_name(package, above) : NULL;
    heir = name != NULL ? sty_import_graph_module(record, name, NULL) : NULL;
    section = own != NULL ? sty_import_graph_module(record, own, NULL) : NULL;
    done = heir != NULL && section != NULL && sty_import_graph_add_edge(record, heir, section);
    sty_free(own);
    sty_free(above);
    sty_free(name);
    return done ? 0 : (PyErr_NoMemory(), -1);
}

static int seat_item(const struct module_state *state, const struct discovery *discovery, struct found *item) {
    PyObject *parent = NULL; /* borrowed */

    if (item->node == discovery->site) {
        return seat(item->node, "", item->directory, NULL);
    }
    parent =
        node_is(state, item->node, NODE_SECTION) ? discovery->site : parent_node(state, discovery, item->directory);
    if (seat(item->node, last_part(item->directory), item->directory, parent) != 0 ||
        (parent != NULL && add_to_parent(parent, item->node, last_part(item->directory), item->directory) != 0)) {
        return -1;
    }
    return node_is(state, item->node, NODE_SUBJECT) ? seat_stories(state, item->node, item->directory) : 0;
}

/* Check that there is a Site at the root, and no other. */
static void check_site(const struct module_state *state, struct discovery *out, struct found *item) {
    bool site = item->node != NULL && node_is(state, item->node, NODE_SITE);
    bool root = item->directory[0] == '\0';

    if (site && root) {
        out->site = item->node;
    } else if (site || (root && item->node != NULL)) {
        sty_error_set(
            &item->fault, STY_ERR_SITE,
            site ? "a Site belongs in the stories.py at the root of the package; return a Section or Subject here"
                 : "the stories.py at the root of the package must return a Site");
        item->fault.type = sty_strdup("TypeError");
        Py_CLEAR(item->node);
    }
}

static int make_items(struct discovery *out, struct sty_error *err) {
    if ((out->items = sty_calloc(out->directories.count, sizeof(*out->items))) == NULL) {
        return sty_error_nomem(err);
    }
    for (; out->count < out->directories.count; out->count++) {
        out->items[out->count].directory = out->directories.items[out->count];
    }
    return STY_OK;
}

int discovery_scan(const struct sty_package *package, const char *output_dir, bool compile_ahead, struct discovery *out,
                   struct sty_error *err) {
    struct sty_strlist sources = {0};
    int status = STY_OK;

    *out = (struct discovery){0};
    sty_import_hooks_set_package(package->name);
    status = sty_package_scan(package, output_dir, &out->directories, compile_ahead ? &sources : NULL, &out->documents,
                              &out->statics, &out->static_count, err);
    if (status == STY_OK && compile_ahead) {
        out->ahead = sty_compile_ahead_start(&sources);
    }
    sty_strlist_finish(&sources);
    /* storytime's own processes have it on the path already; a plain Python that imports our module does not. */
    if (status == STY_OK && sty_runtime_prepend_path(package->import_dir) != 0) {
        status = sty_py_error_take(package->directory, err);
    }
    return status == STY_OK ? make_items(out, err) : status;
}

int discovery_choose(const struct sty_strlist *directories, struct discovery *out, struct sty_error *err) {
    *out = (struct discovery){0};
    for (size_t i = 0; i < directories->count; i++) {
        if (!sty_strlist_add(&out->directories, directories->items[i])) {
            return sty_error_nomem(err);
        }
    }
    return make_items(out, err);
}

int discovery_load(const struct module_state *state, const struct sty_package *package, struct discovery *discovery,
                   size_t item, struct sty_error *err) {
    int status = load_item(state, package, &discovery->items[item], err);

    discovery->items[item].loaded = true;
    check_site(state, discovery, &discovery->items[item]);
    return status;
}

int discovery_seat(const struct module_state *state, const struct sty_package *package, struct discovery *discovery,
                   size_t item, struct sty_error *err) {
    struct found *found = &discovery->items[item];
    bool heir = found->node != NULL && node_is(state, found->node, NODE_SUBJECT);

    if (found->seated) {
        return STY_OK;
    }
    found->seated = true;
    if ((found->node != NULL && seat_item(state, discovery, found) != 0) ||
        (heir && note_heritage(state, package, discovery, found) != 0)) {
        return sty_py_error_take(package->directory, err);
    }
    return STY_OK;
}

size_t discovery_next(const struct discovery *discovery, size_t done) {
    size_t root = 0;

    while (root < discovery->count && discovery->items[root].directory[0] != '\0') {
        root++;
    }
    if (done == 0 && root < discovery->count) {
        return root;
    }
    return root < discovery->count && done <= root ? done - 1 : done;
}

int discover(const struct module_state *state, const struct sty_package *package, struct discovery *out,
             struct sty_error *err) {
    int status = discovery_scan(package, NULL, false, out, err);

    for (size_t i = 0; status == STY_OK && i < out->count; i++) {
        status = discovery_load(state, package, out, discovery_next(out, i), err);
    }
    for (size_t i = 0; status == STY_OK && i < out->count; i++) {
        status = discovery_seat(state, package, out, i, err);
    }
    return status;
}

void discovery_finish(struct discovery *discovery) {
    for (size_t i = 0; i < discovery->count; i++) {
        Py_XDECREF(discovery->items[i].node);
        Py_XDECREF(discovery->items[i].exception);
        sty_error_finish(&discovery->items[i].fault);
    }
    sty_static_files_finish(discovery->statics, discovery->static_count);
    sty_free(discovery->items);
    sty_strlist_finish(&discovery->directories);
    sty_strlist_finish(&discovery->documents);
    sty_compile_ahead_destroy(discovery->ahead);
    *discovery = (struct discovery){0};
}
