#include <Python.h>
#include <marshal.h>

#include "imports/source_loader.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/library.h"
#include "base/path.h"
#include "base/system.h"
#include "imports/code_cache.h"
#include "imports/import_hooks.h"
#include "imports/module_places.h"
#include "imports/source_finder.h"
#include "imports/sources.h"

/* The header of a `.pyc` file: magic number, flags, modification time in seconds, size; four bytes each, little-endian.
 */
#define PYC_HEADER 16

/* How much later than its source a `.pyc` file must have been written to be trusted, in nanoseconds. Its header cannot
 * tell two edits within a second apart, and the times of some file systems are as coarse. */
#define PYC_MARGIN 2000000000LL

/* A file may be in the middle of a save if it is empty and changed less than EMPTY_NS ago, or if somebody has it open
 * for writing and it changed less than RECENT_NS ago. It is given LONGEST_SAVE_MS to end. */
#define RECENT_NS 2000000000LL
#define EMPTY_NS 50000000LL
#define LONGEST_SAVE_MS 300

/* -- code ------------------------------------------------------------------------------------------------------------
 */

/* Nanoseconds since a file's last change; negative if its time lies in the future. */
static int64_t age_of(const struct sty_file_stamp *stamp) {
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec - stamp->mtime_ns;
}

/* Whether a file is being written just now: most editors empty it first. */
static bool is_being_saved(const char *path, const struct sty_file_stamp *stamp) {
    int64_t age = age_of(stamp);

    return age >= 0 && age < RECENT_NS && ((stamp->size == 0 && age < EMPTY_NS) || sty_system_has_writer(path));
}

/* Wait until a file is no longer being saved, for a limited time. */
static bool stamp_when_saved(const char *path, struct sty_file_stamp *stamp) {
    const struct timespec moment = {.tv_nsec = 1000000};
    bool there = sty_path_stamp(path, stamp);

    for (int i = 0; i < LONGEST_SAVE_MS && there && is_being_saved(path, stamp); i++) {
        Py_BEGIN_ALLOW_THREADS nanosleep(&moment, NULL);
        Py_END_ALLOW_THREADS there = sty_path_stamp(path, stamp);
    }
    return there;
}

/* Read a file as it was at one moment; if it changes meanwhile, read it again. */
static int read_stable(const char *path, struct sty_buf *source, struct sty_file_stamp *stamp) {
    struct sty_file_stamp after;

    for (int i = 0; i < 10; i++) {
        sty_buf_clear(source);
        if (!stamp_when_saved(path, stamp) || sty_path_read_file(path, source, NULL) != STY_OK) {
            return -1;
        }
        if (sty_path_stamp(path, &after) && sty_file_stamp_equal(stamp, &after)) {
            return 0;
        }
    }
    return 0; /* it keeps changing; the next build will see the rest */
}

static uint32_t little_endian(const char *at) {
    const unsigned char *bytes = (const unsigned char *)at;

    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* The path of a module's `.pyc` file, new; NULL: it has none. */
static char *pyc_path(PyObject *path, const char *file) {
    char *usual = sty_source_finder_usual_pyc(file);                                                    /* owned */
    PyObject *util = usual == NULL ? PyImport_ImportModule("importlib.util") : NULL;                    /* new */
    PyObject *cached = util != NULL ? PyObject_CallMethod(util, "cache_from_source", "O", path) : NULL; /* new */

    if (usual == NULL && cached != NULL) {
        usual = sty_strdup(PyUnicode_AsUTF8(cached));
    }
    Py_XDECREF(cached);
    Py_XDECREF(util);
    PyErr_Clear();
    return usual;
}

static bool is_pyc_of(const struct sty_buf *pyc, const struct sty_file_stamp *pyc_stamp,
                      const struct sty_file_stamp *stamp) {
    return pyc->size > PYC_HEADER && (long)little_endian(pyc->data) == PyImport_GetMagicNumber() &&
           little_endian(pyc->data + 4) == 0 &&
           little_endian(pyc->data + 8) == (uint32_t)(stamp->mtime_ns / 1000000000) &&
           little_endian(pyc->data + 12) == (uint32_t)stamp->size &&
           pyc_stamp->mtime_ns > stamp->mtime_ns + PYC_MARGIN && pyc_stamp->mtime_ns > stamp->ctime_ns + PYC_MARGIN;
}

/* Read a `.pyc` file. false: there is none that can be trusted. */
static bool read_pyc(PyObject *path, const char *file, const struct sty_file_stamp *stamp, struct sty_buf *pyc) {
    char *cached = pyc_path(path, file); /* owned */
    struct sty_file_stamp pyc_stamp;
    bool trusted = cached != NULL && sty_path_stamp(cached, &pyc_stamp) &&
                   sty_path_read_file(cached, pyc, NULL) == STY_OK && is_pyc_of(pyc, &pyc_stamp, stamp);

    sty_free(cached);
    return trusted;
}

static bool has_trusted_pyc(PyObject *path, const char *file, const struct sty_file_stamp *stamp) {
    struct sty_buf pyc = {0};
    bool trusted = read_pyc(path, file, stamp, &pyc);

    sty_buf_finish(&pyc);
    return trusted;
}

/* Marshalled code, new, as that of the source at `path`: if a project was moved, its `.pyc` files have the old path.
 */
static PyObject *load_code(PyObject *path, const char *bytes, size_t size) {
    PyObject *code = PyMarshal_ReadObjectFromString(bytes, (Py_ssize_t)size); /* new */
    PyObject *imp = code != NULL ? PyImport_AddModuleRef("_imp") : NULL;      /* new */
    PyObject *result = NULL;                                                  /* new */

    if (imp == NULL || (result = PyObject_CallMethod(imp, "_fix_co_filename", "OO", code, path)) == NULL) {
        Py_CLEAR(code);
    }
    Py_XDECREF(result);
    Py_XDECREF(imp);
    return code;
}

/* The code in the `.pyc` file if it can be trusted, new; else NULL without an exception. `*looks_around` is set with
 * the code. */
static PyObject *code_from_pyc(PyObject *path, const char *file, const struct sty_file_stamp *stamp,
                               bool *looks_around) {
    struct sty_buf pyc = {0};
    PyObject *code = NULL; /* new */

    if (read_pyc(path, file, stamp, &pyc)) {
        code = load_code(path, pyc.data + PYC_HEADER, pyc.size - PYC_HEADER);
        if (code != NULL) {
            *looks_around = sty_import_hooks_looks_around(code);
            sty_code_cache_put(file, stamp, *looks_around, pyc.data + PYC_HEADER, pyc.size - PYC_HEADER);
        }
        PyErr_Clear();
    }
    sty_buf_finish(&pyc);
    return code;
}

/* Write a `.pyc` file for the next process, as Python does. A failure is no error. */
static void write_pyc(PyObject *loader, PyObject *path, const char *file, const struct sty_file_stamp *stamp,
                      PyObject *bytes) {
    char header[PYC_HEADER] = {0};
    const uint32_t words[] = {(uint32_t)PyImport_GetMagicNumber(), 0, (uint32_t)(stamp->mtime_ns / 1000000000),
                              (uint32_t)stamp->size};
    PyObject *never = PySys_GetObject("dont_write_bytecode");                                  /* borrowed */
    PyObject *data = NULL, *result = NULL;                                                     /* new */
    char *cached = never == NULL || PyObject_IsTrue(never) != 0 ? NULL : pyc_path(path, file); /* owned */

    for (size_t i = 0; i < PYC_HEADER; i++) {
        header[i] = (char)(words[i / 4] >> (8 * (i % 4)));
    }
    if (cached != NULL && (data = PyBytes_FromStringAndSize(header, PYC_HEADER)) != NULL) {
        PyBytes_Concat(&data, bytes);
        result = data != NULL ? PyObject_CallMethod(loader, "set_data", "sO", cached, data) : NULL;
    }
    Py_XDECREF(result);
    Py_XDECREF(data);
    sty_free(cached);
    PyErr_Clear();
}

/* `*looks_around` is set with the code. */
static PyObject *compile_source(PyObject *loader, PyObject *path, const char *file, const struct sty_buf *source,
                                const struct sty_file_stamp *stamp, bool *looks_around) {
    PyObject *code = PyObject_CallMethod(loader, "source_to_code", "y#O", sty_buf_text(source),
                                         (Py_ssize_t)source->size, path);                            /* new */
    PyObject *bytes = code != NULL ? PyMarshal_WriteObjectToString(code, Py_MARSHAL_VERSION) : NULL; /* new */

    if (code != NULL) {
        *looks_around = sty_import_hooks_looks_around(code);
    }
    if (bytes != NULL) {
        sty_code_cache_put(file, stamp, *looks_around, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
        write_pyc(loader, path, file, stamp, bytes);
        Py_DECREF(bytes);
    }
    if (code != NULL) {
        PyErr_Clear();
    }
    return code;
}

/* `*looks_around` is set with the code. */
static PyObject *code_of(PyObject *loader, PyObject *path, const char *file, bool *looks_around) {
    struct sty_buf source = {0};
    struct sty_file_stamp stamp = {0};
    struct sty_code *known = NULL;
    PyObject *code = NULL; /* new */
    bool there = false;

    there = sty_path_stamp(file, &stamp);
    sty_sources_note(file, &stamp);
    if (there && (known = sty_code_cache_get(file, &stamp)) != NULL) {
        code = load_code(path, known->bytes, known->size);
        *looks_around = known->looks_around;
        sty_code_unref(known);
        return code;
    }
    if (there && (code = code_from_pyc(path, file, &stamp, looks_around)) != NULL) {
        /* the source need not be read */
    } else if (read_stable(file, &source, &stamp) != 0) {
        PyErr_SetFromErrnoWithFilename(PyExc_OSError, file);
    } else {
        code = compile_source(loader, path, file, &source, &stamp, looks_around);
    }
    sty_buf_finish(&source);
    return code;
}

bool sty_source_loader_compile(PyObject *loader_type, const char *file) {
    PyObject *path = PyUnicode_DecodeFSDefault(file);                                              /* new */
    PyObject *loader = path != NULL ? PyObject_CallFunction(loader_type, "OO", path, path) : NULL; /* new */
    struct sty_buf source = {0};
    struct sty_file_stamp stamp = {0};
    struct sty_code *known = NULL;
    PyObject *code = NULL; /* new */
    bool compiled = false, looks_around = false;

    if (loader != NULL && sty_path_stamp(file, &stamp) && !is_being_saved(file, &stamp) &&
        (known = sty_code_cache_get(file, &stamp)) == NULL && !has_trusted_pyc(path, file, &stamp) &&
        read_stable(file, &source, &stamp) == 0) {
        code = compile_source(loader, path, file, &source, &stamp, &looks_around);
        compiled = code != NULL;
    }
    sty_code_unref(known);
    sty_buf_finish(&source);
    Py_XDECREF(code);
    Py_XDECREF(loader);
    Py_XDECREF(path);
    PyErr_Clear();
    return compiled;
}

/* -- loader ----------------------------------------------------------------------------------------------------------
 */

/* get_code(fullname), as importlib.abc.InspectLoader has it */
static PyObject *loader_get_code(PyObject *self, PyObject *name) {
    PyObject *path = PyObject_CallMethod(self, "get_filename", "O", name); /* new */
    const char *file = path != NULL ? PyUnicode_AsUTF8(path) : NULL;
    bool looks_around = false;
    PyObject *code = file != NULL ? code_of(self, path, file, &looks_around) : NULL;

    if (code != NULL && PyUnicode_AsUTF8(name) != NULL) {
        sty_import_hooks_note_code(PyUnicode_AsUTF8(name), looks_around);
    }
    Py_XDECREF(path);
    return code;
}

/* Call the method that importlib's own loader (`base`) inherits, with one argument. */
static PyObject *call_inherited(PyObject *base, PyObject *self, const char *method, PyObject *argument) {
    PyObject *inherited = PyObject_CallFunctionObjArgs((PyObject *)&PySuper_Type, base, self, NULL); /* new */
    PyObject *result = inherited != NULL ? PyObject_CallMethod(inherited, method, "O", argument) : NULL;

    Py_XDECREF(inherited);
    return result;
}

/* If a loader changes code while loading it, the names to look for may be gone: look at the plain source's code. */
static void note_plain_code(PyObject *base, PyObject *name, PyObject *path) {
    PyObject *plain = PyObject_CallFunctionObjArgs(base, name, path, NULL);                    /* new */
    PyObject *code = plain != NULL ? PyObject_CallMethod(plain, "get_code", "O", name) : NULL; /* new */

    PyErr_Clear(); /* it is raised again when the module is executed */
    Py_XDECREF(code);
    Py_XDECREF(plain);
}

/* Execute a module as importlib does, recorded. `changes_code`: the loader does. */
static PyObject *execute(PyObject *base, PyObject *self, PyObject *module, bool changes_code) {
    PyObject *name = PyObject_GetAttrString(module, "__name__");                 /* new */
    PyObject *path = name != NULL ? PyObject_GetAttrString(self, "path") : NULL; /* new */
    const char *name_text = path != NULL && PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
    const char *path_text = path != NULL && PyUnicode_Check(path) ? PyUnicode_AsUTF8(path) : NULL;
    struct sty_imported *record = NULL;
    PyObject *result = NULL;

    if (name_text != NULL && path_text != NULL) {
        record = sty_import_hooks_begin(name_text, path_text);
        if (record != NULL) {
            sty_module_places_note_passed(record);
        }
        if (changes_code) {
            note_plain_code(base, name, path);
        }
        result = call_inherited(base, self, "exec_module", module);
        sty_import_hooks_end(record);
    }
    Py_XDECREF(path);
    Py_XDECREF(name);
    return result;
}

/* exec_module(module) */
static PyObject *loader_exec_module(PyObject *self, PyObject *module) {
    return execute((PyObject *)Py_TYPE(self)->tp_base, self, module, false); /* nobody derives from us */
}

static PyMethodDef loader_methods[] = {
    {"exec_module", loader_exec_module, METH_O, PyDoc_STR("Execute a module.")},
    {"get_code", loader_get_code, METH_O, PyDoc_STR("The code of a module, certainly that of its source as it is.")},
    {0},
};

static PyType_Slot loader_slots[] = {
    {Py_tp_methods, loader_methods},
    {Py_tp_doc, (void *)PyDoc_STR("Loads a module's source, without taking an old .pyc file for it.")},
    {0},
};

static PyType_Spec loader_spec = {
    .name = "storytime.SourceLoader",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = loader_slots,
};

/* -- importlib's own loader ------------------------------------------------------------------------------------------
 *
 * Other finders load the user's modules with it, or with a loader derived from it: setuptools' editable installs,
 * beartype's and typeguard's import hooks. Code also uses it to load files that are no modules of the package.
 */

/* The name of importlib's own method once ours has taken its place. */
#define CACHE_BYTECODE "_storytime_cache_bytecode"

/* The path of the file that a loader loads, new; NULL without an exception: it is a library's. */
static PyObject *own_path(PyObject *self) {
    PyObject *path = PyObject_GetAttrString(self, "path"); /* new */
    const char *text = path != NULL && PyUnicode_Check(path) ? PyUnicode_AsUTF8(path) : NULL;

    if (text == NULL || text[0] != '/' || sty_is_library(text)) {
        PyErr_Clear();
        Py_CLEAR(path);
    }
    return path;
}

/* Whether a module is executed by an import, so that the graph knows it by its name. */
static bool is_imported(PyObject *module) {
    PyObject *spec = PyObject_GetAttrString(module, "__spec__");                           /* new */
    PyObject *begun = spec != NULL ? PyObject_GetAttrString(spec, "_initializing") : NULL; /* new */
    bool imported = begun == Py_True;

    PyErr_Clear();
    Py_XDECREF(begun);
    Py_XDECREF(spec);
    return imported;
}

/* SourceFileLoader.get_code(name) */
static PyObject *importlib_get_code(PyObject *self, PyTypeObject *defining, PyObject *const *args, Py_ssize_t count,
                                    PyObject *names) {
    PyObject *path = count == 1 && Py_IS_TYPE(self, defining) ? own_path(self) : NULL; /* new */
    PyObject *code = NULL;
    bool looks_around = false;

    if (count != 1) {
        PyErr_SetString(PyExc_TypeError, "get_code() takes exactly one argument");
    } else if (path == NULL) {
        code = call_inherited((PyObject *)defining, self, "get_code", args[0]);
    } else if ((code = code_of(self, path, PyUnicode_AsUTF8(path), &looks_around)) != NULL) {
        sty_import_hooks_note_loaded(path, looks_around);
    }
    Py_XDECREF(path);
    return code;
}

/* SourceFileLoader._cache_bytecode(source, cache, code): writes nothing while another edit could look the same to
 * Python. */
static PyObject *importlib_cache_bytecode(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    const char *source = count > 0 && PyUnicode_Check(args[0]) ? PyUnicode_AsUTF8(args[0]) : NULL;
    PyObject *method = NULL, *result = NULL; /* new */
    struct sty_file_stamp stamp;

    if (source != NULL && !sty_is_library(source) && sty_path_stamp(source, &stamp) && age_of(&stamp) < PYC_MARGIN) {
        Py_RETURN_NONE;
    }
    PyErr_Clear();
    method = PyObject_GetAttrString(self, CACHE_BYTECODE);
    result = method != NULL ? PyObject_Vectorcall(method, args, (size_t)count, NULL) : NULL;
    Py_XDECREF(method);
    return result;
}

/* SourceFileLoader.exec_module(module) */
static PyObject *importlib_exec_module(PyObject *self, PyTypeObject *defining, PyObject *const *args, Py_ssize_t count,
                                       PyObject *names) {
    PyObject *base = (PyObject *)defining;
    PyObject *module = count == 1 ? args[0] : NULL;                                 /* borrowed */
    PyObject *path = module != NULL && is_imported(module) ? own_path(self) : NULL; /* new */
    PyObject *result = NULL;

    if (module == NULL) {
        PyErr_SetString(PyExc_TypeError, "exec_module() takes exactly one argument");
    } else {
        result = path != NULL ? execute(base, self, module, !Py_IS_TYPE(self, defining))
                              : call_inherited(base, self, "exec_module", module);
    }
    Py_XDECREF(path);
    return result;
}

/* Replace methods of importlib's own loader by ours. 0, or -1 with an exception set. */
static int replace_methods(PyObject *machinery) {
    static PyMethodDef methods[] = {
        {"get_code", (PyCFunction)(void (*)(void))importlib_get_code, METH_METHOD | METH_FASTCALL | METH_KEYWORDS,
         PyDoc_STR("The code of a module.")},
        {"exec_module", (PyCFunction)(void (*)(void))importlib_exec_module, METH_METHOD | METH_FASTCALL | METH_KEYWORDS,
         PyDoc_STR("Execute a module.")},
        {"_cache_bytecode", (PyCFunction)(void (*)(void))importlib_cache_bytecode, METH_FASTCALL,
         PyDoc_STR("Keep the code of a module in a file.")},
    };
    PyObject *base = PyObject_GetAttrString(machinery, "SourceFileLoader");                  /* new */
    PyObject *cache = base != NULL ? PyObject_GetAttrString(base, "_cache_bytecode") : NULL; /* new */
    int status = cache != NULL && PyType_Check(base) ? PyObject_SetAttrString(base, CACHE_BYTECODE, cache) : -1;

    for (size_t i = 0; status == 0 && i < sizeof(methods) / sizeof(*methods); i++) {
        PyObject *method = PyDescr_NewMethod((PyTypeObject *)base, &methods[i]); /* new */
        status = method != NULL ? PyObject_SetAttrString(base, methods[i].ml_name, method) : -1;
        Py_XDECREF(method);
    }
    Py_XDECREF(cache);
    Py_XDECREF(base);
    return status;
}

/* -- path hook
 * --------------------------------------------------------------------------------------------------------- */

/* The finder of a path hook that was added after ours, as beartype adds one, new; NULL: there is none, or an exception
 * is set. */
static PyObject *later_finder(PyObject *path, PyObject *known) {
    PyObject *hooks = PySys_GetObject("path_hooks"); /* borrowed */
    PyObject *finder = NULL;

    for (Py_ssize_t i = 0; finder == NULL && hooks != NULL && PyList_Check(hooks) && i < PyList_GET_SIZE(hooks); i++) {
        PyObject *hook = Py_NewRef(PyList_GET_ITEM(hooks, i)); /* new */
        int found = PySequence_Contains(known, hook);
        finder = found == 0 && hook != NULL ? PyObject_CallOneArg(hook, path) : NULL;
        Py_DECREF(hook);
        if (finder == NULL && PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_ImportError)) {
            return NULL;
        }
        PyErr_Clear();
    }
    return finder;
}

/* Whether there is a directory at a path, or nothing yet where one may appear later. */
static bool may_be_directory(const char *path) {
    struct stat info;

    return stat(path, &info) == 0 ? S_ISDIR(info.st_mode)
                                  : errno == ENOENT && path[0] == '/' && !sty_path_ends_with(path, ".zip");
}

/* self: (the finder's type, a list of this hook and those that were there before it) */
static PyObject *path_hook(PyObject *self, PyObject *path) {
    const char *text = PyUnicode_Check(path) ? PyUnicode_AsUTF8(path) : NULL;
    PyObject *later = NULL; /* new */

    if (text == NULL || sty_is_library(text) || !may_be_directory(text)) {
        PyErr_Clear();
        PyErr_SetString(PyExc_ImportError, "not a directory of the user's own modules");
        return NULL;
    }
    later = later_finder(path, PyTuple_GET_ITEM(self, 1));
    return later != NULL || PyErr_Occurred() ? later : PyObject_CallOneArg(PyTuple_GET_ITEM(self, 0), path);
}

static PyMethodDef path_hook_def = {"storytime_path_hook", path_hook, METH_O, NULL};

/* Append (suffix, loader) for each suffix. */
static int add_loaders(PyObject *list, PyObject *machinery, const char *suffixes_name, PyObject *loader) {
    PyObject *suffixes = PyObject_GetAttrString(machinery, suffixes_name); /* new */
    Py_ssize_t count = suffixes != NULL && loader != NULL ? PySequence_Size(suffixes) : -1;
    int status = count < 0 ? -1 : 0;

    for (Py_ssize_t i = 0; status == 0 && i < count; i++) {
        PyObject *pair = Py_BuildValue("(NO)", PySequence_GetItem(suffixes, i), loader); /* new */
        status = pair != NULL ? PyList_Append(list, pair) : -1;
        Py_XDECREF(pair);
    }
    Py_XDECREF(suffixes);
    return status;
}

/* Extensions, sources, code without source: as importlib has them, with our loader for the second. */
static PyObject *make_loaders(PyObject *machinery) {
    PyObject *base = PyObject_GetAttrString(machinery, "SourceFileLoader");                /* new */
    PyObject *loader = base != NULL ? PyType_FromSpecWithBases(&loader_spec, base) : NULL; /* new */
    PyObject *extension = PyObject_GetAttrString(machinery, "ExtensionFileLoader");        /* new */
    PyObject *sourceless = PyObject_GetAttrString(machinery, "SourcelessFileLoader");      /* new */
    PyObject *list = PyList_New(0);                                                        /* new */

    if (list != NULL && (add_loaders(list, machinery, "EXTENSION_SUFFIXES", extension) != 0 ||
                         add_loaders(list, machinery, "SOURCE_SUFFIXES", loader) != 0 ||
                         add_loaders(list, machinery, "BYTECODE_SUFFIXES", sourceless) != 0)) {
        Py_CLEAR(list);
    }
    Py_XDECREF(sourceless);
    Py_XDECREF(extension);
    Py_XDECREF(loader);
    Py_XDECREF(base);
    return list;
}

static PyObject *make_hook(PyObject *machinery, PyObject *hooks) {
    PyObject *loaders = make_loaders(machinery);                                            /* new */
    PyObject *finder = loaders != NULL ? sty_source_finder_type(machinery, loaders) : NULL; /* new */
    PyObject *known = finder != NULL ? PySequence_List(hooks) : NULL;                       /* new */
    PyObject *self = known != NULL ? PyTuple_Pack(2, finder, known) : NULL;                 /* new */
    PyObject *hook = self != NULL ? PyCFunction_New(&path_hook_def, self) : NULL;           /* new */

    if (hook != NULL && PyList_Append(known, hook) != 0) {
        Py_CLEAR(hook);
    }
    Py_XDECREF(self);
    Py_XDECREF(known);
    Py_XDECREF(finder);
    Py_XDECREF(loaders);
    return hook;
}

int sty_source_loader_set_up(void) {
    PyObject *hooks = PySys_GetObject("path_hooks"), *cache = PySys_GetObject("path_importer_cache"); /* borrowed */
    PyObject *machinery = PyImport_ImportModule("importlib.machinery");                               /* new */
    PyObject *hook = machinery != NULL && hooks != NULL ? make_hook(machinery, hooks) : NULL;         /* new */
    int status = -1;

    if (hook != NULL && PyList_Check(hooks) && (status = PyList_Insert(hooks, 0, hook)) == 0 &&
        (status = replace_methods(machinery)) == 0 && cache != NULL && PyDict_Check(cache)) {
        PyDict_Clear(cache); /* finders that were chosen before the hook was there */
    }
    Py_XDECREF(hook);
    Py_XDECREF(machinery);
    return status;
}
