#include "isolation/compile_ahead.h"

#include <Python.h>
#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/path.h"
#include "base/thread.h"
#include "isolation/interpreter.h"
#include "imports/source_loader.h"

/* Fewer sources take less time to compile than creating an interpreter takes. */
#define ENOUGH 32

/* Sources of more bytes are left out: the build would have to wait for one that it may not even import. */
#define LARGEST 1000000

struct sty_compile_ahead {
    struct sty_strlist files;
    const char *tag; /* "cpython-314"; Python's */
    atomic_bool stopped;
    pthread_t thread;
};

/* Whether there is no `.pyc` file that was written after the source. Only a quick look; the loader checks precisely. */
static bool seems_stale(const struct sty_compile_ahead *ahead, const char *file) {
    char *directory = sty_path_dirname(file); /* owned */
    const char *name = sty_path_basename(file);
    char *pyc = directory != NULL
                    ? sty_asprintf("%s/__pycache__/%.*s.%s.pyc", directory, (int)strlen(name) - 3, name, ahead->tag)
                    : NULL; /* owned */
    struct sty_file_stamp source, compiled;
    bool stale = pyc != NULL && sty_path_stamp(file, &source) && source.size <= LARGEST &&
                 (!sty_path_stamp(pyc, &compiled) || compiled.mtime_ns <= source.mtime_ns);

    sty_free(pyc);
    sty_free(directory);
    return stale;
}

static void keep_stale(struct sty_compile_ahead *ahead) {
    struct sty_strlist stale = {0};

    for (size_t i = 0; i < ahead->files.count; i++) {
        if (seems_stale(ahead, ahead->files.items[i])) {
            sty_strlist_add(&stale, ahead->files.items[i]);
        }
    }
    sty_strlist_finish(&ahead->files);
    ahead->files = stale;
}

/* The loader type, new; NULL: failed. Compiler warnings become errors here, so that such code is not kept and the
 * warning is shown when the module is imported. */
static PyObject *prepare(void) {
    PyObject *warnings = PyImport_ImportModule("warnings");                                                   /* new */
    PyObject *result = warnings != NULL ? PyObject_CallMethod(warnings, "simplefilter", "s", "error") : NULL; /* new */
    PyObject *machinery = result != NULL ? PyImport_ImportModule("importlib.machinery") : NULL;               /* new */
    PyObject *loader = machinery != NULL ? PyObject_GetAttrString(machinery, "SourceFileLoader") : NULL;      /* new */

    Py_XDECREF(machinery);
    Py_XDECREF(result);
    Py_XDECREF(warnings);
    PyErr_Clear();
    return loader;
}

static void compile_all(struct sty_compile_ahead *ahead) {
    PyObject *loader = prepare(); /* new */
    size_t left = ahead->files.count, compiled = 0;

    while (loader != NULL && left > 0 && !atomic_load(&ahead->stopped)) {
        compiled += sty_source_loader_compile(loader, ahead->files.items[--left]) ? 1 : 0;
    }
    log_debug("build", "Compiled %zu of %zu sources ahead", compiled, ahead->files.count);
    Py_XDECREF(loader);
}

static void compile_in_interpreter(struct sty_compile_ahead *ahead) {
    struct sty_interpreter interpreter;
    struct sty_error err = {0};

    if (sty_interpreter_create_bare(&interpreter, &err) == STY_OK) {
        compile_all(ahead);
        sty_interpreter_end(&interpreter);
    } else {
        log_debug("build", "Compiled nothing ahead: %s", sty_error_message(&err));
    }
    sty_error_finish(&err);
}

static void *run(void *data) {
    struct sty_compile_ahead *ahead = data;

    keep_stale(ahead);
    if (ahead->files.count >= ENOUGH && !atomic_load(&ahead->stopped) && sty_interpreter_take_place()) {
        compile_in_interpreter(ahead);
        sty_interpreter_leave_place();
    }
    return NULL;
}

struct sty_compile_ahead *sty_compile_ahead_start(struct sty_strlist *files) {
    struct sty_compile_ahead *ahead = sty_calloc(1, sizeof(*ahead));

    if (ahead == NULL) {
        return NULL;
    }
    ahead->files = *files;
    *files = (struct sty_strlist){0};
    ahead->tag = PyImport_GetMagicTag();
    if (sty_thread_start(&ahead->thread, STY_INTERPRETER_STACK_SIZE, run, ahead) != 0) {
        sty_strlist_finish(&ahead->files);
        sty_free(ahead);
        return NULL;
    }
    return ahead;
}

void sty_compile_ahead_stop(struct sty_compile_ahead *ahead) {
    if (ahead != NULL) {
        atomic_store(&ahead->stopped, true);
    }
}

void sty_compile_ahead_destroy(struct sty_compile_ahead *ahead) {
    if (ahead != NULL) {
        sty_compile_ahead_stop(ahead);
        Py_BEGIN_ALLOW_THREADS pthread_join(ahead->thread, NULL);
        Py_END_ALLOW_THREADS sty_strlist_finish(&ahead->files);
        sty_free(ahead);
    }
}
