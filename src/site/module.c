/* What the Python module `storytime` offers; src/extension.c makes it importable. */
#include <Python.h>
#include <string.h>

#include "base/alloc.h"
#include "base/version.h"
#include "query/py_node.h"
#include "site/build.h"
#include "site/collection.h"
#include "site/discover.h"
#include "site/nodes.h"
#include "site/raise.h"

/* All of them, new; NULL: exception set. */
static PyObject *list_exceptions(const struct discovery *found) {
    PyObject *list = PyList_New(0); /* new */

    for (size_t i = 0; list != NULL && i < found->count; i++) {
        PyObject *exception = found->items[i].fault.status != STY_OK ? exception_of(&found->items[i]) : NULL; /* new */
        if (PyErr_Occurred() || (exception != NULL && PyList_Append(list, exception) != 0)) {
            Py_CLEAR(list);
        }
        Py_XDECREF(exception);
    }
    return list;
}

/* Raise the faults of files: a single one by itself, several as a group. 0: there are none; -1: raised. */
static int raise_faults(const struct sty_package *package, const struct discovery *found) {
    PyObject *list = list_exceptions(found); /* new */
    Py_ssize_t count = list != NULL ? PyList_GET_SIZE(list) : 0;
    PyObject *raised = NULL; /* new */

    if (count == 1) {
        raised = Py_NewRef(PyList_GET_ITEM(list, 0));
    } else if (count > 1) {
        PyObject *text = PyUnicode_FromFormat("%zd files of '%s' have errors", count, package->name); /* new */
        raised = text != NULL ? PyObject_CallFunctionObjArgs(PyExc_BaseExceptionGroup, text, list, NULL) : NULL;
        Py_XDECREF(text);
    }
    Py_XDECREF(list);
    if (raised != NULL) {
        PyErr_SetRaisedException(raised);
    }
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *make_site(PyObject *module, PyObject *argument) {
    const char *name = PyUnicode_AsUTF8(argument);
    struct sty_package package = {0};
    struct discovery found = {0};
    struct sty_error err = {0};
    PyObject *site = NULL;
    int status = STY_OK;

    if (name == NULL) {
        return NULL;
    }
    status = discover_package(name, &package, &err);
    if (status == STY_OK) {
        status = discover(PyModule_GetState(module), &package, &found, &err);
    }
    if (status == STY_OK && raise_faults(&package, &found) != 0) {
        status = STY_ERR_PYTHON;
    } else if (status == STY_OK && found.site == NULL) {
        status = sty_error_set_code(&err, STY_ERR_SITE, "STY101",
                                    "the package '%s' has no Site; its stories.py needs a function annotated '-> Site'",
                                    package.name);
    }
    if (status == STY_OK && found.site != NULL) {
        site = Py_NewRef(found.site);
    } else if (!PyErr_Occurred()) {
        raise_error(&err);
    }
    discovery_finish(&found);
    sty_package_finish(&package);
    sty_error_finish(&err);
    return site;
}

/* The item of a node that goes by a name: a key of its items, or the name of a story. New; NULL without an exception.
 */
static PyObject *find_item(PyObject *object, PyObject *name) {
    struct node *node = (struct node *)object;
    PyObject *items = node_get(node->items); /* borrowed */
    PyObject *found = NULL;

    if (PyDict_Check(items)) {
        PyDict_GetItemRef(items, name, &found);
        return found;
    }
    for (Py_ssize_t i = 0; PyList_Check(items) && i < PyList_GET_SIZE(items); i++) {
        PyObject *item = PyList_GET_ITEM(items, i);           /* borrowed */
        PyObject *own = PyObject_GetAttrString(item, "name"); /* new */
        int equal = own != NULL ? PyObject_RichCompareBool(own, name, Py_EQ) : 0;
        Py_XDECREF(own);
        if (equal > 0) {
            return Py_NewRef(item);
        }
        PyErr_Clear();
    }
    return NULL;
}

static bool has_items(const struct module_state *state, PyObject *object) {
    return node_is(state, object, NODE_SITE) || node_is(state, object, NODE_SECTION) ||
           node_is(state, object, NODE_SUBJECT);
}

static PyObject *find_path(PyObject *module, PyObject *args) {
    const struct module_state *state = PyModule_GetState(module);
    PyObject *at = NULL, *path = NULL; /* borrowed; `at` is new once the walk begins */
    PyObject *dot = NULL, *names = NULL;

    if (!PyArg_ParseTuple(args, "OU", &at, &path) || (dot = PyUnicode_FromString(".")) == NULL) {
        return NULL;
    }
    names = PyUnicode_Split(path, dot, -1); /* new */
    Py_DECREF(dot);
    Py_INCREF(at);
    for (Py_ssize_t i = 0; names != NULL && at != NULL && i < PyList_GET_SIZE(names); i++) {
        PyObject *name = PyList_GET_ITEM(names, i); /* borrowed */
        if (PyUnicode_GET_LENGTH(name) > 0) {
            Py_SETREF(at, has_items(state, at) ? find_item(at, name) : NULL);
        }
    }
    Py_XDECREF(names);
    if (at == NULL && !PyErr_Occurred()) {
        return Py_NewRef(Py_None);
    }
    return at;
}

static PyObject *list_of(const struct sty_strlist *texts) {
    PyObject *list = PyList_New(0); /* new */

    for (size_t i = 0; list != NULL && i < texts->count; i++) {
        PyObject *text = PyUnicode_DecodeFSDefault(texts->items[i]); /* new */
        if (text == NULL || PyList_Append(list, text) != 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(text);
    }
    return list;
}

/* A storytime.BuildResult, new. */
static PyObject *result_object(const struct sty_build_result *result) {
    PyObject *module = PyImport_ImportModule("storytime._result");                                  /* new */
    PyObject *type = module != NULL ? PyObject_GetAttrString(module, "BuildResult") : NULL;         /* new */
    PyObject *number = type != NULL ? Py_BuildValue("(n)", (Py_ssize_t)result->fault_count) : NULL; /* new */
    PyObject *fields = number != NULL
                           ? Py_BuildValue("{s:n,s:n,s:N,s:N,s:N,s:N}", "stories", (Py_ssize_t)result->stats.stories,
                                           "pages", (Py_ssize_t)result->stats.rendered, "written",
                                           list_of(&result->written), "removed", list_of(&result->removed), "faults",
                                           list_of(&result->faults), "failed_assertions", list_of(&result->failures))
                           : NULL; /* new */
    PyObject *object = fields != NULL ? PyObject_Call(type, number, fields) : NULL;

    Py_XDECREF(fields);
    Py_XDECREF(number);
    Py_XDECREF(type);
    Py_XDECREF(module);
    return object;
}

static PyObject *build_site(PyObject *module, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"package", "output_dir", "with_assertions", NULL};
    PyObject *package = NULL, *output_dir = NULL; /* new, bytes */
    int with_assertions = 1;
    struct sty_build_result result = {0};
    struct sty_error err = {0};
    PyObject *answer = NULL;

    if (PyArg_ParseTupleAndKeywords(args, kwargs, "O&O&|p", names, PyUnicode_FSConverter, &package,
                                    PyUnicode_FSConverter, &output_dir, &with_assertions)) {
        const struct sty_build_options options = {
            .package = PyBytes_AS_STRING(package),
            .output_dir = PyBytes_AS_STRING(output_dir),
            .with_assertions = with_assertions != 0,
        };
        int status = sty_build_site(&options, &result, &err);
        answer = status == STY_OK ? result_object(&result) : raise_error(&err);
    }
    sty_build_result_finish(&result);
    sty_error_finish(&err);
    Py_XDECREF(package);
    Py_XDECREF(output_dir);
    return answer;
}

#define MAKE_SITE_DOC                                                                                                  \
    "(package, /)\n--\n\nImport all stories of a package (dotted name or directory) and return its Site, with the "    \
    "tree seated.\nRaise what user code raises: one exception as it is, those of several files as an ExceptionGroup."
#define BUILD_SITE_DOC                                                                                                 \
    "(package, output_dir, with_assertions=True)\n--\n\nWrite the catalog of a package into a directory. Return a "    \
    "BuildResult, which is the\nnumber of broken stories and files as an int, and has stories, pages, faults and "     \
    "failed_assertions.\nRaise ValueError when there is no such package or no Site, FileExistsError when the "         \
    "directory\nholds files of others, OSError when it can't be written."

static PyMethodDef module_methods[] = {
    {"make_site", make_site, METH_O, PyDoc_STR("make_site" MAKE_SITE_DOC)},
    {"make_catalog", make_site, METH_O, PyDoc_STR("make_catalog" MAKE_SITE_DOC)},
    {"find_path", find_path, METH_VARARGS,
     PyDoc_STR(
         "find_path(site, path, /)\n--\n\nReturn the node at a package path such as '.components.button', or None.")},
    {"build_site", (PyCFunction)(void (*)(void))build_site, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("build_site" BUILD_SITE_DOC)},
    {"build_catalog", (PyCFunction)(void (*)(void))build_site, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("build_catalog" BUILD_SITE_DOC)},
    {0},
};

int sty_storytime_module_exec(PyObject *module) {
    static const char *const names[] = {"Site",      "Section",      "Subject",   "Story",      "Catalog",
                                        "make_site", "make_catalog", "find_path", "build_site", "build_catalog"};
    PyObject *all = PyList_New(0); /* new */
    struct module_state *state = PyModule_GetState(module);
    int status = all != NULL ? nodes_add_classes(module, state) : -1;

    if (status == 0) {
        status = collection_add_class(module, state);
    }
    if (status == 0) {
        status = sty_query_add_class(module);
    }
    for (size_t i = 0; status == 0 && i < sizeof(names) / sizeof(*names); i++) {
        PyObject *name = PyUnicode_FromString(names[i]); /* new */
        status = name != NULL ? PyList_Append(all, name) : -1;
        Py_XDECREF(name);
    }
    if (status == 0 && PyModule_AddObjectRef(module, "__all__", all) == 0) {
        status = PyModule_AddStringConstant(module, "__version__", STY_VERSION);
    }
    Py_XDECREF(all);
    return status;
}

static int module_traverse(PyObject *module, visitproc visit, void *arg) {
    struct module_state *state = PyModule_GetState(module);

    for (int which = 0; which < NODE_CLASS_COUNT; which++) {
        Py_VISIT(state->classes[which]);
    }
    Py_VISIT(state->collection);
    return 0;
}

static int module_clear(PyObject *module) {
    struct module_state *state = PyModule_GetState(module);

    for (int which = 0; which < NODE_CLASS_COUNT; which++) {
        Py_CLEAR(state->classes[which]);
    }
    Py_CLEAR(state->collection);
    return 0;
}

static void module_free(void *module) {
    module_clear(module);
}

PyModuleDef sty_storytime_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "storytime._native",
    .m_doc = PyDoc_STR("The native half of storytime: the classes that catalogs are written with, and the builder."),
    .m_size = sizeof(struct module_state),
    .m_methods = module_methods,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};
