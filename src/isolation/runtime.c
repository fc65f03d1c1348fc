#include "isolation/runtime.h"

#include <Python.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"
#include "imports/import_hooks.h"
#include "isolation/interpreter.h"
#include "imports/library_sources.h"
#include "python/log_records.h"
#include "python/py_error.h"
#include "python/shared_state.h"
#include "imports/source_loader.h"
#include "imports/sources.h"
#include "python/streams.h"

/* One for the process, as there is one Python in it; written before any other thread exists. */
static struct {
    char *import_dir;            /* may be NULL */
    char *own_dir;               /* the directory of the package `storytime`; NULL: it is built in */
    char *cwd;                   /* where the command was started; user code may change directory later */
    PyThreadState *main_state;   /* of the main thread while it is detached */
    struct sty_interpreter main; /* the main interpreter, to be interrupted */
} runtime;

static char *absolute_or_null(const char *path) {
    return path != NULL ? sty_path_absolute(path) : NULL;
}

int sty_runtime_enter(const struct sty_runtime_options *options, struct sty_error *err) {
    int status = STY_OK;

    runtime.cwd = sty_path_absolute(".");
    runtime.import_dir = absolute_or_null(options->import_dir);
    runtime.own_dir = absolute_or_null(options->own_dir);
    if (sty_sources_are_told() && sty_library_sources_note() != 0) {
        return sty_error_nomem(err);
    }
    if ((status = sty_shared_state_keep(err)) != STY_OK) {
        return status;
    }
    runtime.main =
        (struct sty_interpreter){.state = PyThreadState_Get(), .thread = PyThread_get_thread_ident(), .idle = true};
    return sty_runtime_set_up_interpreter(err);
}

int sty_runtime_prepend_path(const char *directory) {
    PyObject *path = PySys_GetObject("path"); /* borrowed */
    PyObject *entry = NULL;                   /* new */
    int status = -1;

    if (directory == NULL || path == NULL) {
        return 0;
    }
    if ((entry = PyUnicode_DecodeFSDefault(directory)) != NULL) {
        int there = PySequence_Contains(path, entry);
        status = there != 0 ? (there > 0 ? 0 : -1) : PyList_Insert(path, 0, entry);
    }
    Py_XDECREF(entry);
    return status;
}

/* Python gives a subinterpreter the first entry of `python -c`, "", which is whatever the current directory is later.
 * It is removed; our own entries follow. */
static int leave_out_current_directory(void) {
    PyObject *path = PySys_GetObject("path"); /* borrowed */
    PyObject *first = path != NULL && PyList_Check(path) && PyList_GET_SIZE(path) > 0 ? PyList_GET_ITEM(path, 0) : NULL;

    return first != NULL && PyUnicode_Check(first) && PyUnicode_GET_LENGTH(first) == 0
               ? PyList_SetSlice(path, 0, 1, NULL)
               : 0;
}

/*
 * Make sure that `storytime` is the package that this code belongs to, whatever else the environment has under that
 * name: import it from its own directory, before anything else is imported.
 */
static int import_own_package(void) {
    PyObject *path = PySys_GetObject("path"); /* borrowed */
    PyObject *entry = NULL, *module = NULL;   /* new */

    if (runtime.own_dir != NULL) {
        char *parent = sty_path_dirname(runtime.own_dir); /* owned */
        entry = parent != NULL ? PyUnicode_DecodeFSDefault(parent) : PyErr_NoMemory();
        sty_free(parent);
        if (entry == NULL || path == NULL || PyList_Insert(path, 0, entry) != 0) {
            Py_XDECREF(entry);
            return -1;
        }
    }
    module = PyImport_ImportModule("storytime");
    if (entry != NULL && PyList_SetSlice(path, 0, 1, NULL) != 0) {
        Py_CLEAR(module);
    }
    Py_XDECREF(entry);
    Py_XDECREF(module);
    return module != NULL ? 0 : -1;
}

/*
 * In subinterpreters, threading is imported before our streams: its object for the main thread keeps the sys.stderr of
 * that moment until after the interpreter's last garbage collection. Ours would then leave its type behind, and for one
 * object that is left Python keeps all of an interpreter's memory (3.4 MB).
 */
static int set_up_logging(bool main) {
    const char *const first[] = {runtime.cwd, runtime.import_dir};
    PyObject *threading = NULL; /* new */

    if (sty_log_records_set_up(first, sizeof(first) / sizeof(*first)) != 0) {
        return -1;
    }
    if (main) {
        return 0;
    }
    threading = PyImport_ImportModule("threading");
    Py_XDECREF(threading);
    return threading != NULL ? 0 : -1;
}

/* Imports are recorded in all interpreters: later builds, the watcher and `storytime affected` need them. */
int sty_runtime_set_up_interpreter(struct sty_error *err) {
    bool main = PyInterpreterState_Get() == PyInterpreterState_Main();

    if (sty_shared_state_give() != 0 || leave_out_current_directory() != 0 || import_own_package() != 0 ||
        set_up_logging(main) != 0 || sty_streams_set_up() != 0 || sty_runtime_prepend_path(runtime.cwd) != 0 ||
        sty_runtime_prepend_path(runtime.import_dir) != 0 || sty_import_hooks_set_up() != 0 ||
        sty_source_loader_set_up() != 0) {
        return sty_py_error_take(NULL, err);
    }
    if (main) {
        sty_library_sources_note_start();
    }
    return STY_OK;
}

void sty_runtime_detach(void) {
    runtime.main_state = PyEval_SaveThread();
}

void sty_runtime_attach(void) {
    PyEval_RestoreThread(runtime.main_state);
    runtime.main_state = NULL;
}

void sty_runtime_set_interruptible(bool on) {
    runtime.main.idle = !on;
    if (!on) {
        sty_interpreter_forget_interrupt(&runtime.main);
    }
}

char *sty_runtime_stack(void) {
    return sty_interpreter_stack(&runtime.main);
}

bool sty_runtime_interrupt(char **stack) {
    return sty_interpreter_interrupt(&runtime.main, stack);
}

/* Whether a module's __file__ is `path`. sys.modules may hold any objects; exceptions that they raise are ignored. */
static bool is_file_of(PyObject *module, PyObject *path) {
    PyObject *file = PyObject_GetAttrString(module, "__file__"); /* new */
    bool same = file != NULL && PyUnicode_Check(file) && PyUnicode_Compare(file, path) == 0;

    Py_XDECREF(file);
    PyErr_Clear();
    return same;
}

bool sty_runtime_has_loaded(const char *path) {
    PyObject *modules = PyDict_Values(PyImport_GetModuleDict()); /* new */
    PyObject *wanted = PyUnicode_DecodeFSDefault(path);          /* new */
    bool found = false;

    for (Py_ssize_t i = 0; modules != NULL && wanted != NULL && !found && i < PyList_GET_SIZE(modules); i++) {
        found = is_file_of(PyList_GET_ITEM(modules, i), wanted);
    }
    Py_XDECREF(wanted);
    Py_XDECREF(modules);
    PyErr_Clear();
    return found;
}
