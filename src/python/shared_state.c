#include "python/shared_state.h"

#include <Python.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/strlist.h"
#include "base/system.h"

/* One for the process; written once, before there is a second interpreter. */
static struct {
    struct sty_strlist variables; /* "NAME=value" */
    char *locale;                 /* owned */
} kept;

int sty_shared_state_keep(struct sty_error *err) {
    bool whole = true;

    sty_strlist_clear(&kept.variables);
    for (char **variable = environ; variable != NULL && *variable != NULL && whole; variable++) {
        whole = strchr(*variable, '=') == NULL || sty_strlist_add(&kept.variables, *variable);
    }
    sty_free(kept.locale);
    kept.locale = sty_strdup(setlocale(LC_ALL, NULL));
    return whole && kept.locale != NULL ? STY_OK : sty_error_nomem(err);
}

/* The dictionary of bytes that os.environ and os.environb wrap, new. Unlike them, it does not change the process's
 * environment. */
static PyObject *find_variables(void) {
    PyObject *posix = PyImport_ImportModule("posix");                                  /* new */
    PyObject *found = posix != NULL ? PyObject_GetAttrString(posix, "environ") : NULL; /* new */

    Py_XDECREF(posix);
    if (found != NULL && !PyDict_Check(found)) {
        PyErr_SetString(PyExc_TypeError, "posix.environ is no longer a dictionary");
        Py_CLEAR(found);
    }
    return found;
}

static int give_variable(PyObject *variables, const char *variable) {
    const char *equals = strchr(variable, '=');
    PyObject *name = PyBytes_FromStringAndSize(variable, equals - variable); /* new */
    PyObject *value = PyBytes_FromString(equals + 1);                        /* new */
    int status = name != NULL && value != NULL ? PyDict_SetItem(variables, name, value) : -1;

    Py_XDECREF(name);
    Py_XDECREF(value);
    return status;
}

int sty_shared_state_give(void) {
    PyObject *variables = find_variables(); /* new */
    int status = variables != NULL ? 0 : -1;

    if (variables != NULL) {
        PyDict_Clear(variables);
    }
    for (size_t i = 0; status == 0 && i < kept.variables.count; i++) {
        status = give_variable(variables, kept.variables.items[i]);
    }
    Py_XDECREF(variables);
    return status;
}

/* Append the names of variables that the process has and the dictionary does not. */
static int find_strangers(PyObject *variables, struct sty_strlist *out) {
    int known = 0;

    for (char **variable = environ; variable != NULL && *variable != NULL && known >= 0; variable++) {
        size_t length = strcspn(*variable, "=");
        PyObject *name = PyBytes_FromStringAndSize(*variable, (Py_ssize_t)length); /* new */
        known = name != NULL ? PyDict_Contains(variables, name) : -1;
        Py_XDECREF(name);
        if (known == 0) {
            sty_strlist_take(out, sty_strndup(*variable, length));
        }
    }
    return known < 0 ? -1 : 0;
}

/* Another interpreter that is being created may be reading the environment, so only write to it if the value differs.
 */
static bool set_variable(PyObject *name, PyObject *value) {
    const char *wanted = PyBytes_Check(name) && PyBytes_Check(value) ? PyBytes_AsString(value) : NULL;
    const char *now = wanted != NULL ? getenv(PyBytes_AsString(name)) : NULL;

    return wanted != NULL && (now == NULL || strcmp(now, wanted) != 0) &&
           setenv(PyBytes_AsString(name), wanted, 1) == 0;
}

static bool enter_variables(PyObject *variables, const struct sty_strlist *strangers) {
    PyObject *name = NULL, *value = NULL; /* borrowed */
    Py_ssize_t at = 0;
    bool changed = false;

    for (size_t i = 0; i < strangers->count; i++) {
        changed = unsetenv(strangers->items[i]) == 0 || changed;
    }
    while (PyDict_Next(variables, &at, &name, &value)) {
        changed = set_variable(name, value) || changed;
    }
    return changed;
}

int sty_shared_state_enter(void) {
    PyObject *variables = find_variables(); /* new */
    struct sty_strlist strangers = {0};
    int status = variables != NULL ? find_strangers(variables, &strangers) : -1;

    if (status == 0 && enter_variables(variables, &strangers)) {
        tzset(); /* the C library caches TZ */
    }
    if (strcmp(setlocale(LC_ALL, NULL), kept.locale) != 0) {
        setlocale(LC_ALL, kept.locale);
    }
    sty_strlist_finish(&strangers);
    Py_XDECREF(variables);
    return status;
}
