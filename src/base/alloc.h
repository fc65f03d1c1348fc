/**
 * Memory: wrappers around malloc() and friends, so that tests can make the n-th call fail. Any thread.
 *
 * Every function returns NULL when memory is exhausted. Release the results with sty_free().
 */
#ifndef STY_BASE_ALLOC_H
#define STY_BASE_ALLOC_H

#include <stdarg.h>
#include <stddef.h>

void *sty_malloc(size_t size);
void *sty_calloc(size_t count, size_t size);

/** As realloc(): on NULL the old block is untouched. */
void *sty_realloc(void *block, size_t size);

/**
 * Make sure that an array has room for `needed` items of `size` bytes each, doubling `*capacity` (in items) as often as
 * needed. Returns the array, which may have moved; NULL: no memory, and the array is untouched.
 */
void *sty_grow(void *array, size_t *capacity, size_t needed, size_t size);

/** Copies of text; NULL gives NULL. */
char *sty_strdup(const char *text);
char *sty_strndup(const char *text, size_t length);

/** Formatted text, as printf() does it; new. */
char *sty_asprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *sty_vasprintf(const char *format, va_list args);

/** NULL is allowed. */
void sty_free(void *block);

/** For tests: make the `nth` allocation from now on fail (1 is the next), on whatever thread; 0 switches that off. */
void sty_alloc_fail_at(long nth);

/** For tests: whether the failure asked for has happened. */
int sty_alloc_failed(void);

#endif
