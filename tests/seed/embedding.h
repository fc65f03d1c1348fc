/**
 * What the embedding tests share: one case of one binary in one process, since a Python runtime is best started once.
 * The binary's argument is the case's name; without one, the names are printed.
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

/** How long to wait for what must come, in milliseconds. No test passes because of it. */
#define PATIENCE_MS 60000

/** Start Python as the builder does, detached; `path` (may be NULL) is importable. Asserts. */
void start_python(const char *path);

/** Create a pool and wait until both interpreters are warm. Asserts. */
struct sty_interpreter_pool *warm_pool(void);

/** Run Python code in the pool and wait for its end. STY_OK, or the status with `err`. The value of `result` after it.
 */
int run_code(struct sty_interpreter_pool *pool, const char *code, long *result, struct sty_error *err);

/** The same without waiting: `finished` tells when. */
struct running {
    const char *code;
    long result;
    int status;
    struct sty_error err;
    int begun, finished; /* guarded */
};
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
