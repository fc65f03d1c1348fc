#include "site/collection.h"

#include "base/alloc.h"
#include "base/path.h"
#include "python/py_error.h"
#include "site/component_result.h"
#include "site/evaluate.h"
#include "site/raise.h"
#include "site/render_story.h"
#include "site/values.h"

struct collection {
    PyObject_HEAD
    struct sty_package package;
    struct discovery found;
    struct evaluator evaluator;
};

static PyObject *collection_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"package", NULL};
    PyObject *package = NULL;       /* new, bytes */
    struct collection *self = NULL; /* new */
    struct sty_error err = {0};

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O&", names, PyUnicode_FSConverter, &package)) {
        return NULL;
    }
    self = (struct collection *)type->tp_alloc(type, 0);
    if (self != NULL && discover_package(PyBytes_AS_STRING(package), &self->package, &err) != STY_OK) {
        raise_error(&err);
        Py_CLEAR(self);
    }
    sty_error_finish(&err);
    Py_DECREF(package);
    return (PyObject *)self;
}

static int collection_traverse(PyObject *object, visitproc visit, void *arg) {
    struct collection *self = (struct collection *)object;

    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->evaluator.html);
    Py_VISIT(self->evaluator.markup);
    Py_VISIT(self->evaluator.template_type);
    Py_VISIT(self->evaluator.events);
    for (size_t i = 0; i < self->found.count; i++) {
        Py_VISIT(self->found.items[i].node);
        Py_VISIT(self->found.items[i].exception);
    }
    return 0;
}

/* End the event loop and release the stories; rendered HTML stays valid. */
static int collection_clear(PyObject *object) {
    struct collection *self = (struct collection *)object;
    PyObject *raised = PyErr_GetRaisedException(); /* new */

    component_events_close(&self->evaluator);
    evaluator_finish(&self->evaluator);
    self->evaluator = (struct evaluator){0};
    discovery_finish(&self->found);
    PyErr_SetRaisedException(raised);
    return 0;
}

static void collection_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);

    PyObject_GC_UnTrack(object);
    collection_clear(object);
    sty_package_finish(&((struct collection *)object)->package);
    type->tp_free(object);
    Py_DECREF(type);
}

/* -- what there is ------------------------------------------------------------------------------------------------- */

/* The names of a story's assertions with the assertions, new: (("is_a_button", function), ...). */
static PyObject *assertions_of(struct node *story) {
    PyObject *list = node_get(story->assertions); /* borrowed */
    PyObject *pairs = PyList_New(0);              /* new */

    for (Py_ssize_t i = 0; pairs != NULL && PyList_Check(list) && i < PyList_GET_SIZE(list); i++) {
        char *name = callable_name(PyList_GET_ITEM(list, i));                   /* owned */
        PyObject *pair = Py_BuildValue("(sO)", name, PyList_GET_ITEM(list, i)); /* new */
        if (pair == NULL || PyList_Append(pairs, pair) != 0) {
            Py_CLEAR(pairs);
        }
        Py_XDECREF(pair);
        sty_free(name);
    }
    return pairs;
}

/* One story as the keywords of storytime._collected.CollectedStory, new. `pair` is the story and its subject. */
static PyObject *describe_story(const struct sty_node *node, const struct sty_story *story, PyObject *pair) {
    struct node *object = (struct node *)PyTuple_GET_ITEM(pair, 0); /* borrowed */

    return Py_BuildValue("{s:s,s:s,s:s,s:s,s:O,s:i,s:O,s:N,s:O,s:O}", "subject", node->path, "subject_title",
                         node->title, "title", story->title, "slug", story->slug, "file",
                         object->file != NULL ? object->file : Py_None, "line", object->line, "tags",
                         node_get(object->tags), "assertions", assertions_of(object), "story", (PyObject *)object,
                         "parent", PyTuple_GET_ITEM(pair, 1));
}

/* What is wrong with a file, new: an exception, or None. */
static PyObject *fault_of(const struct found *item, const struct sty_unit *unit) {
    if (item->fault.status != STY_OK) {
        return exception_of(item);
    }
    for (size_t i = 0; i < unit->node_count; i++) {
        if (unit->nodes[i]->fault != NULL) {
            return PyObject_CallFunction(PyExc_TypeError, "s", unit->nodes[i]->fault->message);
        }
    }
    return Py_NewRef(Py_None);
}

/* One file, new: (directory, its stories.py, what is wrong, stories). `pairs`: its stories, in the unit's order. */
static PyObject *describe_unit(const struct collection *self, const struct found *item, const struct sty_unit *unit,
                               PyObject *pairs) {
    PyObject *stories = PyList_New(0);                               /* new */
    char *file = sty_path_join(self->package.directory, unit->file); /* owned */
    PyObject *result = NULL;
    Py_ssize_t at = 0;

    for (size_t i = 0; stories != NULL && i < unit->node_count; i++) {
        const struct sty_node *node = unit->nodes[i];
        for (size_t s = 0; stories != NULL && s < node->story_count && at < PyList_GET_SIZE(pairs); s++) {
            PyObject *story = describe_story(node, &node->stories[s], PyList_GET_ITEM(pairs, at++)); /* new */
            if (story == NULL || PyList_Append(stories, story) != 0) {
                Py_CLEAR(stories);
            }
            Py_XDECREF(story);
        }
    }
    if (stories != NULL) {
        PyObject *fault = fault_of(item, unit); /* new */
        result = fault != NULL ? Py_BuildValue("(ssNO)", item->directory, file, fault, stories) : NULL;
    }
    Py_XDECREF(stories);
    sty_free(file);
    return result;
}

/* Determine titles and slugs as a build does, but without rendering. `lists` receives a list of stories for each item.
 */
static int evaluate(struct collection *self, const struct module_state *state, struct sty_catalog *catalog,
                    PyObject *lists, struct sty_error *err) {
    int status = discover(state, &self->package, &self->found, err);

    if (status == STY_OK) {
        status = evaluator_init(&self->evaluator, state, &self->package, self->found.site, true, err);
    }
    for (size_t i = 0; status == STY_OK && i < self->found.count; i++) {
        PyObject *list = PyList_New(0); /* new */
        struct sty_unit unit = {0};
        self->evaluator.unrendered = list;
        if (list == NULL || PyList_Append(lists, list) != 0) {
            status = sty_py_error_take(NULL, err);
        } else if ((status = evaluate_unit(&self->evaluator, &self->found.items[i], &unit, err)) == STY_OK) {
            status = sty_catalog_put(catalog, &unit, err);
        }
        sty_unit_finish(&unit);
        Py_XDECREF(list);
    }
    self->evaluator.unrendered = NULL;
    return status == STY_OK ? sty_catalog_link(catalog, err) : status;
}

static PyObject *collection_load(PyObject *object, PyObject *unused) {
    struct collection *self = (struct collection *)object;
    PyObject *module = PyType_GetModule(Py_TYPE(object)); /* borrowed */
    struct sty_catalog catalog = {0};
    struct sty_error err = {0};
    PyObject *lists = module != NULL ? PyList_New(0) : NULL; /* new */
    PyObject *units = lists != NULL ? PyList_New(0) : NULL;  /* new */

    if (units == NULL) {
        Py_XDECREF(lists);
        return NULL;
    }
    collection_clear(object);
    catalog.package = sty_strdup(self->package.name);
    if (evaluate(self, PyModule_GetState(module), &catalog, lists, &err) != STY_OK) {
        raise_error(&err);
        Py_CLEAR(units);
    }
    for (size_t i = 0; units != NULL && i < self->found.count; i++) {
        const struct found *item = &self->found.items[i];
        char *file = sty_asprintf("%s%sstories.py", item->directory, item->directory[0] != '\0' ? "/" : ""); /* owned */
        const struct sty_unit *unit = file != NULL ? sty_catalog_find(&catalog, file) : NULL;
        PyObject *described =
            unit != NULL ? describe_unit(self, item, unit, PyList_GET_ITEM(lists, (Py_ssize_t)i)) : PyErr_NoMemory();
        if (described == NULL || PyList_Append(units, described) != 0) {
            Py_CLEAR(units);
        }
        Py_XDECREF(described);
        sty_free(file);
    }
    sty_catalog_finish(&catalog);
    sty_error_finish(&err);
    Py_DECREF(lists);
    return units;
}

static PyObject *collection_render(PyObject *object, PyObject *args) {
    struct collection *self = (struct collection *)object;
    PyObject *story = NULL, *subject = NULL, *target = NULL; /* borrowed; the target is new */
    struct shown shown;
    PyObject *rendered = NULL;
    const char *title = NULL;

    if (!PyArg_ParseTuple(args, "OOs", &story, &subject, &title)) {
        return NULL;
    }
    if (self->evaluator.state == NULL || !node_is(self->evaluator.state, story, NODE_STORY) ||
        !node_is(self->evaluator.state, subject, NODE_SUBJECT)) {
        PyErr_SetString(PyExc_ValueError, "render() takes a story of a loaded collection, and its subject");
        return NULL;
    }
    target = Py_NewRef(story_target((struct node *)story, (struct node *)subject));
    if (story_html(&self->evaluator, (struct node *)story, target, title, &shown) == 0) {
        rendered = rendered_story(shown.html);
    }
    shown_finish(&shown);
    Py_DECREF(target);
    return rendered;
}

static PyObject *collection_close(PyObject *object, PyObject *unused) {
    collection_clear(object);
    Py_RETURN_NONE;
}

static PyObject *get_name(PyObject *object, void *closure) {
    return PyUnicode_DecodeFSDefault(((struct collection *)object)->package.name);
}

static PyObject *get_directory(PyObject *object, void *closure) {
    return PyUnicode_DecodeFSDefault(((struct collection *)object)->package.directory);
}

static PyMethodDef methods[] = {
    {"load", collection_load, METH_NOARGS,
     PyDoc_STR(
         "load($self)\n--\n\nImport all stories. Return a tuple for each stories.py: its directory, its path, the "
         "exception that\nbroke it or None, and its stories. Raise ValueError where there is no Site.")},
    {"render", collection_render, METH_VARARGS,
     PyDoc_STR("render($self, story, subject, title, /)\n--\n\nRender one story, with its layout; return it as a "
               "RenderedStory. Raise what user code raises.")},
    {"close", collection_close, METH_NOARGS,
     PyDoc_STR("close($self)\n--\n\nEnd the event loop of the components, and forget the stories.")},
    {0},
};

static PyGetSetDef members[] = {
    {"name", get_name, NULL, PyDoc_STR("The dotted name of the package."), NULL},
    {"directory", get_directory, NULL, PyDoc_STR("Its directory."), NULL},
    {0},
};

int collection_add_class(PyObject *module, struct module_state *state) {
    PyType_Slot slots[] = {
        {Py_tp_doc, "_Collection(package)\n--\n\nThe stories of a package, rendered one by one."},
        {Py_tp_new, collection_new},
        {Py_tp_traverse, collection_traverse},
        {Py_tp_clear, collection_clear},
        {Py_tp_dealloc, collection_dealloc},
        {Py_tp_methods, methods},
        {Py_tp_getset, members},
        {0},
    };
    PyType_Spec spec = {
        .name = "storytime._native._Collection",
        .basicsize = sizeof(struct collection),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
        .slots = slots,
    };

    state->collection = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
    return state->collection != NULL ? PyModule_AddType(module, state->collection) : -1;
}
