#include "site/evaluate.h"

#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "imports/import_hooks.h"
#include "python/py_error.h"
#include "site/component_docs.h"
#include "site/controls.h"
#include "site/description.h"
#include "site/parameters.h"
#include "site/render_story.h"
#include "site/routes.h"
#include "site/source.h"
#include "site/values.h"

static PyObject *import_attribute(const char *module_name, const char *name) {
    PyObject *module = PyImport_ImportModule(module_name);                          /* new */
    PyObject *value = module != NULL ? PyObject_GetAttrString(module, name) : NULL; /* new */

    Py_XDECREF(module);
    return value;
}

int evaluator_init(struct evaluator *evaluator, const struct module_state *state, const struct sty_package *package,
                   PyObject *site, bool with_assertions, struct sty_error *err) {
    *evaluator =
        (struct evaluator){.state = state, .package = package, .globals = "", .with_assertions = with_assertions};
    if (site != NULL && node_get(((struct node *)site)->themed_layout) != Py_None) {
        evaluator->layout = ((struct node *)site)->themed_layout;
    }
    evaluator->html = import_attribute("tdom", "html");
    evaluator->markup = evaluator->html != NULL ? import_attribute("tdom", "Markup") : NULL;
    evaluator->template_type = evaluator->markup != NULL ? import_attribute("string.templatelib", "Template") : NULL;
    return evaluator->template_type != NULL ? STY_OK : sty_py_error_take(package->directory, err);
}

void evaluator_finish(struct evaluator *evaluator) {
    Py_XDECREF(evaluator->html);
    Py_XDECREF(evaluator->markup);
    Py_XDECREF(evaluator->template_type);
    sty_free(evaluator->source_file);
    sty_buf_finish(&evaluator->source);
}

static const char refused_hint[] = "Subinterpreters do not allow this. Serve with --isolation process.";

bool fault_is_refusal(const struct sty_fault *fault) {
    return fault->hint != NULL && strcmp(fault->hint, refused_hint) == 0;
}

/* What to do about an exception; static. */
static const char *hint_for(const struct sty_error *err) {
    const char *type = err->type != NULL ? err->type : "";
    const char *message = sty_error_message(err);

    if (PyInterpreterState_Get() != PyInterpreterState_Main() && sty_py_error_wants_process(message)) {
        return refused_hint;
    }
    if (strcmp(type, "SyntaxError") == 0 || strcmp(type, "IndentationError") == 0 || strcmp(type, "TabError") == 0) {
        return "Python could not parse the line. Fix it and save; the page updates by itself.";
    }
    if (strcmp(type, "ModuleNotFoundError") == 0) {
        return "Fix the import, or install the module into the environment that storytime uses (see `storytime "
               "doctor`).";
    }
    if (strcmp(type, "SystemExit") == 0 || strcmp(type, "KeyboardInterrupt") == 0) {
        return "Stories and components must not exit the program.";
    }
    return "Fix the code and save; the page updates by itself.";
}

/* A fault of user code from an error, new; NULL: no memory. */
static struct sty_fault *make_fault(const struct sty_package *package, const struct sty_error *err) {
    struct sty_fault *fault = sty_calloc(1, sizeof(*fault));

    if (fault != NULL) {
        fault->type = sty_strdup(err->type);
        fault->message = relative_text(package, sty_error_message(err));
        fault->file = relative_text(package, err->file);
        fault->line = err->line;
        fault->traceback = relative_text(package, err->traceback);
        fault->hint = sty_strdup(hint_for(err));
        if (fault->file != NULL && fault->file[0] == '/') {
            sty_free(fault->file); /* outside of the package: a library's file, or a path that must not be shown */
            fault->file = NULL;
            fault->line = 0;
        }
    }
    return fault;
}

/* A field's text, new, for sty_free(); NULL if it is None. */
static char *text_field(PyObject *field) {
    PyObject *value = node_get(field); /* borrowed */
    const char *text = PyUnicode_Check(value) ? PyUnicode_AsUTF8(value) : NULL;

    PyErr_Clear();
    return sty_strdup(text);
}

static const char *read_source(struct evaluator *self, const char *file) {
    struct sty_error ignored = {0};
    bool known = self->source_file != NULL && strcmp(self->source_file, file) == 0;

    if (!known) {
        sty_free(self->source_file);
        self->source_file = sty_strdup(file);
        sty_buf_clear(&self->source);
        if (sty_path_read_file(file, &self->source, &ignored) != STY_OK) {
            sty_buf_clear(&self->source);
        }
        sty_error_finish(&ignored);
    }
    return sty_buf_text(&self->source);
}

typedef void (*source_fn)(const char *text, int line, struct sty_buf *out);

static void set_source(struct evaluator *self, const char *file, int line, source_fn extract, struct sty_source *out) {
    struct sty_buf text = {0};
    PyObject *valid = NULL; /* new */

    if (file == NULL || file[0] != '/' || !sty_path_is_within(file, self->package->directory)) {
        return; /* not in this package: it belongs to an installed library, or was made by exec() */
    }
    extract(read_source(self, file), line, &text);
    out->file = relative_text(self->package, file);
    out->line = line;
    /* A source may have another encoding, but pages and JSON are UTF-8. */
    if (text.size > 0 && (valid = PyUnicode_DecodeUTF8(text.data, (Py_ssize_t)text.size, "replace")) != NULL) {
        out->text = sty_strdup(PyUnicode_AsUTF8(valid));
    }
    PyErr_Clear();
    Py_XDECREF(valid);
    sty_buf_finish(&text);
}

/* Find where a component is defined, without its wrappers: a class has the place itself, a function's code object has
 * it. */
static void set_component_source(struct evaluator *self, PyObject *target, struct sty_source *out) {
    PyObject *object = Py_NewRef(target); /* new */
    PyObject *inner = NULL;               /* new */

    for (int depth = 0; depth < 16 && PyObject_GetOptionalAttrString(object, "__wrapped__", &inner) == 1; depth++) {
        Py_SETREF(object, inner);
    }
    if (PyFunction_Check(object)) {
        PyCodeObject *code = (PyCodeObject *)PyFunction_GetCode(object); /* borrowed */
        set_source(self, PyUnicode_AsUTF8(code->co_filename), code->co_firstlineno, sty_source_block, out);
    } else if (PyType_Check(object)) {
        PyObject *line = PyObject_GetAttrString(object, "__firstlineno__");                               /* new */
        PyObject *name = line != NULL ? PyObject_GetAttrString(object, "__module__") : NULL;              /* new */
        PyObject *module = name != NULL ? PyDict_GetItemWithError(PyImport_GetModuleDict(), name) : NULL; /* borrowed */
        PyObject *file = module != NULL ? PyObject_GetAttrString(module, "__file__") : NULL;              /* new */
        if (file != NULL && PyUnicode_Check(file) && PyLong_Check(line)) {
            set_source(self, PyUnicode_AsUTF8(file), (int)PyLong_AsLong(line), sty_source_block, out);
        }
        Py_XDECREF(file);
        Py_XDECREF(name);
        Py_XDECREF(line);
    }
    PyErr_Clear();
    Py_DECREF(object);
}

static void set_tags(struct node *story, struct sty_strlist *out) {
    PyObject *tags = node_get(story->tags); /* borrowed */

    for (Py_ssize_t i = 0; PyList_Check(tags) && i < PyList_GET_SIZE(tags); i++) {
        PyObject *tag = PyList_GET_ITEM(tags, i); /* borrowed */
        const char *text = PyUnicode_Check(tag) ? PyUnicode_AsUTF8(tag) : NULL;
        if (text != NULL) {
            sty_strlist_add(out, text);
        }
    }
    PyErr_Clear();
}

/* The story's own title, else its subject's title and "Story". */
static char *story_title(struct node *story, const struct sty_node *subject) {
    char *title = text_field(story->title); /* owned */

    return title != NULL ? title : sty_asprintf("%s Story", subject->title);
}

/* If no line of user code raised a fault, set its place to the decorator that was applied, or to the story itself. */
static void set_place(struct evaluator *self, const struct sty_source *story, struct sty_fault *out) {
    struct sty_source decorator = {0};

    if (self->decorator != NULL) {
        set_component_source(self, self->decorator, &decorator);
    }
    out->file = sty_strdup(decorator.file != NULL ? decorator.file : story->file);
    out->line = decorator.file != NULL ? decorator.line : story->line;
    sty_free(decorator.file);
    sty_free(decorator.text);
}

PyObject *story_target(struct node *story, struct node *subject) {
    PyObject *target = node_get(story->target); /* borrowed */

    return target != Py_None ? target : node_get(subject->target);
}

static int list_unrendered(struct evaluator *self, PyObject *story, struct node *subject, struct sty_error *err) {
    PyObject *pair = PyTuple_Pack(2, story, (PyObject *)subject); /* new */
    int status = pair != NULL && PyList_Append(self->unrendered, pair) == 0
                     ? STY_OK
                     : sty_py_error_take(self->package->directory, err);

    Py_XDECREF(pair);
    return status;
}

int evaluate_story(struct evaluator *self, PyObject *object, struct node *subject, const struct sty_node *node,
                   struct sty_story *out, struct sty_error *err) {
    struct node *story = (struct node *)object;
    PyObject *target = story_target(story, subject); /* borrowed */
    struct sty_error fault = {0};
    int status = STY_OK;

    Py_XSETREF(story->parent, Py_NewRef((PyObject *)subject));
    out->title = story_title(story, node);
    out->description = description_of(node_get(story->description));
    out->id = text_field(story->id);
    out->target_name = target != Py_None ? callable_name(target) : NULL;
    set_tags(story, &out->tags);
    set_source(self, story->file != NULL ? PyUnicode_AsUTF8(story->file) : NULL, story->line, sty_source_call,
               &out->story_source);
    if (self->unrendered != NULL) {
        return list_unrendered(self, object, subject, err);
    }
    if (target != Py_None) {
        set_component_source(self, target, &out->component_source);
    }
    Py_INCREF(target);
    if (controls_list(story, subject, target, self->own_props, out) != 0 ||
        set_parameters(self->state, story, out) != 0 || set_routes(self->state, story, out) != 0 ||
        render_story(self, story, target, out) != 0) {
        status = sty_py_error_take(self->package->directory, &fault);
        if (status == STY_ERR_CANCELLED) {
            sty_error_move(err, &fault);
        } else {
            status = STY_OK;
            out->fault = make_fault(self->package, &fault);
            if (out->fault != NULL && out->fault->file == NULL) {
                set_place(self, &out->story_source, out->fault);
            }
        }
        sty_error_finish(&fault);
    }
    self->decorator = NULL;
    Py_DECREF(target);
    return status;
}

static struct sty_fault *not_a_story(const struct evaluator *self, PyObject *item) {
    struct sty_error err = {0};
    struct sty_fault *fault = NULL;

    sty_error_set(&err, STY_ERR_SITE, "Subject(items=...) must contain stories, not %s", Py_TYPE(item)->tp_name);
    err.type = sty_strdup("TypeError");
    fault = make_fault(self->package, &err);
    sty_error_finish(&err);
    return fault;
}

/* A subject's stories, a new list, as user code may change its own; the story of its matrix comes last. NULL: exception
 * set. */
static PyObject *list_stories(const struct node *subject) {
    PyObject *items = node_get(subject->items), *matrix = node_get(subject->matrix); /* borrowed */
    PyObject *list = PyList_Check(items) ? PySequence_List(items) : PyList_New(0);   /* new */
    PyObject *module = NULL, *story = NULL;                                          /* new */

    if (list == NULL || !PyDict_Check(matrix) || PyDict_GET_SIZE(matrix) == 0) {
        return list;
    }
    if ((module = PyImport_ImportModule("storytime._matrix")) == NULL ||
        (story = PyObject_CallMethod(module, "story", "OOO", node_get(subject->target), matrix, list)) == NULL ||
        PyList_Append(list, story) != 0) {
        Py_CLEAR(list);
    }
    Py_XDECREF(story);
    Py_XDECREF(module);
    return list;
}

static int evaluate_stories(struct evaluator *self, struct node *subject, struct sty_node *out, struct sty_error *err) {
    PyObject *copy = list_stories(subject); /* new */
    Py_ssize_t count = copy != NULL ? PyList_GET_SIZE(copy) : 0;
    int status = copy != NULL ? STY_OK : sty_py_error_take(self->package->directory, err);

    if (count > 0 && (out->stories = sty_calloc((size_t)count, sizeof(*out->stories))) == NULL) {
        status = sty_error_nomem(err);
    }
    for (Py_ssize_t i = 0; status == STY_OK && i < count; i++) {
        PyObject *item = PyList_GET_ITEM(copy, i); /* borrowed */
        if (node_is(self->state, item, NODE_STORY)) {
            status = evaluate_story(self, item, subject, out, &out->stories[out->story_count++], err);
        } else if (out->fault == NULL) {
            out->fault = not_a_story(self, item);
            if (out->fault != NULL) {
                out->fault->file = sty_strdup(out->file);
            }
        }
    }
    Py_XDECREF(copy);
    return status;
}

static char *package_path(const char *directory) {
    char *path = sty_asprintf(".%s", directory);

    for (char *at = path; at != NULL && *at != '\0'; at++) {
        *at = *at == '/' ? '.' : *at;
    }
    return path;
}

/* The name of a directory in words: "bad_import" is "Bad import". */
static char *words_of(const char *name) {
    struct sty_buf words = {0};

    sty_words_append(&words, name);
    return sty_buf_steal(&words);
}

/* Add a node with the fields that follow from its place, owned by the unit. NULL: no memory. */
static struct sty_node *add_node(struct sty_unit *unit, enum sty_node_kind kind, const char *directory,
                                 const char *title) {
    struct sty_node *node = sty_calloc(1, sizeof(*node));

    if (node == NULL) {
        return NULL;
    }
    node->kind = kind;
    node->name = sty_strdup(sty_path_basename(directory));
    node->package_path = package_path(directory);
    node->path = sty_strdup(directory);
    node->file = sty_strdup(unit->file);
    node->title = title != NULL ? sty_strdup(title) : words_of(node->name != NULL ? node->name : "");
    if (node->name == NULL || node->package_path == NULL || node->path == NULL || node->title == NULL) {
        sty_node_destroy(node);
        return NULL;
    }
    return sty_unit_add(unit, node) == STY_OK ? node : NULL;
}

static enum sty_node_kind kind_of(const struct evaluator *self, PyObject *object) {
    if (node_is(self->state, object, NODE_SITE)) {
        return STY_NODE_SITE;
    }
    return node_is(self->state, object, NODE_SECTION) ? STY_NODE_SECTION : STY_NODE_SUBJECT;
}

static int evaluate_node(struct evaluator *self, PyObject *object, const char *directory, struct sty_unit *out,
                         struct sty_error *err);

/* Evaluate nodes that user code has put into `items`, so that discovery has not seated them. */
static int evaluate_given(struct evaluator *self, struct node *parent, const char *directory, struct sty_unit *out,
                          struct sty_error *err) {
    PyObject *items = node_get(parent->items);                          /* borrowed */
    PyObject *pairs = PyDict_Check(items) ? PyDict_Items(items) : NULL; /* new */
    int status = STY_OK;

    for (Py_ssize_t i = 0; pairs != NULL && status == STY_OK && i < PyList_GET_SIZE(pairs); i++) {
        PyObject *name = PyTuple_GET_ITEM(PyList_GET_ITEM(pairs, i), 0);   /* borrowed */
        PyObject *object = PyTuple_GET_ITEM(PyList_GET_ITEM(pairs, i), 1); /* borrowed */
        bool ours = node_is(self->state, object, NODE_SECTION) || node_is(self->state, object, NODE_SUBJECT);
        const char *text = PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
        struct sty_buf path = {0};
        if (!ours || text == NULL || node_get(((struct node *)object)->package_path) != Py_None) {
            continue;
        }
        Py_XSETREF(((struct node *)object)->parent, Py_NewRef((PyObject *)parent));
        sty_buf_printf(&path, "%s%s", directory, directory[0] != '\0' ? "/" : "");
        sty_slug_append(&path, text);
        status = path.failed ? sty_error_nomem(err) : evaluate_node(self, object, path.data, out, err);
        sty_buf_finish(&path);
    }
    Py_XDECREF(pairs);
    return status;
}

/* Add a component's documentation, as far as it can be found out. Negative: interrupted. */
static int describe_component(struct evaluator *self, struct node *subject, struct sty_node *out,
                              struct sty_error *err) {
    struct sty_error fault = {0};
    int status = STY_OK;

    if (set_component_docs(subject, out) != 0 &&
        sty_py_error_take(self->package->directory, &fault) == STY_ERR_CANCELLED) {
        status = STY_ERR_CANCELLED;
        sty_error_move(err, &fault);
    }
    sty_error_finish(&fault);
    return status;
}

static int evaluate_node(struct evaluator *self, PyObject *object, const char *directory, struct sty_unit *out,
                         struct sty_error *err) {
    struct node *node = (struct node *)object;
    enum sty_node_kind kind = kind_of(self, object);
    int status = STY_OK;
    char *title = text_field(node->title); /* owned */
    struct sty_node *made = add_node(out, kind, directory,
                                     title != NULL           ? title
                                     : kind == STY_NODE_SITE ? self->package->name
                                                             : NULL);

    sty_free(title);
    if (made == NULL) {
        return sty_error_nomem(err);
    }
    if (kind != STY_NODE_SITE) {
        made->description = description_of(node_get(node->description));
    }
    made->bequeaths = kind != STY_NODE_SUBJECT && node_bequeaths(node);
    if (kind == STY_NODE_SITE && set_globals(node, self->globals, made) != 0) {
        struct sty_error fault = {0};
        if (sty_py_error_take(self->package->directory, &fault) == STY_ERR_CANCELLED) {
            sty_error_move(err, &fault);
            return STY_ERR_CANCELLED;
        }
        made->fault = make_fault(self->package, &fault);
        sty_error_finish(&fault);
    }
    if (kind != STY_NODE_SUBJECT) {
        return evaluate_given(self, node, directory, out, err);
    }
    if (node_get(node->target) != Py_None) {
        made->target_name = callable_name(node->target);
        status = self->unrendered == NULL ? describe_component(self, node, made, err) : STY_OK;
    }
    return status != STY_OK ? status : evaluate_stories(self, node, made, err);
}

static int evaluate_found(struct evaluator *evaluator, const struct found *found, struct sty_unit *out,
                          struct sty_error *err) {
    const char *slash = found->directory[0] != '\0' ? "/" : "";
    struct sty_node *broken = NULL; /* borrowed from the unit */

    *out = (struct sty_unit){.file = sty_asprintf("%s%sstories.py", found->directory, slash)};
    if (out->file == NULL) {
        return sty_error_nomem(err);
    }
    if (found->fault.status == STY_OK) {
        return found->node != NULL ? evaluate_node(evaluator, found->node, found->directory, out, err) : STY_OK;
    }
    broken =
        add_node(out, STY_NODE_BROKEN, found->directory, found->directory[0] == '\0' ? evaluator->package->name : NULL);
    if (broken == NULL || (broken->fault = make_fault(evaluator->package, &found->fault)) == NULL) {
        return sty_error_nomem(err);
    }
    if (broken->fault->file == NULL) {
        broken->fault->file = sty_strdup(out->file);
    }
    return STY_OK;
}

int evaluate_unit(struct evaluator *evaluator, const struct found *found, struct sty_unit *out, struct sty_error *err) {
    char *name = stories_module_name(evaluator->package, found->directory); /* owned */
    int status = name != NULL ? STY_OK : sty_error_nomem(err);

    if (status == STY_OK) {
        sty_import_hooks_run(name);
        status = evaluate_found(evaluator, found, out, err);
        sty_import_hooks_run(NULL);
    }
    sty_free(name);
    return status;
}
