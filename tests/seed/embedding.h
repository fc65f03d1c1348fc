/**
 * Helpers for the embedding tests. Each process runs one case, because a process is best to start the Python runtime
 * only once. The binary's argument is the name of the case; without one, it prints all names.
 */
#ifndef STY_TESTS_EMBEDDING_H
#define STY_TESTS_EMBEDDING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/error.h"
#include "isolation/subinterpreters.h"

/** How long to wait for an event before the test fails, in milliseconds. */
#define PATIENCE_MS 60000

/** Start Python as the builder does, and detach; modules in `path` (may be NULL) can be imported. Asserts. */
void start_python(const char *path);

/** Create a pool and wait until both interpreters are warm. Asserts. */
struct sty_interpreter_pool *warm_pool(void);

/**
 * Run Python code in the pool and wait until it ends. `*result` receives the value of the variable `result`. STY_OK, or
 * the status with `err`.
 */
int run_code(struct sty_interpreter_pool *pool, const char *code, long *result, struct sty_error *err);

/** A flag that another thread sets, guarded by a lock. wait_flag() asserts that it is set in time. */
void set_flag(int *flag);
void wait_flag(const int *flag);

/** Code that begin_code() runs; it must stay valid until wait_finished() returns. */
struct running {
    const char *code;
    long result;
    int status;
    struct sty_error err;
    int begun, finished; /* guarded by a lock: use wait_begun() and wait_finished() */
};
/** Run code without waiting for it. `wait`: wait for a warm interpreter if there is none. */
int begin_code(struct sty_interpreter_pool *pool, struct running *running, bool wait, struct sty_error *err);
void wait_begun(struct running *running);
void wait_finished(struct running *running);

/** Everything logged since the start of the case, new, for free(). */
char *logged(void);

/** A directory of the case's own, removed at its end. Borrowed. */
const char *own_directory(void);
void write_file(const char *name, const char *text); /* below own_directory() */
char *read_file(const char *name);                   /* new, for free(); asserts that it exists */

/** main() of a binary. */
int run_case(int argc, char **argv, const struct CMUnitTest *tests, size_t count);

#endif
