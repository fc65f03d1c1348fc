#include "site/environment.h"

#include <Python.h>

#include "base/alloc.h"
#include "base/library.h"
#include "base/listing_path.h"
#include "base/path.h"

void environment_list(struct sty_strlist *out) {
    PyObject *path = PySys_GetObject("path"); /* borrowed */

    sty_strlist_clear(out);
    for (Py_ssize_t i = 0; path != NULL && PyList_Check(path) && i < PyList_GET_SIZE(path); i++) {
        PyObject *entry = PyList_GET_ITEM(path, i); /* borrowed */
        const char *text = PyUnicode_Check(entry) ? PyUnicode_AsUTF8(entry) : NULL;
        if (text != NULL && text[0] == '/' && sty_is_installed(text)) {
            sty_strlist_take(out, sty_listing_path_of(text));
        }
    }
    PyErr_Clear();
}

bool environment_leads_into(const char *directory) {
    PyObject *path = PySys_GetObject("path"); /* borrowed */
    bool leads = false;

    for (Py_ssize_t i = 0; !leads && path != NULL && PyList_Check(path) && i < PyList_GET_SIZE(path); i++) {
        PyObject *entry = PyList_GET_ITEM(path, i); /* borrowed */
        const char *text = PyUnicode_Check(entry) ? PyUnicode_AsUTF8(entry) : NULL;
        char *absolute = text != NULL ? sty_path_absolute(text[0] != '\0' ? text : ".") : NULL; /* owned */
        leads = absolute != NULL && sty_path_is_within(absolute, directory);
        sty_free(absolute);
    }
    PyErr_Clear();
    return leads;
}
