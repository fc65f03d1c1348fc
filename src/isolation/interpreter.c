#include "isolation/interpreter.h"

#include <pthread.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/system.h"
#include "imports/sources.h"
#include "isolation/runtime.h"
#include "python/py_error.h"
#include "python/refusals.h"

#define MOST_INTERPRETERS 4

/* The name of a thread while its interpreter lives, and after that; for `top -H` and for tests. */
#define THREAD_NAME "interpreter"
#define ENDED_THREAD_NAME "ended"

static pthread_mutex_t life_lock = PTHREAD_MUTEX_INITIALIZER;

static atomic_uint places_taken;

bool sty_interpreter_take_place(void) {
    unsigned taken = atomic_load(&places_taken);

    while (taken < MOST_INTERPRETERS) {
        if (atomic_compare_exchange_weak(&places_taken, &taken, taken + 1)) {
            return true;
        }
    }
    return false;
}

void sty_interpreter_leave_place(void) {
    atomic_fetch_sub(&places_taken, 1);
}

static int warm_up(struct sty_error *err) {
    int status = sty_runtime_set_up_interpreter(err);

    if (status == STY_OK && sty_refusals_watch() != 0) {
        status = sty_py_error_take(NULL, err);
    }
    return status == STY_OK ? sty_warmup_interpreter(err) : status;
}

/* The interpreter and its thread state are gone: detach this thread from the main interpreter, too. */
static void leave_main(struct sty_interpreter *interpreter) {
    PyEval_RestoreThread(interpreter->main_state);
    PyThreadState_Clear(interpreter->main_state);
    PyThreadState_DeleteCurrent();
    interpreter->main_state = NULL;
}

static int create(struct sty_interpreter *out, bool warm, struct sty_error *err) {
    const PyInterpreterConfig config = {
        .use_main_obmalloc = 0,
        .allow_fork = 0,
        .allow_exec = 0,
        .allow_threads = 1,
        .allow_daemon_threads = 0,
        .check_multi_interp_extensions = 1,
        .gil = PyInterpreterConfig_OWN_GIL,
    };
    PyStatus made;
    int status = STY_OK;

    *out = (struct sty_interpreter){0};
    sty_system_name_thread(THREAD_NAME);
    pthread_mutex_lock(&life_lock);
    out->main_state = PyThreadState_New(PyInterpreterState_Main());
    if (out->main_state == NULL) {
        pthread_mutex_unlock(&life_lock);
        return sty_error_nomem(err);
    }
    PyEval_RestoreThread(out->main_state);
    made = Py_NewInterpreterFromConfig(&out->state, &config);
    if (PyStatus_Exception(made)) {
        /* the thread state of the main interpreter is current again */
        PyThreadState_Clear(out->main_state);
        PyThreadState_DeleteCurrent();
        status = sty_error_set_code(err, STY_ERR_PYTHON, "STY303", "cannot create an interpreter: %s",
                                    made.err_msg != NULL ? made.err_msg : "Python gives no reason");
    } else {
        out->thread = PyThread_get_thread_ident();
        status = warm ? warm_up(err) : STY_OK;
    }
    pthread_mutex_unlock(&life_lock);
    if (status != STY_OK && out->state != NULL) {
        sty_interpreter_end(out);
    }
    return status;
}

int sty_interpreter_create(struct sty_interpreter *out, struct sty_error *err) {
    return create(out, true, err);
}

int sty_interpreter_create_bare(struct sty_interpreter *out, struct sty_error *err) {
    return create(out, false, err);
}

void sty_interpreter_finish_user_code(void) {
    PyObject *modules = PyImport_GetModuleDict();                                                    /* borrowed */
    PyObject *threading = PyDict_Check(modules) ? PyDict_GetItemString(modules, "threading") : NULL; /* borrowed */
    PyObject *atexit = PyImport_ImportModule("atexit");                                              /* new */
    PyObject *result = NULL;                                                                         /* new */

    if (threading != NULL) {
        Py_INCREF(threading);
        result = PyObject_CallMethod(threading, "_shutdown", NULL);
        PyErr_Clear();
        Py_XDECREF(result);
        Py_DECREF(threading);
    }
    if (atexit != NULL) {
        result = PyObject_CallMethod(atexit, "_run_exitfuncs", NULL);
        PyErr_Clear();
        Py_XDECREF(result);
    }
    PyErr_Clear();
    Py_XDECREF(atexit);
}

static long long now_ms(void) {
    return sty_clock_us() / 1000;
}

unsigned sty_interpreter_ending_ms(const struct sty_interpreter *interpreter) {
    long long since = atomic_load(&interpreter->ending_since);

    return since != 0 && now_ms() > since ? (unsigned)(now_ms() - since) : 0;
}

/* Tearing down thousands of modules takes time that user code is not to blame for. A millisecond for each is about
 * thirty times what an idle machine needs. */
static long long time_of_modules(void) {
    PyObject *modules = PyImport_GetModuleDict(); /* borrowed */

    return PyDict_Check(modules) ? (long long)PyDict_Size(modules) : 0;
}

void sty_interpreter_end(struct sty_interpreter *interpreter) {
    long long allowed = time_of_modules();

    atomic_store(&interpreter->ending_since, now_ms());
    sty_interpreter_finish_user_code(); /* before the lock is taken */
    atomic_store(&interpreter->ending_since, 0);
    /* Wait for the lock without holding the GIL, which this interpreter's user threads may still need. */
    PyEval_SaveThread();
    pthread_mutex_lock(&life_lock);
    atomic_store(&interpreter->ending_since, now_ms() + allowed);
    PyEval_RestoreThread(interpreter->state);
    Py_EndInterpreter(interpreter->state);
    interpreter->state = NULL;
    leave_main(interpreter);
    sty_system_name_thread(ENDED_THREAD_NAME);
    pthread_mutex_unlock(&life_lock);
}

int sty_warmup_interpreter(struct sty_error *err) {
    /* Also get a name of each that builds use: only then does the native tdom import what takes long. */
    static const char *const modules[][2] = {{"storytime", "build_site"},
                                             {"storytime._controls", "rows"},
                                             {"storytime._docs", "describe"},
                                             {"tdom", "Markup"}};
    long long id = PyInterpreterState_GetID(PyInterpreterState_Get()); /* 0 is the main interpreter's */
    int64_t begin = sty_clock_us();

    for (size_t i = 0; i < sizeof(modules) / sizeof(*modules); i++) {
        PyObject *module = PyImport_ImportModule(modules[i][0]); /* new */
        PyObject *object = NULL; /* new; if it is missing, there is no more to warm up */
        int found = module != NULL ? PyObject_GetOptionalAttrString(module, modules[i][1], &object) : -1;
        Py_XDECREF(object);
        Py_XDECREF(module);
        if (found < 0) {
            return sty_py_error_take(NULL, err);
        }
    }
    log_info(id == 0 ? "python" : "subinterpreters", "Interpreter %lld is warm: storytime and tdom imported in %.1f ms",
             id, (double)(sty_clock_us() - begin) / 1000);
    return STY_OK;
}

/* Attach this thread to an interpreter, for leave_visit(). Waits for its GIL. NULL: no memory. */
static PyThreadState *visit(const struct sty_interpreter *interpreter) {
    PyThreadState *mine = PyThreadState_New(PyThreadState_GetInterpreter(interpreter->state));

    if (mine != NULL) {
        PyEval_RestoreThread(mine);
    }
    return mine;
}

static void leave_visit(PyThreadState *mine) {
    PyErr_Clear();
    PyThreadState_Clear(mine);
    PyThreadState_DeleteCurrent();
}

static bool is_interruptible(const struct sty_interpreter *interpreter) {
    return !interpreter->idle && !sty_sources_are_being_written();
}

static char *stack_of(const struct sty_interpreter *interpreter) {
    PyFrameObject *frame = PyThreadState_GetFrame(interpreter->state); /* new */
    struct sty_buf text = {0};

    sty_py_error_add_stack(frame, &text);
    Py_XDECREF(frame);
    return sty_buf_steal(&text);
}

char *sty_interpreter_stack(struct sty_interpreter *interpreter) {
    PyThreadState *mine = visit(interpreter);
    char *stack = NULL;

    if (mine != NULL) {
        stack = is_interruptible(interpreter) ? stack_of(interpreter) : NULL;
        leave_visit(mine);
    }
    return stack;
}

bool sty_interpreter_interrupt(struct sty_interpreter *interpreter, char **stack) {
    PyThreadState *mine = visit(interpreter);
    bool interruptible = mine != NULL && is_interruptible(interpreter);
    PyObject *type = NULL; /* borrowed */
    bool done = false;

    if (mine == NULL) {
        return false;
    }
    if (stack != NULL && interruptible) {
        *stack = stack_of(interpreter);
    }
    type = interruptible ? sty_py_error_interrupt_type() : NULL;
    done = type != NULL && PyThreadState_SetAsyncExc(interpreter->thread, type) == 1;
    leave_visit(mine);
    return done;
}

void sty_interpreter_forget_interrupt(struct sty_interpreter *interpreter) {
    PyThreadState_SetAsyncExc(interpreter->thread, NULL);
    PyErr_Clear();
}
