#include "python/py_error.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/path.h"
#include "base/library.h"
#include "python/refusals.h"

#define LONGEST_MESSAGE ((size_t)64 * 1024)
#define DEEPEST_CHAIN 8 /* causes of causes, groups in groups */
#define MOST_MEMBERS 10 /* of an exception group */
#define FIRST_FRAMES 6  /* of a traceback that is cut */
#define LAST_FRAMES 14

struct frame {
    PyObject *file;     /* str, new */
    PyObject *function; /* str, new */
    int line;
};

struct frames {
    struct frame *items;
    size_t count, capacity;
};

static void frames_finish(struct frames *frames) {
    for (size_t i = 0; i < frames->count; i++) {
        Py_DECREF(frames->items[i].file);
        Py_DECREF(frames->items[i].function);
    }
    sty_free(frames->items);
    *frames = (struct frames){0};
}

static void frames_add(struct frames *frames, PyCodeObject *code, int line) {
    struct frame *grown = sty_grow(frames->items, &frames->capacity, frames->count + 1, sizeof(*grown));

    if (grown != NULL) {
        frames->items = grown;
        frames->items[frames->count++] = (struct frame){
            .file = Py_NewRef(code->co_filename), .function = Py_NewRef(code->co_qualname), .line = line};
    }
}

static const char *text_of(PyObject *text) {
    const char *result = text != NULL ? PyUnicode_AsUTF8(text) : NULL;

    if (result == NULL) {
        PyErr_Clear();
        return "?";
    }
    return result;
}

/* The attribute `name`, new, or NULL without an exception. */
static PyObject *attribute(PyObject *object, const char *name) {
    PyObject *value = PyObject_GetAttrString(object, name);

    if (value == NULL) {
        PyErr_Clear();
    }
    return value;
}

static int integer_attribute(PyObject *object, const char *name) {
    PyObject *value = attribute(object, name);
    long number = value != NULL && PyLong_Check(value) ? PyLong_AsLong(value) : 0;

    if (PyErr_Occurred()) {
        PyErr_Clear();
        number = 0;
    }
    Py_XDECREF(value);
    return (int)number;
}

static void collect_frames(PyObject *exception, struct frames *out) {
    PyObject *traceback = PyException_GetTraceback(exception); /* new */

    while (traceback != NULL && traceback != Py_None) {
        PyObject *frame = attribute(traceback, "tb_frame"); /* new */
        PyObject *next = attribute(traceback, "tb_next");   /* new */
        if (frame != NULL) {
            PyCodeObject *code = PyFrame_GetCode((PyFrameObject *)frame); /* new */
            frames_add(out, code, integer_attribute(traceback, "tb_lineno"));
            Py_DECREF(code);
        }
        Py_XDECREF(frame);
        Py_SETREF(traceback, next);
    }
    Py_XDECREF(traceback);
}

bool sty_py_error_wants_process(const char *message) {
    static const char *const refusals[] = {"does not support loading in subinterpreters",
                                           "daemon threads are disabled in this (sub)interpreter",
                                           "signal only works in main thread of the main interpreter"};
    bool wants = false;

    for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
        wants = wants || strstr(message, refusals[i]) != NULL;
    }
    return wants;
}

/* Whether a file belongs to tdom or storytime, whose frames mean nothing to users. A project's directory may have the
 * same name, and may contain its libraries. */
static bool is_engine(const char *file) {
    const char *name = sty_path_basename(file);
    size_t directory = (size_t)(name - file);

    return sty_is_library(file) && ((directory >= 6 && strncmp(name - 6, "/tdom/", 6) == 0) ||
                                    (directory >= 11 && strncmp(name - 11, "/storytime/", 11) == 0));
}

/* Keep the user's own frames. If there are none, keep those of libraries, up to the first one of tdom or storytime. */
static void keep_user_frames(struct frames *frames) {
    bool any = false, hidden = false;
    size_t kept = 0;

    for (size_t i = 0; i < frames->count; i++) {
        any = any || !sty_is_library(text_of(frames->items[i].file));
    }
    for (size_t i = 0; i < frames->count; i++) {
        const char *file = text_of(frames->items[i].file);
        hidden = hidden || is_engine(file);
        if (any ? !sty_is_library(file) : !hidden && file[0] != '<') {
            frames->items[kept++] = frames->items[i];
        } else {
            Py_DECREF(frames->items[i].file);
            Py_DECREF(frames->items[i].function);
        }
    }
    frames->count = kept;
}

/* The last two parts of an absolute path. The last alone would often be ambiguous, as many sources have the same name.
 */
static const char *last_parts(const char *file) {
    const char *at = sty_path_basename(file) - 1;

    while (at > file && at[-1] != '/') {
        at--;
    }
    return at > file ? at : sty_path_basename(file);
}

/* A file as pages may show it: its path relative to the package or to the directory around it, what follows the last
 * "-packages/", or the end of its path. */
static const char *shown_file(const char *file, const char *package_dir) {
    const char *packages = strstr(file, "-packages/");
    size_t size = package_dir != NULL ? strlen(package_dir) : 0;
    size_t around = package_dir != NULL ? (size_t)(sty_path_basename(package_dir) - package_dir) : 0;

    if (packages != NULL && (size == 0 || !sty_path_is_within(file, package_dir))) {
        return packages + strlen("-packages/");
    }
    if (package_dir == NULL || file[0] != '/') {
        return file;
    }
    if (sty_path_is_within(file, package_dir) && file[size] == '/') {
        return file + size + 1;
    }
    return strncmp(file, package_dir, around) == 0 ? file + around : last_parts(file);
}

/* Append a line of a source file without its indentation; nothing if it can't be read. */
static void add_source_line(const char *file, int line, struct sty_buf *out) {
    FILE *stream = fopen(file, "re");
    char *text = NULL; /* owned; from getline() */
    size_t capacity = 0;
    ssize_t length = -1;

    if (stream == NULL) {
        return;
    }
    for (int at = 0; at < line && (length = getline(&text, &capacity, stream)) >= 0; at++) {
    }
    if (length > 0) {
        const char *begin = text + strspn(text, " \t\f");
        size_t size = strcspn(begin, "\r\n");
        sty_buf_add(out, "    ");
        sty_buf_append(out, begin, size < 400 ? size : 400);
        sty_buf_putc(out, '\n');
    }
    sty_free(text);
    fclose(stream);
}

static void add_frames(const struct frames *frames, const char *package_dir, struct sty_buf *out) {
    for (size_t i = 0; i < frames->count; i++) {
        const struct frame *frame = &frames->items[i];
        const char *file = text_of(frame->file);
        if (frames->count > FIRST_FRAMES + LAST_FRAMES && i == FIRST_FRAMES) {
            sty_buf_printf(out, "  ... %zu more frames ...\n", frames->count - FIRST_FRAMES - LAST_FRAMES);
            i = frames->count - LAST_FRAMES - 1;
            continue;
        }
        sty_buf_printf(out, "  File \"%s\", line %d, in %s\n", shown_file(file, package_dir), frame->line,
                       text_of(frame->function));
        add_source_line(file, frame->line, out);
    }
}

static char *type_name(PyObject *exception) {
    PyObject *name = PyType_GetQualName(Py_TYPE(exception)); /* new */
    char *result = sty_strdup(text_of(name));

    PyErr_Clear();
    Py_XDECREF(name);
    return result;
}

/* str() of the exception. That is user code and may fail. */
static char *exception_message(PyObject *exception) {
    PyObject *text = NULL;  /* new */
    PyObject *bytes = NULL; /* new */
    char *result = NULL;

    /* A SyntaxError's str() repeats the file and the line. */
    if (PyErr_GivenExceptionMatches(exception, PyExc_SyntaxError)) {
        text = attribute(exception, "msg");
    }
    if (text == NULL || !PyUnicode_Check(text)) {
        Py_XSETREF(text, PyObject_Str(exception));
    }
    if (text == NULL) {
        PyObject *second = PyErr_GetRaisedException();          /* new */
        char *name = second != NULL ? type_name(second) : NULL; /* owned */
        result = sty_asprintf("(no message: its str() raised %s)", name != NULL ? name : "an exception");
        sty_free(name);
        Py_XDECREF(second);
        return result;
    }
    if ((bytes = PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace")) == NULL) {
        PyErr_Clear();
    } else {
        size_t size = (size_t)PyBytes_GET_SIZE(bytes);
        const char *start = PyBytes_AS_STRING(bytes);
        if (size > LONGEST_MESSAGE) {
            size = LONGEST_MESSAGE;
            while (size > 0 && ((unsigned char)start[size] & 0xC0) == 0x80) {
                size--; /* not in the middle of a character */
            }
            result = sty_asprintf("%.*s... (%zu bytes in all)", (int)size, start, (size_t)PyBytes_GET_SIZE(bytes));
        } else {
            result = sty_strndup(start, size);
        }
    }
    Py_XDECREF(bytes);
    Py_DECREF(text);
    return result;
}

/* The lines of a SyntaxError: where, the source, and a caret under the column. */
static void add_syntax_error(PyObject *exception, const char *package_dir, struct sty_buf *out) {
    PyObject *file = attribute(exception, "filename"); /* new */
    PyObject *text = attribute(exception, "text");     /* new */
    int column = integer_attribute(exception, "offset");

    if (file != NULL && PyUnicode_Check(file)) {
        sty_buf_printf(out, "  File \"%s\", line %d\n", shown_file(text_of(file), package_dir),
                       integer_attribute(exception, "lineno"));
    }
    if (text != NULL && PyUnicode_Check(text)) {
        const char *line = text_of(text);
        int indent = (int)strspn(line, " \t\f");
        sty_buf_printf(out, "    %.*s\n", (int)strcspn(line + indent, "\r\n"), line + indent);
        if (column > indent) {
            sty_buf_printf(out, "    %*s\n", column - indent, "^");
        }
    }
    Py_XDECREF(file);
    Py_XDECREF(text);
}

static void add_notes(PyObject *exception, struct sty_buf *out) {
    PyObject *notes = attribute(exception, "__notes__"); /* new */

    for (Py_ssize_t i = 0; notes != NULL && PyList_Check(notes) && i < PyList_Size(notes); i++) {
        PyObject *note = PyList_GetItemRef(notes, i); /* new */
        if (note != NULL && PyUnicode_Check(note)) {
            sty_buf_printf(out, "%s\n", text_of(note));
        }
        Py_XDECREF(note);
    }
    PyErr_Clear();
    Py_XDECREF(notes);
}

static void add_exception(PyObject *exception, const char *package_dir, int depth, struct sty_buf *out);

static void add_members(PyObject *exception, const char *package_dir, int depth, struct sty_buf *out) {
    PyObject *members = PyErr_GivenExceptionMatches(exception, PyExc_BaseExceptionGroup)
                            ? attribute(exception, "exceptions")
                            : NULL; /* new */

    for (Py_ssize_t i = 0; members != NULL && PyTuple_Check(members) && i < PyTuple_Size(members); i++) {
        if (i == MOST_MEMBERS) {
            sty_buf_printf(out, "... and %zd more exceptions\n", PyTuple_Size(members) - i);
            break;
        }
        sty_buf_printf(out, "Exception %zd of the group:\n", i + 1);
        add_exception(PyTuple_GetItem(members, i), package_dir, depth + 1, out);
    }
    Py_XDECREF(members);
}

/* Append the exception that led to this one, as Python prints it. */
static void add_before(PyObject *exception, const char *package_dir, int depth, struct sty_buf *out) {
    PyObject *cause = PyException_GetCause(exception);                            /* new */
    PyObject *context = cause == NULL ? PyException_GetContext(exception) : NULL; /* new */
    PyObject *suppress = attribute(exception, "__suppress_context__");            /* new */

    if (cause != NULL) {
        add_exception(cause, package_dir, depth + 1, out);
        sty_buf_add(out, "The exception above was the direct cause of:\n");
    } else if (context != NULL && suppress != Py_True) {
        add_exception(context, package_dir, depth + 1, out);
        sty_buf_add(out, "While handling the exception above, another one occurred:\n");
    }
    Py_XDECREF(suppress);
    Py_XDECREF(context);
    Py_XDECREF(cause);
}

static void add_exception(PyObject *exception, const char *package_dir, int depth, struct sty_buf *out) {
    struct frames frames = {0};
    char *type = NULL;    /* owned */
    char *message = NULL; /* owned */

    if (depth > DEEPEST_CHAIN) {
        return;
    }
    add_before(exception, package_dir, depth, out);
    collect_frames(exception, &frames);
    keep_user_frames(&frames);
    add_frames(&frames, package_dir, out);
    if (PyErr_GivenExceptionMatches(exception, PyExc_SyntaxError)) {
        add_syntax_error(exception, package_dir, out);
    }
    type = type_name(exception);
    message = exception_message(exception);
    sty_buf_printf(out, "%s%s%s\n", type != NULL ? type : "Exception", message != NULL && *message != '\0' ? ": " : "",
                   message != NULL ? message : "");
    add_notes(exception, out);
    add_members(exception, package_dir, depth, out);
    sty_free(message);
    sty_free(type);
    frames_finish(&frames);
}

/* Set file and line to the innermost frame in the package, else to the innermost one of the user's code. */
static void locate(PyObject *exception, const char *package_dir, struct sty_error *err) {
    struct frames frames = {0};
    const struct frame *found = NULL;

    if (PyErr_GivenExceptionMatches(exception, PyExc_SyntaxError)) {
        PyObject *file = attribute(exception, "filename"); /* new */
        if (file != NULL && PyUnicode_Check(file) && text_of(file)[0] == '/') {
            err->file = sty_strdup(text_of(file));
            err->line = integer_attribute(exception, "lineno");
        }
        Py_XDECREF(file);
        if (err->file != NULL) {
            return;
        }
    }
    collect_frames(exception, &frames);
    keep_user_frames(&frames);
    for (size_t i = frames.count; i > 0 && found == NULL; i--) {
        if (package_dir == NULL || sty_path_is_within(text_of(frames.items[i - 1].file), package_dir)) {
            found = &frames.items[i - 1];
        }
    }
    if (found == NULL && frames.count > 0) {
        found = &frames.items[frames.count - 1];
    }
    if (found != NULL) {
        err->file = sty_strdup(text_of(found->file));
        err->line = found->line;
    }
    frames_finish(&frames);
}

/* Have the message of a SyntaxError name its place if that is outside of the package: stories that import the file are
 * shown as the place of the fault. */
static void name_place_outside(PyObject *exception, const char *package_dir, struct sty_error *err) {
    char *message = NULL; /* owned */

    if (!PyErr_GivenExceptionMatches(exception, PyExc_SyntaxError) || package_dir == NULL || err->file == NULL ||
        sty_path_is_within(err->file, package_dir)) {
        return;
    }
    message = sty_asprintf("%s (%s, line %d)", sty_error_message(err), shown_file(err->file, package_dir), err->line);
    if (message != NULL) {
        sty_free(err->message);
        err->message = message;
    }
}

/* The message of an exception that led to this one and says that subinterpreters do not allow something, new; NULL:
 * there is none. It counts even if "raise ... from None" hides it. */
static char *find_refusal(PyObject *exception) {
    PyObject *at = Py_NewRef(exception); /* new */
    char *refusal = NULL;

    for (int depth = 0; at != NULL && refusal == NULL && depth < DEEPEST_CHAIN; depth++) {
        PyObject *before = PyException_GetCause(at); /* new */
        if (before == NULL) {
            before = PyException_GetContext(at);
        }
        if (before != NULL && (refusal = exception_message(before)) != NULL && !sty_py_error_wants_process(refusal)) {
            sty_free(refusal);
            refusal = NULL;
        }
        Py_SETREF(at, before);
    }
    Py_XDECREF(at);
    return refusal;
}

/* Whether the first line of a message says that subinterpreters do not allow something. NumPy begins with advice. */
static bool begins_with_refusal(const char *message) {
    char *line = sty_strndup(message, strcspn(message, "\n")); /* owned */
    bool begins = line != NULL && sty_py_error_wants_process(line);

    sty_free(line);
    return begins;
}

/* An exception's message, new. If a refusal by subinterpreters led to it, or may have, that comes first. */
static char *explained_message(PyObject *exception) {
    char *message = exception_message(exception); /* owned */
    bool plain = message != NULL && !begins_with_refusal(message);
    char *refusal = plain ? find_refusal(exception) : NULL; /* owned */
    const char *earlier = plain && refusal == NULL ? sty_refusals_first() : NULL;
    char *both = NULL;

    if (refusal != NULL) {
        both = sty_asprintf("%s, which led to: %s", refusal, message + strspn(message, "\n"));
    } else if (earlier != NULL) {
        both = sty_asprintf("%s, which may have led to: %s", earlier, message + strspn(message, "\n"));
    }
    sty_free(refusal);
    if (both == NULL) {
        return message;
    }
    sty_free(message);
    return both;
}

/* Whether a traceback consists only of the line with the exception's type and message. */
static bool is_bare(const char *traceback, const struct sty_error *err) {
    char *line = sty_asprintf("%s: %s\n", err->type, sty_error_message(err)); /* owned */
    bool bare = line != NULL && traceback != NULL && strcmp(traceback, line) == 0;

    sty_free(line);
    return bare;
}

int sty_py_error_take(const char *package_dir, struct sty_error *err) {
    int status = sty_py_error_is_interrupt() ? STY_ERR_CANCELLED : STY_ERR_PYTHON;
    PyObject *exception = PyErr_GetRaisedException(); /* new */
    struct sty_buf traceback = {0};

    if (exception == NULL) {
        return sty_error_set(err, STY_ERR_PYTHON, "Python reported a failure without an exception");
    }
    if (err != NULL) {
        sty_error_finish(err);
        err->status = status;
        err->type = type_name(exception);
        err->message = explained_message(exception);
        locate(exception, package_dir, err);
        name_place_outside(exception, package_dir, err);
        add_exception(exception, package_dir, 0, &traceback);
        err->traceback = is_bare(sty_buf_text(&traceback), err) ? NULL : sty_buf_steal(&traceback);
    }
    sty_buf_finish(&traceback);
    Py_DECREF(exception);
    PyErr_Clear();
    return status;
}

PyObject *sty_py_error_interrupt_type(void) {
    PyObject *dict = PyInterpreterState_GetDict(PyInterpreterState_Get());                    /* borrowed */
    PyObject *type = dict != NULL ? PyDict_GetItemString(dict, "storytime.interrupt") : NULL; /* borrowed */

    if (type == NULL && dict != NULL) {
        PyObject *made = PyErr_NewException("storytime.Interrupted", PyExc_BaseException, NULL); /* new */
        if (made != NULL && PyDict_SetItemString(dict, "storytime.interrupt", made) == 0) {
            type = made;
        }
        Py_XDECREF(made);
    }
    return type;
}

int sty_py_error_is_interrupt(void) {
    PyObject *dict = PyInterpreterState_GetDict(PyInterpreterState_Get());                    /* borrowed */
    PyObject *type = dict != NULL ? PyDict_GetItemString(dict, "storytime.interrupt") : NULL; /* borrowed */

    return type != NULL && PyErr_ExceptionMatches(type);
}

void sty_py_error_add_stack(PyFrameObject *frame, struct sty_buf *out) {
    struct frames frames = {0};

    Py_XINCREF(frame);
    while (frame != NULL) {
        PyCodeObject *code = PyFrame_GetCode(frame);  /* new */
        PyFrameObject *back = PyFrame_GetBack(frame); /* new */
        frames_add(&frames, code, PyFrame_GetLineNumber(frame));
        Py_DECREF(code);
        Py_SETREF(frame, back);
    }
    for (size_t i = 0; i < frames.count / 2; i++) { /* outermost first, as tracebacks have it */
        struct frame swapped = frames.items[i];
        frames.items[i] = frames.items[frames.count - 1 - i];
        frames.items[frames.count - 1 - i] = swapped;
    }
    keep_user_frames(&frames);
    add_frames(&frames, NULL, out);
    frames_finish(&frames);
}
