#include "python/log_records.h"

#include "base/log.h"

/* Filled in at build time from log_records.py; ends with a NUL. */
static const char source[] = {
#embed "log_records.py" suffix(, 0)
};

static enum sty_log_level level_of(long number) {
    if (number >= 40) {
        return STY_LOG_ERROR;
    }
    if (number >= 30) {
        return STY_LOG_WARNING;
    }
    return number >= 20 ? STY_LOG_INFO : STY_LOG_DEBUG;
}

/* log(levelno, name, message): write a log record as a line of our log. */
static PyObject *log_record(PyObject *self, PyObject *args) {
    long number = 0;
    const char *name = NULL;
    const char *message = NULL;

    if (!PyArg_ParseTuple(args, "lss", &number, &name, &message)) {
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS sty_log_for_user(level_of(number), name, message);
    Py_END_ALLOW_THREADS return Py_NewRef(Py_None);
}

static PyMethodDef log_record_def = {"log", log_record, METH_VARARGS, NULL};

/* A list of the directories that are not NULL, new. */
static PyObject *list_of(const char *const *directories, size_t count) {
    PyObject *list = PyList_New(0); /* new */

    for (size_t i = 0; list != NULL && i < count; i++) {
        PyObject *directory = directories[i] != NULL ? PyUnicode_DecodeFSDefault(directories[i]) : NULL; /* new */
        if (directories[i] != NULL && (directory == NULL || PyList_Append(list, directory) != 0)) {
            Py_CLEAR(list);
        }
        Py_XDECREF(directory);
    }
    return list;
}

int sty_log_records_set_up(const char *const *directories, size_t count) {
    PyObject *globals = PyDict_New();                               /* new */
    PyObject *log = PyCFunction_NewEx(&log_record_def, NULL, NULL); /* new */
    PyObject *list = list_of(directories, count);                   /* new */
    PyObject *result = NULL;                                        /* new */
    long level = ((long)sty_log_get_level() + 1) * 10;

    if (globals != NULL && log != NULL && list != NULL &&
        PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins()) == 0 &&
        (result = PyRun_String(source, Py_file_input, globals, globals)) != NULL) {
        Py_SETREF(result, PyObject_CallFunction(PyDict_GetItemString(globals, "set_up"), "OlO", log, level, list));
    }
    Py_XDECREF(result);
    Py_XDECREF(list);
    Py_XDECREF(log);
    Py_XDECREF(globals);
    return result != NULL ? 0 : -1;
}
