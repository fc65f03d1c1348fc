/* Fuzz conditional and partial requests. The input is an If-None-Match field, a line feed and a Range field. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "serve/conditions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const size_t sizes[] = {0, 1, 2, 10, 1024, SIZE_MAX / 2, SIZE_MAX};
    char *etags = sty_strndup((const char *)data, size); /* owned */
    char *range = strchr(etags, '\n');

    if (range != NULL) {
        *range++ = '\0';
    }
    if (sty_etag_matches(etags, "\"a\"") && strcmp(etags, "*") != 0 && strstr(etags, "\"a\"") == NULL) {
        abort();
    }
    for (size_t i = 0; range != NULL && i < sizeof(sizes) / sizeof(*sizes); i++) {
        size_t first = SIZE_MAX, last = 0;
        if (sty_range_parse(range, sizes[i], &first, &last) == STY_RANGE_PART && (first > last || last >= sizes[i])) {
            abort();
        }
    }
    sty_free(etags);
    return 0;
}
