/* The extension module `storytime._native`: the classes that catalogs are written with, and the tasks that the program
 * gives it. */
#include <Python.h>
#include <string.h>

#include "base/alloc.h"
#include "base/library.h"
#include "base/path.h"
#include "builder/build_once.h"
#include "builder/command.h"
#include "builder/doctor.h"
#include "builder/worker.h"
#include "imports/fallback.h"
#include "site/nodes.h"

PyMODINIT_FUNC PyInit__native(void);
PyMODINIT_FUNC PyInit_tdom(void);

/* Used if the environment has none of its own. */
static const struct sty_native_module native_modules[] = {{.name = "tdom", .init = PyInit_tdom}, {0}};

/* Tasks by their names; each is run on the main thread, attached, and returns an exit code. */
static const struct {
    const char *name;
    int (*run)(const struct sty_builder_settings *settings, const char *own_dir);
} tasks[] = {
    {STY_TASK_BUILDER, sty_builder_worker_main},
    {STY_TASK_BUILD, sty_build_once},
    {STY_TASK_DOCTOR, sty_doctor},
};

/* The directory of the package, which contains the extension's own file. Owned; NULL: it is built into the process. */
static char *own_directory(PyObject *module) {
    PyObject *file = PyModule_GetFilenameObject(module); /* new */
    const char *path = file != NULL ? PyUnicode_AsUTF8(file) : NULL;
    char *directory = path != NULL ? sty_path_dirname(path) : NULL;

    Py_XDECREF(file);
    PyErr_Clear();
    return directory;
}

static int run_task(const char *name, const struct sty_builder_settings *settings, const char *own_dir) {
    for (size_t i = 0; i < sizeof(tasks) / sizeof(*tasks); i++) {
        if (strcmp(name, tasks[i].name) == 0) {
            return tasks[i].run(settings, own_dir);
        }
    }
    PyErr_Format(PyExc_ValueError, "storytime has no task '%s'", name);
    return -1;
}

static PyObject *native_main(PyObject *module, PyObject *args) {
    struct sty_builder_settings settings = {0};
    struct sty_error err = {0};
    const char *task = NULL, *text = NULL; /* borrowed */
    char *own_dir = NULL;                  /* owned */
    Py_ssize_t size = 0;
    int code = -1;

    if (!PyArg_ParseTuple(args, "ss#", &task, &text, &size)) {
        return NULL;
    }
    if (sty_builder_settings_read(text, (size_t)size, &settings, &err) == STY_OK) {
        own_dir = own_directory(module);
        code = run_task(task, &settings, own_dir);
    } else {
        PyErr_SetString(PyExc_ValueError, sty_error_message(&err));
    }
    sty_free(own_dir);
    sty_builder_settings_finish(&settings);
    sty_error_finish(&err);
    return PyErr_Occurred() ? NULL : PyLong_FromLong(code);
}

static PyMethodDef functions[] = {
    {"_main", native_main, METH_VARARGS,
     PyDoc_STR("_main(task, settings, /)\n--\n\nDo what the program asks for; return the exit code.")},
    {0},
};

/* The standard library is the directory of the module `os`. */
static int set_library_places(PyObject *module) {
    PyObject *os = PyImport_ImportModule("os");                                  /* new */
    PyObject *file = os != NULL ? PyObject_GetAttrString(os, "__file__") : NULL; /* new */
    const char *path = file != NULL ? PyUnicode_AsUTF8(file) : NULL;
    char *stdlib = path != NULL ? sty_path_dirname(path) : NULL; /* owned */
    char *own = own_directory(module);                           /* owned */

    PyErr_Clear();
    if (!sty_library_set_places(stdlib, own)) {
        PyErr_NoMemory();
    }
    sty_free(own);
    sty_free(stdlib);
    Py_XDECREF(file);
    Py_XDECREF(os);
    return PyErr_Occurred() ? -1 : 0;
}

/* The places are set only in the main interpreter, as later there may be threads that use them. Importing storytime
 * also makes the native tdom available, if the environment has none. */
static int native_exec(PyObject *module) {
    if (PyInterpreterState_Get() == PyInterpreterState_Main() && set_library_places(module) != 0) {
        return -1;
    }
    return sty_fallback_set_up(native_modules) != 0 ? -1 : PyModule_AddFunctions(module, functions);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, sty_storytime_module_exec},
    {Py_mod_exec, native_exec},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {0},
};

PyMODINIT_FUNC PyInit__native(void) {
    sty_storytime_module.m_slots = slots;
    return PyModuleDef_Init(&sty_storytime_module);
}
