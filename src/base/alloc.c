#include "base/alloc.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_long fail_countdown; /* 0: no failure is asked for */
static atomic_int fail_happened;

static int should_fail(void) {
    if (atomic_load_explicit(&fail_countdown, memory_order_relaxed) == 0) {
        return 0;
    }
    if (atomic_fetch_sub(&fail_countdown, 1) != 1) {
        return 0;
    }
    atomic_store(&fail_happened, 1);
    return 1;
}

void sty_alloc_fail_at(long nth) {
    atomic_store(&fail_happened, 0);
    atomic_store(&fail_countdown, nth);
}

int sty_alloc_failed(void) {
    return atomic_load(&fail_happened);
}

void *sty_malloc(size_t size) {
    return should_fail() ? NULL : malloc(size > 0 ? size : 1);
}

void *sty_calloc(size_t count, size_t size) {
    return should_fail() ? NULL : calloc(count > 0 ? count : 1, size > 0 ? size : 1);
}

void *sty_realloc(void *block, size_t size) {
    return should_fail() ? NULL : realloc(block, size > 0 ? size : 1);
}

void *sty_grow(void *array, size_t *capacity, size_t needed, size_t size) {
    size_t wanted = *capacity > 0 ? *capacity : 8;
    void *grown = NULL;

    if (array != NULL && needed <= *capacity) {
        return array;
    }
    while (wanted < needed) {
        if (wanted > SIZE_MAX / 2) {
            return NULL;
        }
        wanted *= 2;
    }
    if (wanted > SIZE_MAX / size || (grown = sty_realloc(array, wanted * size)) == NULL) {
        return NULL;
    }
    *capacity = wanted;
    return grown;
}

char *sty_strdup(const char *text) {
    return text == NULL ? NULL : sty_strndup(text, strlen(text));
}

char *sty_strndup(const char *text, size_t length) {
    char *copy = NULL;

    if (text == NULL || (copy = sty_malloc(length + 1)) == NULL) {
        return NULL;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *sty_asprintf(const char *format, ...) {
    va_list args;
    char *text = NULL;

    va_start(args, format);
    text = sty_vasprintf(format, args);
    va_end(args);
    return text;
}

char *sty_vasprintf(const char *format, va_list args) {
    va_list again;
    int length = 0;
    char *text = NULL;

    va_copy(again, args);
    length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0 || (text = sty_malloc((size_t)length + 1)) == NULL) {
        return NULL;
    }
    vsnprintf(text, (size_t)length + 1, format, args);
    return text;
}

void sty_free(void *block) {
    free(block);
}
