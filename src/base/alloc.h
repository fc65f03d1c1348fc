/**
 * Memory: malloc() and friends behind one door, so that a test can make the n-th call fail. Any thread.
 *
 * Every function returns NULL when memory is out; what it returns is released with sty_free().
 */
#ifndef STY_BASE_ALLOC_H
#define STY_BASE_ALLOC_H

#include <stdarg.h>
#include <stddef.h>

void *sty_malloc(size_t size);
void *sty_calloc(size_t count, size_t size);

/** As realloc(): on NULL the old block is untouched. */
void *sty_realloc(void *block, size_t size);

/** Grow an array to at least `needed` items of `size` bytes, doubling `*capacity` (items); NULL: array untouched. */
void *sty_grow(void *array, size_t *capacity, size_t needed, size_t size);

/** Copies of text; NULL gives NULL. */
char *sty_strdup(const char *text);
char *sty_strndup(const char *text, size_t length);

/** Formatted text, new. */
char *sty_asprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *sty_vasprintf(const char *format, va_list args);

/** NULL is allowed. */
void sty_free(void *block);

/** For tests: the `nth` allocation from now on (1 is the next) fails, on any thread; 0 switches that off. */
void sty_alloc_fail_at(long nth);

/** For tests: whether the failure asked for has happened. */
int sty_alloc_failed(void);

#endif
