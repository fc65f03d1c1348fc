#include "imports/file_hooks.h"

#include <Python.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/library.h"
#include "base/listing_path.h"
#include "base/path.h"
#include "base/percent.h"
#include "imports/import_hooks.h"
#include "imports/source_finder.h"
#include "imports/sources.h"

/* -- what code does ---------------------------------------------------------------------------------------------------
 */

/* Something that is done to a path. */
struct done {
    const char *path;
    const char *kept; /* "LIBRARY PATH" if a library does it for user code; NULL: user code does it itself */
    bool reads;
    bool imports; /* done by a module while it is executed, so only once */
};

static void note_runner(struct sty_import_graph *record, struct sty_imported *runner, bool plain, void *data) {
    struct done *done = data;
    bool serves = plain && runner->order != 0 && record->running != NULL && runner != record->running;

    done->imports = done->imports || runner->order == 0;
    if (done->reads) {
        sty_strlist_add_once(serves ? &runner->served : &runner->reads, done->path);
        if (done->kept != NULL) {
            sty_strlist_add_once(&runner->kept, done->kept);
        }
    }
}

/* They do not report changes. Files in memory do, although they lie among devices. */
static bool is_of_kernel(const char *path) {
    return sty_path_is_within(path, "/proc") || sty_path_is_within(path, "/sys") ||
           (sty_path_is_within(path, "/dev") && !sty_path_is_within(path, "/dev/shm"));
}

/* Libraries are followed elsewhere (library_sources.c). */
static bool is_passing(const char *path) {
    return is_of_kernel(path) || sty_path_ends_with(path, ".pyc") || sty_is_library(path);
}

bool sty_file_hooks_leaves_out(const char *path) {
    return is_passing(path) || sty_sources_is_written(path);
}

/* The entry for `kept` of struct done, new; NULL: no library is involved. A missing file gets no library's name, as
 * nobody asks for its modification time later. */
static char *kept_by_library(struct sty_import_graph *record, const char *path) {
    bool there = sty_is_listing_path(path) || access(path, F_OK) == 0;
    char *library = sty_import_hooks_keeper(record, there); /* owned */
    char *kept = library != NULL ? sty_asprintf("%s %s", there ? library : "", path) : NULL;

    sty_free(library);
    return kept;
}

/* Note that user code does something to `path`, which is taken. It does so for all modules on the stack, and for the
 * story being rendered or the module being executed, which need not be on the stack. */
static void note(struct sty_import_graph *record, char *path, enum sty_source_use use) {
    struct done done = {.path = path, .reads = use != STY_SOURCE_WRITTEN};
    char *kept = path != NULL && done.reads && !is_passing(path) ? kept_by_library(record, path) : NULL; /* owned */
    size_t runners = 0;

    done.kept = kept;
    if (kept != NULL && use == STY_SOURCE_OPENED) {
        sty_strlist_remove(&record->timed, kept);
    }
    if (path != NULL) {
        sty_import_hooks_each_runner(record, note_runner, &done, &runners);
    }
    if (path != NULL && record->running != NULL) {
        note_runner(record, record->running, false, &done);
        runners++;
    }
    if (runners > 0 && !is_passing(path)) {
        sty_sources_note_data(path, use, done.imports);
    }
    sty_free(kept);
    sty_free(path);
}

/* The absolute path that an object stands for, new; None is the current directory. NULL: it stands for no path, and an
 * exception may be set. */
static char *path_of(PyObject *object) {
    PyObject *bytes = NULL; /* new */
    char *path = NULL;

    if (object == Py_None) {
        return sty_path_absolute(".");
    }
    if (!PyLong_Check(object) && PyUnicode_FSConverter(object, &bytes) != 0) {
        path = sty_path_absolute(PyBytes_AS_STRING(bytes));
        Py_DECREF(bytes);
    }
    return path;
}

void sty_file_hooks_note_use(PyObject *path) {
    struct sty_import_graph *record = sty_import_hooks_record();
    char *file = record != NULL ? path_of(path) : NULL; /* owned */

    if (file != NULL && access(file, F_OK) == 0) {
        note(record, file, STY_SOURCE_ASKED);
        file = NULL;
    }
    PyErr_Clear();
    sty_free(file);
}

/* Replace the path of compiled code by that of its source, which is the file that can be edited. `path` is taken; the
 * result is new. NULL: it is the source of the module being executed, which does not count as a file it reads. */
static char *source_instead(const struct sty_import_graph *record, char *path) {
    char *source = path != NULL ? sty_source_finder_source_of(path) : NULL; /* owned */
    bool own = false;

    if (source != NULL) {
        sty_free(path);
        path = source;
    }
    own = path != NULL && sty_import_graph_is_executing(record, path);
    if (own) {
        sty_free(path);
    }
    return own ? NULL : path;
}

void sty_file_hooks_note_read(PyObject *path) {
    struct sty_import_graph *record = sty_import_hooks_record();

    if (record != NULL) {
        note(record, path_of(path), STY_SOURCE_OPENED);
    }
    PyErr_Clear();
}

static char *listing_of(PyObject *object) {
    char *directory = path_of(object); /* owned */
    char *listing = directory != NULL ? sty_listing_path_of(directory) : NULL;

    sty_free(directory);
    return listing;
}

/* The file that a URI, "file:...", names for SQLite, new. */
static char *file_of_uri(const char *uri) {
    const char *from = uri + strlen("file:");
    struct sty_buf file = {0};
    char *text = NULL;

    if (strncmp(from, "//", 2) == 0) {
        from += 2 + strcspn(from + 2, "/"); /* the authority is this machine */
    }
    sty_percent_decode(from, strcspn(from, "?#"), &file);
    text = sty_buf_steal(&file);
    sty_buf_finish(&file);
    return text;
}

/* The path of a database, new. It may be given as a URI; "" and ":memory:" have no file: NULL. */
static char *database_of(PyObject *object) {
    const char *text = PyUnicode_Check(object) ? PyUnicode_AsUTF8(object) : NULL;
    char *name = NULL; /* owned */
    char *path = NULL;

    if (text == NULL || strncmp(text, "file:", 5) != 0) {
        return text != NULL && (text[0] == '\0' || text[0] == ':') ? NULL : path_of(object);
    }
    if ((name = file_of_uri(text)) != NULL) {
        path = sty_path_absolute(name);
    }
    sty_free(name);
    return path;
}

/* -- audit events -----------------------------------------------------------------------------------------------------
 */

enum deed { DEED_NOTHING, DEED_OPENS, DEED_LISTS, DEED_CONNECTS, DEED_MAKES, DEED_RENAMES };

static enum deed deed_of(const char *event) {
    static const struct {
        const char *event;
        enum deed deed;
    } deeds[] = {{"open", DEED_OPENS},        {"os.listdir", DEED_LISTS},        {"os.scandir", DEED_LISTS},
                 {"os.mkdir", DEED_MAKES},    {"os.rmdir", DEED_MAKES},          {"os.remove", DEED_MAKES},
                 {"os.rename", DEED_RENAMES}, {"os.link", DEED_RENAMES},         {"os.symlink", DEED_RENAMES},
                 {"os.truncate", DEED_MAKES}, {"sqlite3.connect", DEED_CONNECTS}};

    for (size_t i = 0; i < sizeof(deeds) / sizeof(*deeds); i++) {
        if (strcmp(event, deeds[i].event) == 0) {
            return deeds[i].deed;
        }
    }
    return DEED_NOTHING;
}

/* O_RDONLY, O_WRONLY or O_RDWR. The event "open" has path, mode and flags; it comes before the file is opened. */
static long access_of(PyObject *args) {
    PyObject *flags = PyTuple_GET_SIZE(args) > 2 ? PyTuple_GET_ITEM(args, 2) : NULL; /* borrowed */

    return flags != NULL && PyLong_Check(flags) ? PyLong_AsLong(flags) & O_ACCMODE : O_RDONLY;
}

static void note_deed(struct sty_import_graph *record, enum deed deed, PyObject *args) {
    PyObject *first = PyTuple_GET_ITEM(args, 0); /* borrowed */

    switch (deed) {
    case DEED_OPENS:
        if (access_of(args) != O_WRONLY) {
            note(record, source_instead(record, path_of(first)), STY_SOURCE_OPENED);
        }
        if (access_of(args) != O_RDONLY) {
            note(record, path_of(first), STY_SOURCE_WRITTEN);
        }
        break;
    case DEED_LISTS:
        note(record, listing_of(first), STY_SOURCE_OPENED);
        break;
    case DEED_CONNECTS:
        note(record, database_of(first), STY_SOURCE_DATABASE);
        break;
    case DEED_RENAMES:
        if (PyTuple_GET_SIZE(args) > 1) {
            note(record, path_of(PyTuple_GET_ITEM(args, 1)), STY_SOURCE_WRITTEN);
        }
        note(record, path_of(first), STY_SOURCE_WRITTEN);
        break;
    case DEED_MAKES:
        note(record, path_of(first), STY_SOURCE_WRITTEN);
        break;
    case DEED_NOTHING:
        break;
    }
}

/* Called for every audit event of every interpreter in the process. */
static int on_audit(const char *event, PyObject *args, void *data) {
    enum deed deed = deed_of(event);
    struct sty_import_graph *record = NULL;
    PyObject *exception = NULL; /* new */

    if (deed == DEED_NOTHING || PyTuple_GET_SIZE(args) < 1 || PyThreadState_GetUnchecked() == NULL ||
        (record = sty_import_hooks_record()) == NULL) {
        return 0;
    }
    exception = PyErr_GetRaisedException();
    note_deed(record, deed, args);
    PyErr_Clear();
    PyErr_SetRaisedException(exception);
    return 0;
}

static int add_audit_hook(void) {
    static bool added; /* interpreters are set up one after the other, under a lock */

    if (!added && PySys_AddAuditHook(on_audit, NULL) != 0) {
        return -1;
    }
    added = true;
    return 0;
}

/* -- questions --------------------------------------------------------------------------------------------------------
 */

/* The name of the innermost Python function if it belongs to os.path, new; else NULL. */
static char *function_of_paths(void) {
    PyFrameObject *frame = PyThreadState_GetFrame(PyThreadState_Get());                         /* new */
    PyCodeObject *code = frame != NULL ? PyFrame_GetCode(frame) : NULL;                         /* new */
    PyObject *globals = frame != NULL ? PyFrame_GetGlobals(frame) : NULL;                       /* new */
    PyObject *module = globals != NULL ? PyDict_GetItemString(globals, "__name__") : NULL;      /* borrowed */
    PyObject *name = code != NULL ? PyObject_GetAttrString((PyObject *)code, "co_name") : NULL; /* new */
    bool of_paths = module != NULL && PyUnicode_Check(module) &&
                    (PyUnicode_EqualToUTF8(module, "genericpath") || PyUnicode_EqualToUTF8(module, "posixpath"));
    char *function = of_paths && name != NULL ? sty_strdup(PyUnicode_AsUTF8(name)) : NULL;

    Py_XDECREF(name);
    Py_XDECREF(globals);
    Py_XDECREF(code);
    Py_XDECREF(frame);
    return function;
}

/*
 * A library asks when a file was modified. One that asks again without opening the file in between compares the time
 * whenever it uses what it keeps of the file. One that asks once may just want to know the time of a file it opens.
 */
static void note_time(struct sty_import_graph *record, const char *path) {
    char *library = sty_import_hooks_keeper(record, true);                       /* owned */
    char *timed = library != NULL ? sty_asprintf("%s %s", library, path) : NULL; /* owned */

    if (timed != NULL && sty_strlist_contains(&record->timed, timed)) {
        sty_strlist_add_once(&record->renewing, timed);
    } else if (timed != NULL) {
        sty_strlist_add(&record->timed, timed);
    }
    sty_free(timed);
    sty_free(library);
}

/* Whether a function of os.path (NULL: another function) asks whether a directory exists. Other functions only walk
 * through directories, or ask for facts that do not matter, such as the time of the temporary directory. */
static bool asks_for_directory(const char *function) {
    static const char *const asking[] = {"exists", "lexists", "isdir"};
    bool asks = false;

    for (size_t i = 0; function != NULL && !asks && i < sizeof(asking) / sizeof(*asking); i++) {
        asks = strcmp(function, asking[i]) == 0;
    }
    return asks;
}

/* Code asks about a path. For a directory, only its existence counts: what matters in it is opened or listed. */
static void note_question(struct sty_import_graph *record, PyObject *object) {
    char *path = path_of(object);         /* owned */
    char *function = function_of_paths(); /* owned */
    bool directory = path != NULL && sty_path_is_directory(path);

    if (path != NULL && !directory && (function == NULL || strcmp(function, "getmtime") == 0) &&
        access(path, F_OK) == 0) {
        note_time(record, path);
    }
    if (path != NULL && (!directory || asks_for_directory(function))) {
        note(record, path, STY_SOURCE_ASKED);
    } else {
        sty_free(path);
    }
    sty_free(function);
}

/* os.stat(path, *, dir_fd=None, ...) and its like: self is (the original, "dir_fd") */
static PyObject *ask(PyObject *self, PyObject *args, PyObject *kwargs) {
    PyObject *result = PyObject_Call(PyTuple_GET_ITEM(self, 0), args, kwargs); /* new */
    struct sty_import_graph *record = sty_import_hooks_record();
    PyObject *exception = NULL; /* new */

    if (record == NULL || PyTuple_GET_SIZE(args) == 0 ||
        (kwargs != NULL && PyDict_Contains(kwargs, PyTuple_GET_ITEM(self, 1)) > 0) ||
        (result == NULL && !PyErr_ExceptionMatches(PyExc_OSError))) {
        return result;
    }
    exception = PyErr_GetRaisedException();
    note_question(record, PyTuple_GET_ITEM(args, 0));
    PyErr_Clear();
    PyErr_SetRaisedException(exception);
    return result;
}

static PyMethodDef questions[] = {
    {"stat", (PyCFunction)(void (*)(void))ask, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("stat(path, *, dir_fd=None, follow_symlinks=True)\n--\n\n"
               "Perform a stat system call on the given path.")},
    {"lstat", (PyCFunction)(void (*)(void))ask, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("lstat(path, *, dir_fd=None)\n--\n\n"
               "Perform a stat system call on the given path, without following symbolic links.")},
    {"access", (PyCFunction)(void (*)(void))ask, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)\n--\n\n"
               "Use the real uid/gid to test for access to a path.")},
};

/* Code finds out what a function of os supports by looking it up in these sets. 0, or -1 with an exception set. */
static int replace_in_sets(PyObject *os, PyObject *original, PyObject *with) {
    static const char *const names[] = {"supports_dir_fd", "supports_effective_ids", "supports_fd",
                                        "supports_follow_symlinks"};
    int status = 0;

    for (size_t i = 0; status == 0 && i < sizeof(names) / sizeof(*names); i++) {
        PyObject *set = PyObject_GetAttrString(os, names[i]); /* new */
        int has = set != NULL ? PySet_Contains(set, original) : -1;
        status = has < 0 || (has > 0 && PySet_Add(set, with) != 0) ? -1 : 0;
        Py_XDECREF(set);
    }
    return status;
}

static int replace_question(PyObject *os, PyMethodDef *def) {
    PyObject *original = PyObject_GetAttrString(os, def->ml_name);                      /* new */
    PyObject *self = original != NULL ? Py_BuildValue("Os", original, "dir_fd") : NULL; /* new */
    PyObject *function = self != NULL ? PyCFunction_New(def, self) : NULL;              /* new */
    int status = function != NULL && replace_in_sets(os, original, function) == 0
                     ? PyObject_SetAttrString(os, def->ml_name, function)
                     : -1;

    Py_XDECREF(function);
    Py_XDECREF(self);
    Py_XDECREF(original);
    return status;
}

int sty_file_hooks_set_up(void) {
    PyObject *os = PyImport_ImportModule("os"); /* new */
    int status = os != NULL ? 0 : -1;

    for (size_t i = 0; status == 0 && i < sizeof(questions) / sizeof(*questions); i++) {
        status = replace_question(os, &questions[i]);
    }
    Py_XDECREF(os);
    return status == 0 ? add_audit_hook() : -1;
}
