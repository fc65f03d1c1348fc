#include "imports/import_hooks.h"

#include <pthread.h>
#include <string.h>

#include "base/alloc.h"
#include "base/library.h"
#include "base/path.h"
#include "imports/engine_hooks.h"
#include "imports/file_hooks.h"
#include "imports/module_print.h"
#include "imports/sources.h"
#include "imports/surroundings.h"

#define RECORD_KEY "storytime.imports"

/* Templates that include each other make deep stacks: ten of Django's take 200 frames. */
#define DEEPEST_STACK 10000

/* Bytes of one instruction. */
#define CODE_UNIT 2

/* Whether the innermost import of this thread is one of the user's. */
static _Thread_local bool for_user;

/* How many frames this thread had before recording began; they import nothing. */
static _Thread_local size_t frames_below;

bool sty_import_hooks_is_for_user(void) {
    return for_user;
}

struct sty_import_graph *sty_import_hooks_record(void) {
    PyObject *dict = PyInterpreterState_GetDict(PyInterpreterState_Get());            /* borrowed */
    PyObject *capsule = dict != NULL ? PyDict_GetItemString(dict, RECORD_KEY) : NULL; /* borrowed */

    return capsule != NULL ? PyCapsule_GetPointer(capsule, RECORD_KEY) : NULL;
}

static void destroy_record(PyObject *capsule) {
    struct sty_import_graph *record = PyCapsule_GetPointer(capsule, RECORD_KEY);

    sty_import_graph_finish(record);
    sty_free(record);
}

/* -- who runs -------------------------------------------------------------------------------------------------------
 */

/* The module of the user's whose globals these are; NULL: none. */
static struct sty_imported *module_of(struct sty_import_graph *record, PyObject *globals) {
    PyObject *name = NULL; /* borrowed */
    const char *text = NULL;

    if (globals == NULL || !PyDict_Check(globals) || (name = PyDict_GetItemString(globals, "__name__")) == NULL ||
        !PyUnicode_Check(name) || (text = PyUnicode_AsUTF8(name)) == NULL) {
        PyErr_Clear();
        return NULL;
    }
    return sty_import_graph_find(record, text);
}

/* The globals of the few lines that start our processes (builder/command.c), which are no user code. Borrowed, or NULL.
 */
static PyObject *starting_globals(void) {
    PyObject *modules = PyImport_GetModuleDict();                                              /* borrowed */
    PyObject *main = PyDict_Check(modules) ? PyDict_GetItemString(modules, "__main__") : NULL; /* borrowed */

    return main != NULL && PyModule_Check(main) ? PyModule_GetDict(main) : NULL;
}

/* The name of a frame's module if it is installed, new; NULL: it is not. */
static char *installed_module(PyFrameObject *frame, PyObject *globals) {
    PyCodeObject *code = PyFrame_GetCode(frame);                              /* new */
    PyObject *file = PyObject_GetAttrString((PyObject *)code, "co_filename"); /* new */
    const char *text = file != NULL && PyUnicode_Check(file) ? PyUnicode_AsUTF8(file) : NULL;
    PyObject *name = globals != NULL ? PyDict_GetItemString(globals, "__name__") : NULL; /* borrowed */
    const char *module = name != NULL && PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
    char *installed = text != NULL && module != NULL && sty_is_installed(text) ? sty_strdup(module) : NULL;

    PyErr_Clear();
    Py_XDECREF(file);
    Py_DECREF(code);
    return installed;
}

/* User code on the stack, innermost frame first. */
struct stack {
    struct running {
        struct sty_imported *module;
        bool plain;
    } *items;
    size_t count, capacity, runners;
};

/* Whether a frame runs a top-level function of a module: neither a method nor a function made by another one. */
static bool is_plain(PyFrameObject *frame) {
    PyCodeObject *code = PyFrame_GetCode(frame); /* new */
    Py_ssize_t size = PyUnicode_GET_LENGTH(code->co_qualname);
    bool plain = PyUnicode_FindChar(code->co_qualname, '.', 0, size, 1) == -1;

    Py_DECREF(code);
    return plain;
}

static void add_running(struct stack *stack, struct sty_imported *module, bool plain) {
    const struct running *last = stack->count > 0 ? &stack->items[stack->count - 1] : NULL;
    struct running *grown = NULL;

    stack->runners++;
    if (last != NULL && last->module == module && last->plain == plain) {
        return;
    }
    if ((grown = sty_grow(stack->items, &stack->capacity, stack->count + 1, sizeof(*grown))) == NULL) {
        module->looks_around = true;
        return;
    }
    stack->items = grown;
    stack->items[stack->count++] = (struct running){.module = module, .plain = plain};
}

/* A library may keep the results of what it calls. */
static void add_library(struct stack *stack, PyFrameObject *frame, PyObject *globals) {
    char *library = stack->count > 0 ? installed_module(frame, globals) : NULL; /* owned */
    bool ours = library == NULL || strncmp(library, "storytime", strlen("storytime")) == 0;

    for (size_t i = 0; !ours && i < stack->count; i++) {
        stack->items[i].plain = false;
    }
    sty_free(library);
}

/* Returns how many frames there are, without those of the lines that start our processes. */
static size_t read_stack(struct sty_import_graph *record, struct stack *out) {
    PyFrameObject *frame = PyThreadState_GetFrame(PyThreadState_Get()); /* new */
    const PyObject *starting = starting_globals();
    size_t depth = 0;

    while (frame != NULL && depth < DEEPEST_STACK) {
        PyObject *globals = PyFrame_GetGlobals(frame); /* new */
        PyFrameObject *back = PyFrame_GetBack(frame);  /* new */
        struct sty_imported *runner = module_of(record, globals);
        depth += globals != starting ? 1 : 0;
        if (runner != NULL) {
            add_running(out, runner, is_plain(frame));
        } else {
            add_library(out, frame, globals);
        }
        Py_XDECREF(globals);
        Py_SETREF(frame, back);
    }
    Py_XDECREF(frame);
    return depth;
}

size_t sty_import_hooks_each_runner(struct sty_import_graph *record, sty_runner_fn note, void *data, size_t *runners) {
    struct stack stack = {0};
    size_t depth = read_stack(record, &stack);

    for (size_t i = 0; i < stack.count; i++) {
        note(record, stack.items[i].module, stack.items[i].plain, data);
    }
    *runners = stack.runners;
    sty_free(stack.items);
    return depth > frames_below ? depth - frames_below : 0;
}

static bool is_named(PyObject *globals, const char *name) {
    PyObject *text = globals != NULL ? PyDict_GetItemString(globals, "__name__") : NULL; /* borrowed */

    PyErr_Clear();
    return text != NULL && PyUnicode_Check(text) && PyUnicode_EqualToUTF8(text, name);
}

/* Python's linecache keeps files, too. The modules named here use it to show source, and check that it is current. */
static bool keeps_lines(PyObject *globals, PyFrameObject *caller) {
    PyObject *of = is_named(globals, "linecache") && caller != NULL ? PyFrame_GetGlobals(caller) : NULL; /* new */
    bool keeps = of != NULL && !is_named(of, "linecache") && !is_named(of, "traceback") && !is_named(of, "inspect") &&
                 !is_named(of, "warnings");

    Py_XDECREF(of);
    return keeps;
}

/* Which library is searched for: FOR_USER: one that user code has called. FOR_FILE: one that may keep a file that it
 * gets. FOR_NO_FILE: one that may keep the fact that there was no file; engines report each use of a template, but not
 * the places where they once looked in vain. The last two may get it from user code that they call. */
enum search { FOR_USER, FOR_FILE, FOR_NO_FILE };

/* The library that a frame belongs to, if it is one that is searched for, new. */
static char *library_of(const struct sty_import_graph *record, PyFrameObject *frame, PyFrameObject *caller,
                        PyObject *globals, enum search search) {
    char *library = installed_module(frame, globals); /* owned */
    bool may_keep = search == FOR_FILE ? library != NULL && sty_engine_hooks_may_keep(record, library)
                                       : library != NULL && !sty_engine_hooks_passes_on(library);

    if (library != NULL && search != FOR_USER && !may_keep) {
        sty_free(library);
        library = NULL;
    }
    return library == NULL && search != FOR_USER && keeps_lines(globals, caller) ? sty_strdup("linecache") : library;
}

/* The innermost library, new. */
static char *find_library(struct sty_import_graph *record, enum search search) {
    PyFrameObject *frame = PyThreadState_GetFrame(PyThreadState_Get()); /* new */
    char *library = NULL;
    bool over = false;

    for (size_t depth = 0; frame != NULL && library == NULL && !over && depth < DEEPEST_STACK; depth++) {
        PyObject *globals = PyFrame_GetGlobals(frame); /* new */
        PyFrameObject *back = PyFrame_GetBack(frame);  /* new */
        if (module_of(record, globals) == NULL) {
            library = library_of(record, frame, back, globals, search);
        } else {
            over = search == FOR_USER;
        }
        Py_XDECREF(globals);
        Py_SETREF(frame, back);
    }
    Py_XDECREF(frame);
    return library;
}

char *sty_import_hooks_library(struct sty_import_graph *record) {
    return find_library(record, FOR_USER);
}

char *sty_import_hooks_keeper(struct sty_import_graph *record, bool there) {
    return find_library(record, there ? FOR_FILE : FOR_NO_FILE);
}

static size_t count_frames(void) {
    PyFrameObject *frame = PyThreadState_GetFrame(PyThreadState_Get()); /* new */
    const PyObject *starting = starting_globals();
    size_t count = 0;

    while (frame != NULL) {
        PyObject *globals = PyFrame_GetGlobals(frame); /* new */
        PyFrameObject *back = PyFrame_GetBack(frame);  /* new */
        count += globals != starting ? 1 : 0;
        Py_XDECREF(globals);
        Py_SETREF(frame, back);
    }
    return count;
}

/* -- what is imported -----------------------------------------------------------------------------------------------
 */

struct import {
    const char *name; /* absolute */
    PyObject *from;   /* fromlist: a tuple or list, or NULL; borrowed */
    bool whole;       /* the importer gets a package whose modules it may use by attributes */
    bool renamed;     /* "import a.b as c" gives the importer the module itself, and not the package around it */
    bool user;        /* any of it is the user's */
    bool failed;      /* what was missed, and comes later, may turn out to be the user's */
    bool bare;        /* it is, or lies in, a directory of the user's without code: see is_bare_package() */
    struct sty_imported *targets[64];
    size_t target_count;
    bool too_many;
};

static void add_target(struct import *import, struct sty_imported *target) {
    import->user = true;
    if (import->target_count < sizeof(import->targets) / sizeof(*import->targets)) {
        import->targets[import->target_count++] = target;
    } else {
        import->too_many = true;
    }
}

static bool is_package(const struct sty_imported *module) {
    size_t size = module->file != NULL ? strlen(module->file) : 0;

    return size > 12 && strcmp(module->file + size - 12, "/__init__.py") == 0;
}

/* Code that imports a plain module can use nothing but the attributes of that. */
static bool is_package_or_unknown(const struct sty_import_graph *record, const char *name) {
    const struct sty_imported *module = sty_import_graph_find(record, name);

    return module == NULL || is_package(module);
}

/* Add the module and the packages above it, if they are the user's. */
static void add_name(const struct sty_import_graph *record, const char *name, struct import *import) {
    char *copy = sty_strdup(name); /* owned; cut at each dot in turn */

    for (char *dot = NULL; copy != NULL; dot = strrchr(copy, '.')) {
        struct sty_imported *target = NULL;
        if (dot != NULL) {
            *dot = '\0';
        }
        if ((target = sty_import_graph_find(record, copy)) != NULL) {
            add_target(import, target);
        }
        if (strchr(copy, '.') == NULL) {
            break;
        }
    }
    import->too_many = import->too_many || copy == NULL;
    sty_free(copy);
}

/* "from name import item": add the modules and packages among the items. Modules of these packages can be used then. */
static void add_items(const struct sty_import_graph *record, struct import *import, struct sty_strlist *packages) {
    Py_ssize_t count = import->from != NULL && PySequence_Check(import->from) ? PySequence_Size(import->from) : 0;

    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PySequence_GetItem(import->from, i); /* new */
        const char *text = item != NULL && PyUnicode_Check(item) ? PyUnicode_AsUTF8(item) : NULL;
        char *name = text != NULL ? sty_asprintf("%s.%s", import->name, text) : NULL; /* owned */
        struct sty_imported *target = name != NULL ? sty_import_graph_find(record, name) : NULL;
        if (text != NULL && strcmp(text, "*") == 0) {
            import->whole = true;
        }
        if (target != NULL) {
            add_target(import, target);
            if (is_package(target)) {
                sty_strlist_add(packages, name);
            }
        }
        sty_free(name);
        Py_XDECREF(item);
    }
    PyErr_Clear();
}

/* Whether a name is that of a namespace package in a directory of the user's. That may get an `__init__.py` later. */
static bool is_bare_package(const struct sty_import_graph *record, const char *name) {
    PyObject *module = PyDict_GetItemString(PyImport_GetModuleDict(), name); /* borrowed */
    PyObject *path = NULL, *file = NULL, *places = NULL;                     /* new */
    bool bare = false;

    if (module == NULL || sty_import_graph_find(record, name) != NULL ||
        PyObject_GetOptionalAttrString(module, "__path__", &path) <= 0) {
        return false;
    }
    if (PyObject_GetOptionalAttrString(module, "__file__", &file) == 0 || file == Py_None) {
        places = PySequence_List(path);
    }
    for (Py_ssize_t i = 0; places != NULL && i < PyList_GET_SIZE(places); i++) {
        PyObject *item = PyList_GET_ITEM(places, i); /* borrowed */
        const char *place = PyUnicode_Check(item) ? PyUnicode_AsUTF8(item) : NULL;
        if (place != NULL && place[0] == '/' && !sty_is_library(place)) {
            sty_sources_note_missing(place, "__init__", ".py");
            bare = true;
        }
    }
    Py_XDECREF(places);
    Py_XDECREF(file);
    Py_DECREF(path);
    return bare;
}

/* Whether a module, or any package above it, is such a namespace package. */
static bool has_bare_package(const struct sty_import_graph *record, const char *name) {
    char *copy = sty_strdup(name); /* owned; cut at each dot in turn */
    bool bare = false;

    for (bool more = copy != NULL; more;) {
        char *dot = strrchr(copy, '.');
        bare = is_bare_package(record, copy) || bare;
        more = dot != NULL;
        if (more) {
            *dot = '\0';
        }
    }
    sty_free(copy);
    PyErr_Clear();
    return bare;
}

struct noted {
    struct import *import;
    struct sty_strlist packages;
    char *library; /* the library that imports it for user code; NULL: user code itself does */
};

static void note_importer(struct sty_import_graph *record, struct sty_imported *runner, bool plain, void *data) {
    const struct noted *noted = data;
    const struct import *import = noted->import;

    for (size_t i = 0; i < import->target_count; i++) {
        if (!sty_import_graph_add_edge(record, runner, import->targets[i])) {
            runner->looks_around = true;
        }
    }
    for (size_t i = 0; i < noted->packages.count; i++) {
        sty_strlist_add_once(&runner->packages, noted->packages.items[i]);
    }
    runner->looks_around = runner->looks_around || import->too_many;
    if (!import->user && !import->bare && !import->failed) {
        sty_strlist_add_once(&runner->foreign, import->name);
    }
}

/* Whether it may be a package of the user's that has no code of its own. */
static bool is_top_of_user(const struct sty_import_graph *record, const char *name) {
    size_t size = strcspn(name, ".");

    for (size_t i = 0; i < record->tops.count; i++) {
        if (strncmp(record->tops.items[i], name, size) == 0 && record->tops.items[i][size] == '\0') {
            return true;
        }
    }
    return false;
}

static void outside(struct sty_import_graph *record, const struct import *import) {
    for (size_t i = 0; i < import->target_count; i++) {
        import->targets[i]->imported_from_outside = true;
    }
}

/* Libraries that import a package for its place, its name or its settings, never for the modules in it. */
static bool asks_no_package_for_modules(const char *library) {
    static const char *const names[] = {"django.apps.config", "django.conf", "django.db.migrations.loader",
                                        "django.template.backends.django", "jinja2.loaders"};
    bool known = false;

    for (size_t i = 0; !known && library != NULL && i < sizeof(names) / sizeof(*names); i++) {
        known = strcmp(library, names[i]) == 0;
    }
    return known;
}

/* The importer gets a package whose modules it may use by attributes, if it is the user's. */
static void add_package(const struct sty_import_graph *record, const char *name, struct noted *noted) {
    if ((noted->import->bare || is_top_of_user(record, name)) && !asks_no_package_for_modules(noted->library) &&
        !sty_strlist_add_once(&noted->packages, name)) {
        noted->import->too_many = true;
    }
}

/*
 * Note an import that, by its globals, none of the user's modules makes. A library may keep what it imports for other
 * modules, as Django does with template tags; only Jinja's loaders keep nothing but the module's place.
 */
static void note_for_runners(struct sty_import_graph *record, struct noted *noted) {
    size_t runners = 0, depth = sty_import_hooks_each_runner(record, note_importer, noted, &runners);
    bool kept = noted->library != NULL && strcmp(noted->library, "jinja2.loaders") != 0;

    if (kept || (depth > 0 && runners == 0)) {
        outside(record, noted->import);
    }
}

/* `importer`: NULL if it is not known. */
static void note_import(struct sty_import_graph *record, struct sty_imported *importer, struct import *import) {
    struct noted noted = {.import = import};
    const char *name = import->name;

    add_name(record, name, import);
    add_items(record, import, &noted.packages);
    noted.library = importer == NULL && import->user ? sty_import_hooks_library(record) : NULL; /* owned */
    import->bare = importer != NULL && has_bare_package(record, name);
    if (import->whole) {
        bool itself = import->from != NULL || import->renamed;
        char *given = itself ? sty_strdup(name) : sty_strndup(name, strcspn(name, ".")); /* owned */
        if (given == NULL) {
            import->too_many = true;
        } else if (is_package_or_unknown(record, given)) {
            add_package(record, given, &noted);
        }
        sty_free(given);
    }
    if (importer != NULL) {
        note_importer(record, importer, false, &noted);
    } else if (import->user) {
        note_for_runners(record, &noted);
    }
    sty_free(noted.library);
    sty_strlist_finish(&noted.packages);
}

/* -- __import__ ------------------------------------------------------------------------------------------------------
 */

/* The absolute name of an import, new; NULL: it can't be known, or the import will raise an exception. */
static char *absolute_name(PyObject *name, PyObject *globals, int level) {
    const char *text = PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
    PyObject *package = NULL;         /* borrowed */
    char *base = NULL, *whole = NULL; /* owned */

    if (text == NULL || level == 0) {
        return sty_strdup(text);
    }
    package = globals != NULL && PyDict_Check(globals) ? PyDict_GetItemString(globals, "__package__") : NULL;
    if (package == NULL || !PyUnicode_Check(package) || PyUnicode_AsUTF8(package) == NULL) {
        return NULL;
    }
    base = sty_strdup(PyUnicode_AsUTF8(package));
    for (int i = 1; base != NULL && i < level; i++) {
        char *dot = strrchr(base, '.');
        if (dot == NULL) {
            break;
        }
        *dot = '\0';
    }
    whole = text[0] == '\0' ? sty_strdup(base) : sty_asprintf("%s.%s", base, text);
    sty_free(base);
    return whole;
}

static void look_around(struct sty_import_graph *record, struct sty_imported *runner, bool plain, void *data) {
    runner->looks_around = true;
}

void sty_import_hooks_note_look(void) {
    struct sty_import_graph *record = sty_import_hooks_record();
    size_t runners = 0;

    if (record != NULL) {
        sty_import_hooks_each_runner(record, look_around, NULL, &runners);
    }
}

static void note_missed(struct sty_import_graph *record, struct sty_imported *runner, bool plain, void *data) {
    sty_strlist_add_once(&runner->missed, data);
}

void sty_import_hooks_note_missing(const char *place) {
    struct sty_import_graph *record = sty_import_hooks_record();
    char *copy = record != NULL ? sty_strdup(place) : NULL; /* owned */
    size_t runners = 0;

    if (copy != NULL) {
        sty_import_hooks_each_runner(record, note_missed, copy, &runners);
    }
    sty_free(copy);
}

/* The opcode of what takes a module out of a package; -1: not known. The same in all interpreters. */
static int opcode_of_import_from(void) {
    static _Atomic int known = -1;

    if (known < 0) {
        PyObject *module =
            PyImport_ImportModuleLevel("opcode", NULL, NULL, NULL, 0); /* new; not by our own __import__ */
        PyObject *opcodes = module != NULL ? PyObject_GetAttrString(module, "opmap") : NULL;         /* new */
        PyObject *opcode = opcodes != NULL ? PyMapping_GetItemString(opcodes, "IMPORT_FROM") : NULL; /* new */
        known = opcode != NULL ? (int)PyLong_AsLong(opcode) : -1;
        PyErr_Clear();
        Py_XDECREF(opcode);
        Py_XDECREF(opcodes);
        Py_XDECREF(module);
    }
    return known;
}

/* Whether the statement that imports is "import a.b as c": then it goes on by taking the module out of its package. */
static bool is_renaming(void) {
    PyFrameObject *frame = PyThreadState_GetFrame(PyThreadState_Get()); /* new */
    PyCodeObject *code = frame != NULL ? PyFrame_GetCode(frame) : NULL; /* new */
    PyObject *bytes = code != NULL ? PyCode_GetCode(code) : NULL;       /* new */
    Py_ssize_t next = frame != NULL ? PyFrame_GetLasti(frame) + CODE_UNIT : 0;
    bool renaming = bytes != NULL && next >= CODE_UNIT && next < PyBytes_GET_SIZE(bytes) &&
                    (unsigned char)PyBytes_AS_STRING(bytes)[next] == opcode_of_import_from();

    Py_XDECREF(bytes);
    Py_XDECREF(code);
    Py_XDECREF(frame);
    return renaming;
}

/* The exception that is set, if any, is preserved. */
static void note_call(struct sty_import_graph *record, struct sty_imported *importer, PyObject *name, PyObject *globals,
                      PyObject *from, int level) {
    PyObject *exception = PyErr_GetRaisedException();     /* new */
    char *absolute = absolute_name(name, globals, level); /* owned */
    bool items = from != NULL && PySequence_Check(from) && PySequence_Size(from) > 0;
    struct import import = {.name = absolute, .from = items ? from : NULL, .failed = exception != NULL};

    if (absolute != NULL) {
        import.whole = !items && !is_named(globals, "pkgutil"); /* walk_packages() uses the path of a package */
        import.renamed = !items && strchr(absolute, '.') != NULL && is_renaming();
        note_import(record, importer, &import);
        sty_engine_hooks_note_import(record, absolute);
    } else {
        sty_import_hooks_note_look();
    }
    sty_free(absolute);
    PyErr_Clear();
    PyErr_SetRaisedException(exception);
}

/* __import__(name, globals=None, locals=None, fromlist=(), level=0) */
static PyObject *hooked_import(PyObject *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"name", "globals", "locals", "fromlist", "level", NULL};
    struct sty_import_graph *record = PyCapsule_GetPointer(self, RECORD_KEY);
    PyObject *name = NULL, *globals = NULL, *locals = NULL, *from = NULL; /* borrowed */
    PyObject *module = NULL;                                              /* new */
    struct sty_imported *importer = NULL;
    bool before = for_user;
    int level = 0;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "U|OOOi:__import__", names, &name, &globals, &locals, &from,
                                     &level)) {
        return NULL;
    }
    importer = module_of(record, globals);
    for_user = importer != NULL;
    module = PyImport_ImportModuleLevelObject(name, globals, locals, from, level);
    for_user = before;
    note_call(record, importer, name, globals, from, level);
    return module;
}

/* Whether the import is one of importlib.resources.files(), which only wants to know where a package lies. */
static bool asks_for_resources(void) {
    return is_named(PyEval_GetGlobals(), "importlib.resources._common");
}

/* importlib.import_module(name, package=None): self is (the record's capsule, the original) */
static PyObject *hooked_import_module(PyObject *self, PyObject *args, PyObject *kwargs) {
    struct sty_import_graph *record = PyCapsule_GetPointer(PyTuple_GET_ITEM(self, 0), RECORD_KEY);
    PyObject *module = NULL, *exception = NULL, *name = NULL; /* new */
    struct import import = {0};
    bool before = for_user;

    for_user = true; /* the caller is not known here, but libraries rarely use this function for missing modules */
    module = PyObject_Call(PyTuple_GET_ITEM(self, 1), args, kwargs);
    for_user = before;
    exception = PyErr_GetRaisedException();
    import.failed = module == NULL;
    if (module != NULL && PyModule_Check(module)) {
        name = PyModule_GetNameObject(module);
    } else if (PyTuple_GET_SIZE(args) > 0) {
        name = Py_NewRef(PyTuple_GET_ITEM(args, 0));
    }
    import.name = name != NULL && PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
    if (import.name != NULL) {
        struct noted noted = {.import = &import, .library = sty_import_hooks_library(record)}; /* owned */
        add_name(record, import.name, &import);
        import.bare = has_bare_package(record, import.name);
        if (is_package_or_unknown(record, import.name) && !asks_for_resources()) {
            add_package(record, import.name, &noted);
        }
        note_for_runners(record, &noted);
        sty_engine_hooks_note_import(record, import.name);
        sty_free(noted.library);
        sty_strlist_finish(&noted.packages);
    }
    Py_XDECREF(name);
    PyErr_Clear();
    PyErr_SetRaisedException(exception);
    return module;
}

static PyMethodDef import_def = {"__import__", (PyCFunction)(void (*)(void))hooked_import, METH_VARARGS | METH_KEYWORDS,
                                 PyDoc_STR("Import a module, as Python does.")};
static PyMethodDef import_module_def = {"import_module", (PyCFunction)(void (*)(void))hooked_import_module,
                                        METH_VARARGS | METH_KEYWORDS,
                                        PyDoc_STR("import_module(name, package=None)\n--\n\nImport a module.")};

/* -- what code looks at -----------------------------------------------------------------------------------------------
 */

enum { NAMES_SYS = 1, NAMES_MODULES = 2, NAMES_ALL_OBJECTS = 4 };

/* Which of the telling names are used in a code object, or in those nested in it. */
static int telling_names(PyObject *code) {
    static const struct {
        const char *name;
        int bit;
    } telling[] = {{"sys", NAMES_SYS},
                   {"modules", NAMES_MODULES},
                   {"__subclasses__", NAMES_ALL_OBJECTS},
                   {"get_objects", NAMES_ALL_OBJECTS},
                   {"get_referrers", NAMES_ALL_OBJECTS}};
    PyObject *names = PyObject_GetAttrString(code, "co_names");      /* new */
    PyObject *constants = PyObject_GetAttrString(code, "co_consts"); /* new */
    int found = names == NULL || constants == NULL ? NAMES_ALL_OBJECTS : 0;

    for (Py_ssize_t i = 0; names != NULL && i < PyTuple_GET_SIZE(names); i++) {
        for (size_t n = 0; n < sizeof(telling) / sizeof(*telling); n++) {
            found |= PyUnicode_EqualToUTF8(PyTuple_GET_ITEM(names, i), telling[n].name) ? telling[n].bit : 0;
        }
    }
    for (Py_ssize_t i = 0; constants != NULL && i < PyTuple_GET_SIZE(constants); i++) {
        PyObject *constant = PyTuple_GET_ITEM(constants, i); /* borrowed */
        found |= PyCode_Check(constant) ? telling_names(constant) : 0;
    }
    Py_XDECREF(constants);
    Py_XDECREF(names);
    PyErr_Clear();
    return found;
}

bool sty_import_hooks_looks_around(PyObject *code) {
    int names = telling_names(code);

    return (names & NAMES_ALL_OBJECTS) != 0 || (names & (NAMES_SYS | NAMES_MODULES)) == (NAMES_SYS | NAMES_MODULES);
}

void sty_import_hooks_note_code(const char *name, bool looks_around) {
    struct sty_import_graph *record = sty_import_hooks_record();
    struct sty_imported *module = record != NULL ? sty_import_graph_find(record, name) : NULL;

    if (module != NULL) {
        module->looks_around = module->looks_around || looks_around;
    }
}

void sty_import_hooks_note_loaded(PyObject *path, bool looks_around) {
    struct sty_import_graph *record = sty_import_hooks_record();
    const char *text = record != NULL ? PyUnicode_AsUTF8(path) : NULL;

    if (text != NULL && sty_import_graph_is_executing(record, text)) {
        record->running->looks_around = record->running->looks_around || looks_around;
        return;
    }
    sty_file_hooks_note_read(path);
    if (looks_around) {
        sty_import_hooks_note_look();
    }
}

/* -- modules ----------------------------------------------------------------------------------------------------------
 */

/* "shop.stories", or "app.catalog.stories"; set by whoever discovers it, in any thread. */
static char *site_module;
static pthread_mutex_t site_lock = PTHREAD_MUTEX_INITIALIZER;

void sty_import_hooks_set_package(const char *package) {
    char *name = sty_asprintf("%s.stories", package); /* owned */

    pthread_mutex_lock(&site_lock);
    if (name != NULL) {
        sty_free(site_module);
        site_module = name;
    }
    pthread_mutex_unlock(&site_lock);
}

enum place_of_module { MODULE_IS_SITE, MODULE_HOLDS_SITE, MODULE_IS_ELSEWHERE };

/* Whether a module is the `stories.py` of the package itself, or one of the packages that this lies in. They are
 * executed before all others in every build, unless one of those imports them. */
static enum place_of_module place_of(const struct sty_imported *module) {
    size_t size = strlen(module->name);
    enum place_of_module place = MODULE_IS_ELSEWHERE;

    pthread_mutex_lock(&site_lock);
    if (module->outer == NULL && site_module != NULL && strncmp(site_module, module->name, size) == 0) {
        place = site_module[size] == '\0'  ? MODULE_IS_SITE
                : site_module[size] == '.' ? MODULE_HOLDS_SITE
                                           : MODULE_IS_ELSEWHERE;
    }
    pthread_mutex_unlock(&site_lock);
    return place;
}

/* Called before another module runs: the one that ran until now may have changed what all code sees. The site's module,
 * the packages around it and those that they import may do that, to set up things for all others. */
static void note_surroundings(struct sty_import_graph *record) {
    struct sty_imported *runner = record->running, *outermost = runner;

    if (!sty_surroundings_have_changed(record) || runner == NULL) {
        return;
    }
    while (outermost->order == 0 && outermost->outer != NULL) {
        outermost = outermost->outer;
    }
    if (place_of(outermost) != MODULE_IS_ELSEWHERE) {
        outermost->sets_up = true;
    } else {
        runner->interferes = true;
    }
}

/* The innermost module of the user's on the stack; NULL: none. */
static struct sty_imported *innermost(struct sty_import_graph *record) {
    PyFrameObject *frame = PyThreadState_GetFrame(PyThreadState_Get()); /* new */
    struct sty_imported *module = NULL;

    for (size_t depth = 0; frame != NULL && module == NULL && depth < DEEPEST_STACK; depth++) {
        PyObject *globals = PyFrame_GetGlobals(frame); /* new */
        module = module_of(record, globals);
        Py_XDECREF(globals);
        Py_SETREF(frame, PyFrame_GetBack(frame));
    }
    Py_XDECREF(frame);
    return module;
}

/* Note who has a module executed: code may do so without an import. */
static void note_loading(struct sty_import_graph *record, struct sty_imported *module) {
    struct sty_imported *loader = innermost(record);

    if (loader != NULL && !sty_import_graph_add_edge(record, loader, module)) {
        loader->looks_around = true;
    }
}

struct sty_imported *sty_import_hooks_begin(const char *name, const char *file) {
    struct sty_import_graph *record = sty_import_hooks_record();
    struct sty_imported *module = record != NULL ? sty_import_graph_module(record, name, file) : NULL;

    if (module != NULL) {
        note_surroundings(record);
        note_loading(record, module);
        module->loaded = true;
        module->outer = record->running;
        record->running = module;
        if (!sty_import_graph_add_parents(record, module)) {
            module->looks_around = true;
        }
    }
    return module;
}

/* Files count as being written by user code until no module is being executed and no story rendered. */
static void settle_sources(const struct sty_import_graph *record) {
    if (record->running == NULL) {
        sty_sources_settle();
    }
}

/*
 * Take the fingerprints of all modules again when the site's module has been executed. What it does to modules that it
 * imports, such as setting up a framework, it does in every build before any other module runs, so that is no change of
 * their state.
 */
static void take_prints(const struct sty_import_graph *record) {
    bool may_keep = false;

    for (struct sty_imported *module = record->modules; module != NULL; module = module->hh.next) {
        if (module->order != 0 && !module->failed) {
            module->stateful = !sty_module_print(module->name, &module->print, &may_keep);
        }
    }
}

void sty_import_hooks_end(struct sty_imported *module) {
    struct sty_import_graph *record = sty_import_hooks_record();
    PyObject *exception = PyErr_GetRaisedException(); /* new */
    bool may_keep = false;

    if (module != NULL && record != NULL) {
        note_surroundings(record);
        record->running = module->outer;
        if (module->order == 0 && exception == NULL && is_package(module) && !sty_import_graph_note_brought(module)) {
            sty_strlist_clear(&module->brings);
        }
        module->order = ++record->executed;
        module->failed = exception != NULL;
        module->stateful = !module->failed && !sty_module_print(module->name, &module->print, &may_keep);
        if (!module->failed && place_of(module) == MODULE_IS_SITE) {
            take_prints(record);
        }
        settle_sources(record);
    }
    PyErr_SetRaisedException(exception);
}

void sty_import_hooks_run(const char *name) {
    struct sty_import_graph *record = sty_import_hooks_record();

    if (record != NULL) {
        note_surroundings(record);
        record->running = name != NULL ? sty_import_graph_find(record, name) : NULL;
        settle_sources(record);
    }
}

/* Whether a module's state is the same as right after its execution, and can't hold what its functions have read. */
static bool keeps_nothing(struct sty_imported *module) {
    uint64_t print = 0;
    bool may_keep = module->failed || module->order == 0;

    if (!may_keep) {
        bool known = sty_module_print(module->name, &print, &may_keep);
        module->stateful = module->stateful || !known || print != module->print;
    }
    return !may_keep && !module->stateful;
}

size_t sty_import_hooks_settle(struct sty_import_graph *record) {
    size_t count = 0;

    for (struct sty_imported *module = record->modules; module != NULL; module = module->hh.next) {
        count += module->order != 0 && !module->failed ? 1 : 0;
        if (!keeps_nothing(module) && !sty_strlist_add_all_once(&module->reads, &module->served)) {
            module->looks_around = true;
        }
    }
    return count;
}

static int replace(const char *module_name, const char *name, PyMethodDef *def, PyObject *self) {
    PyObject *module = PyImport_ImportModule(module_name);                 /* new */
    PyObject *function = self != NULL ? PyCFunction_New(def, self) : NULL; /* new */
    int status = module != NULL && function != NULL ? PyObject_SetAttrString(module, name, function) : -1;

    Py_XDECREF(function);
    Py_XDECREF(module);
    return status;
}

int sty_import_hooks_set_up(void) {
    PyObject *dict = PyInterpreterState_GetDict(PyInterpreterState_Get()); /* borrowed */
    struct sty_import_graph *record = sty_calloc(1, sizeof(*record));
    PyObject *capsule = record != NULL ? PyCapsule_New(record, RECORD_KEY, destroy_record) : PyErr_NoMemory(); /* new */
    PyObject *importlib = PyImport_ImportModule("importlib");                                                  /* new */
    PyObject *original = importlib != NULL ? PyObject_GetAttrString(importlib, "import_module") : NULL;        /* new */
    PyObject *both = capsule != NULL && original != NULL ? PyTuple_Pack(2, capsule, original) : NULL;          /* new */
    int status = -1;

    frames_below = count_frames();
    if (capsule == NULL) {
        sty_free(record);
    } else if (both != NULL && dict != NULL && PyDict_SetItemString(dict, RECORD_KEY, capsule) == 0 &&
               replace("builtins", "__import__", &import_def, capsule) == 0 &&
               replace("importlib", "import_module", &import_module_def, both) == 0) {
        status = sty_surroundings_watch(record) == 0 ? sty_file_hooks_set_up() : -1;
    }
    Py_XDECREF(both);
    Py_XDECREF(original);
    Py_XDECREF(importlib);
    Py_XDECREF(capsule);
    return status;
}
