#include "isolation/runtime.h"

#include <Python.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"
#include "python/environment.h"
#include "imports/fallback.h"
#include "imports/import_hooks.h"
#include "isolation/interpreter.h"
#include "imports/library_sources.h"
#include "python/log_records.h"
#include "python/py_error.h"
#include "python/shared_state.h"
#include "imports/source_loader.h"
#include "imports/sources.h"
#include "python/streams.h"

/* Of the process, as Python is started once in it; written before any other thread exists. */
static struct {
    char *environment; /* NULL: the linked Python's own site-packages */
    char *import_dir;  /* may be NULL */
    char *cwd;         /* where the command was started: user code may change directory later */
    const struct sty_builtin_module *modules;
    PyThreadState *main_state;   /* of the main thread while it is detached */
    struct sty_interpreter main; /* the main interpreter, to be interrupted */
} runtime;

static int add_builtin_modules(const struct sty_builtin_module *modules, struct sty_error *err) {
    for (; modules->name != NULL; modules++) {
        if (!modules->fallback && PyImport_AppendInittab(modules->name, modules->init) != 0) {
            return sty_error_nomem(err);
        }
    }
    return STY_OK;
}

static int start_python(struct sty_error *err) {
    PyConfig config;
    PyStatus status;

    PyConfig_InitPythonConfig(&config);
    config.parse_argv = 0;
    config.install_signal_handlers = 0;
    config.site_import = 0; /* sty_runtime_set_up_interpreter() does it when the environment is known */
    config.buffered_stdio = 1;
    config.pathconfig_warnings = 0;
    status = PyConfig_SetBytesString(&config, &config.program_name, STY_PYTHON_PROGRAM);
    if (!PyStatus_Exception(status)) {
        status = Py_InitializeFromConfig(&config);
    }
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status)) {
        return sty_error_set_code(err, STY_ERR_PYTHON, "STY300", "Python cannot be started: %s",
                                  status.err_msg != NULL ? status.err_msg : "it does not say why");
    }
    return STY_OK;
}

int sty_runtime_start(const struct sty_runtime_options *options, struct sty_error *err) {
    int status =
        sty_environment_find(options->python, options->package_dir, STY_PYTHON_VERSION, &runtime.environment, err);

    if (status != STY_OK) {
        return status;
    }
    runtime.cwd = sty_path_absolute(".");
    runtime.import_dir = options->import_dir != NULL ? sty_path_absolute(options->import_dir) : NULL;
    runtime.modules = options->modules;
    if (sty_sources_are_told() && sty_library_sources_note() != 0) {
        return sty_error_nomem(err);
    }
    if ((status = add_builtin_modules(options->modules, err)) != STY_OK || (status = start_python(err)) != STY_OK ||
        (status = sty_shared_state_keep(err)) != STY_OK) {
        return status;
    }
    runtime.main =
        (struct sty_interpreter){.state = PyThreadState_Get(), .thread = PyThread_get_thread_ident(), .idle = true};
    return sty_runtime_set_up_interpreter(err);
}

const char *sty_runtime_environment(void) {
    return runtime.environment;
}

static int set_sys_path(const char *name, const char *path) {
    PyObject *text = path != NULL ? PyUnicode_DecodeFSDefault(path) : PyErr_NoMemory(); /* new */
    int status = text != NULL ? PySys_SetObject(name, text) : -1;

    Py_XDECREF(text);
    return status;
}

/* As `python` in the environment has them; base_prefix stays that of the linked Python. */
static int enter_environment(const char *environment) {
    char *python = sty_path_join(environment, "bin/python"); /* owned */
    int status = set_sys_path("executable", python);

    sty_free(python);
    return status == 0 && set_sys_path("prefix", environment) == 0 && set_sys_path("exec_prefix", environment) == 0
               ? 0
               : -1;
}

/* site.main() finds the environment by sys.executable and sys.prefix, and handles `.pth` files, the system's
 * site-packages and the user's as `python` would. */
static int set_up_site(void) {
    PyObject *site = NULL;   /* new */
    PyObject *result = NULL; /* new */

    if (runtime.environment != NULL && enter_environment(runtime.environment) != 0) {
        return -1;
    }
    if ((site = PyImport_ImportModule("site")) != NULL) {
        result = PyObject_CallMethod(site, "main", NULL);
    }
    Py_XDECREF(site);
    Py_XDECREF(result);
    return result != NULL ? 0 : -1;
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

/*
 * Subinterpreters import logging while they wait for their build. It comes before our streams there: it imports
 * threading, whose object for the main thread keeps the sys.stderr of that moment until after the interpreter's last
 * garbage collection. Ours would then leave its type behind, and for one object that is left Python keeps all of an
 * interpreter's memory (3.4 MB).
 */
static int set_up_logging(bool main) {
    const char *const first[] = {runtime.cwd, runtime.import_dir};
    PyObject *logging = NULL; /* new */

    if (sty_log_records_set_up(first, sizeof(first) / sizeof(*first)) != 0) {
        return -1;
    }
    if (main) {
        return 0;
    }
    logging = PyImport_ImportModule("logging");
    Py_XDECREF(logging);
    return logging != NULL ? 0 : -1;
}

/* Who imports whom is of use to later builds, and those of one memory run in subinterpreters; in the main interpreter
 * it tells what is missing to whoever watches. */
int sty_runtime_set_up_interpreter(struct sty_error *err) {
    bool main = PyInterpreterState_Get() == PyInterpreterState_Main();

    if (sty_shared_state_give() != 0 || set_up_logging(main) != 0 || sty_streams_set_up() != 0 || set_up_site() != 0 ||
        sty_runtime_prepend_path(runtime.cwd) != 0 || sty_runtime_prepend_path(runtime.import_dir) != 0 ||
        sty_fallback_set_up(runtime.modules) != 0 ||
        ((!main || sty_sources_are_told()) && sty_import_hooks_set_up() != 0) || sty_source_loader_set_up() != 0) {
        return sty_py_error_take(NULL, err);
    }
    if (main) {
        sty_library_sources_note_places();
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

bool sty_runtime_interrupt(char **stack) {
    return sty_interpreter_interrupt(&runtime.main, stack);
}

/* Whether a module's __file__ is `path`. Modules may be any objects: what they raise is passed over. */
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

void sty_runtime_stop(void) {
    Py_FinalizeEx();
    sty_free(runtime.environment);
    sty_free(runtime.import_dir);
    sty_free(runtime.cwd);
    memset(&runtime, 0, sizeof(runtime));
}
