#include "python/outside_text.h"

#include <string.h>

PyObject *sty_outside_text(void *text) {
    return text != NULL ? PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace") : Py_NewRef(Py_None);
}
