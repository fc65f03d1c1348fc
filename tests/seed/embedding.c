#include <Python.h>

#include "embedding.h"

#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/path.h"
#include "python/py_error.h"
#include "isolation/runtime.h"
#include "site/build.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static char directory[64];
static char log_path[96];

PyMODINIT_FUNC PyInit__native(void);

void start_python(const char *path) {
    const struct sty_runtime_options options = {.import_dir = path, .own_dir = getenv("STORYTIME_PACKAGE")};
    struct sty_error err = {0};
    PyConfig config;

    PyImport_AppendInittab("storytime._native", PyInit__native);
    PyConfig_InitPythonConfig(&config);
    config.install_signal_handlers = 0;
    PyConfig_SetBytesString(&config, &config.program_name, getenv("STORYTIME_PYTHON"));
    assert_false(PyStatus_Exception(Py_InitializeFromConfig(&config)));
    PyConfig_Clear(&config);
    if (sty_runtime_enter(&options, &err) != STY_OK) {
        fail_msg("%s", sty_error_message(&err));
    }
    sty_runtime_detach();
}

struct sty_interpreter_pool *warm_pool(void) {
    struct sty_interpreter_pool *pool = NULL;
    struct sty_error err = {0};

    assert_int_equal(sty_create_interpreter_pool(&pool, &err), STY_OK);
    assert_true(sty_interpreter_pool_wait_warm(pool, PATIENCE_MS));
    return pool;
}

/* -- jobs ---------------------------------------------------------------------------------------------------------- */

void set_flag(int *flag) {
    pthread_mutex_lock(&lock);
    *flag = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

void wait_flag(const int *flag) {
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += PATIENCE_MS / 1000;
    pthread_mutex_lock(&lock);
    while (*flag == 0) {
        assert_int_equal(pthread_cond_clockwait(&changed, &lock, CLOCK_MONOTONIC, &until), 0);
    }
    pthread_mutex_unlock(&lock);
}

static int run_job(void *data, struct sty_error *err) {
    struct running *running = data;
    PyObject *globals = PyDict_New();                       /* new */
    PyObject *builtins = PyImport_ImportModule("builtins"); /* new */
    PyObject *value = NULL, *done = NULL;                   /* borrowed, new */
    int status = STY_OK;

    set_flag(&running->begun);
    PyDict_SetItemString(globals, "__builtins__", builtins);
    done = PyRun_String(running->code, Py_file_input, globals, globals);
    if (done == NULL) {
        status = sty_py_error_take(NULL, err);
    } else if ((value = PyDict_GetItemString(globals, "result")) != NULL) {
        running->result = PyLong_AsLong(value);
    }
    Py_XDECREF(done);
    Py_XDECREF(builtins);
    Py_XDECREF(globals);
    return status;
}

static void job_done(int status, const struct sty_error *err, void *data) {
    struct running *running = data;

    running->status = status;
    if (status != STY_OK) {
        sty_error_set(&running->err, err->status, "%s: %s", err->type != NULL ? err->type : "", sty_error_message(err));
    }
    set_flag(&running->finished);
}

int begin_code(struct sty_interpreter_pool *pool, struct running *running, bool wait, struct sty_error *err) {
    return sty_interpreter_pool_submit(
        pool, &(struct sty_job){.run = run_job, .done = job_done, .data = running, .wait = wait}, err);
}

void wait_begun(struct running *running) {
    wait_flag(&running->begun);
}

void wait_finished(struct running *running) {
    wait_flag(&running->finished);
}

int run_code(struct sty_interpreter_pool *pool, const char *code, long *result, struct sty_error *err) {
    struct running running = {.code = code};
    int status = begin_code(pool, &running, true, err);

    if (status != STY_OK) {
        return status;
    }
    wait_finished(&running);
    if (result != NULL) {
        *result = running.result;
    }
    if (running.status != STY_OK && err != NULL) {
        sty_error_move(err, &running.err);
    }
    sty_error_finish(&running.err);
    return running.status;
}

/* -- files --------------------------------------------------------------------------------------------------------- */

const char *own_directory(void) {
    return directory;
}

void write_file(const char *name, const char *text) {
    char *path = sty_path_join(directory, name);
    char *parent = sty_path_dirname(path);
    FILE *file = NULL;

    assert_int_equal(sty_path_make_directories(parent, NULL), STY_OK);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    sty_free(parent);
    sty_free(path);
}

char *read_file(const char *name) {
    char *path = sty_path_join(directory, name);
    struct sty_buf bytes = {0};

    if (sty_path_read_file(path, &bytes, NULL) != STY_OK) {
        fail_msg("there is no %s", name);
    }
    sty_free(path);
    return sty_buf_steal(&bytes);
}

char *logged(void) {
    struct sty_buf bytes = {0};

    assert_int_equal(sty_path_read_file(log_path, &bytes, NULL), STY_OK);
    return sty_buf_steal(&bytes);
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *walk) {
    return remove(path);
}

/* Send stderr, and with it the log, to a file. cmocka writes its results to stdout. */
static void redirect_log(void) {
    int fd = -1;

    snprintf(log_path, sizeof(log_path), "%s/log", directory);
    fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    dup2(fd, STDERR_FILENO);
    close(fd);
}

int run_case(int argc, char **argv, const struct CMUnitTest *tests, size_t count) {
    int failures = 2; /* unless there is such a case */

    if (argc < 2) {
        for (size_t i = 0; i < count; i++) {
            printf("%s\n", tests[i].name);
        }
        return 0;
    }
    snprintf(directory, sizeof(directory), "/tmp/storytime-test-XXXXXX");
    if (mkdtemp(directory) == NULL) {
        return 2;
    }
    cmocka_set_message_output(CM_OUTPUT_TAP);
    redirect_log();
    for (size_t i = 0; i < count; i++) {
        if (strcmp(tests[i].name, argv[1]) == 0) {
            failures = _cmocka_run_group_tests(argv[1], &tests[i], 1, NULL, NULL);
        }
    }
    if (failures != 0) {
        char *text = logged();
        printf("# log:\n%s", text);
        sty_free(text);
    }
    nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    fflush(NULL);
    _exit(failures); /* a case may leave an interpreter that does not end, on purpose */
}
