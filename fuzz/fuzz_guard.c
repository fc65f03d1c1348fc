/* Fuzz the checks of Host and Origin. The input is a Host, a line feed and an Origin. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "serve/guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A second, simpler implementation: every host that sty_guard_host() lets in must be one of these. */
static bool is_one_of_ours(const char *host) {
    static const char *const names[] = {"localhost", "127.", "dev.example", "[fe80::1]"};
    const char *below[] = {".localhost", ".wild.test"};

    if (host[0] == '[' && host[1 + strspn(host + 1, "01:.")] == ']') { /* "::1", however it is written */
        return true;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strncasecmp(host, names[i], strlen(names[i])) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof(below) / sizeof(*below); i++) {
        const char *found = strcasestr(host, below[i]);
        for (; found != NULL; found = strcasestr(found + 1, below[i])) {
            const char *rest = found + strlen(below[i]);
            rest += *rest == '.';
            if (found != host &&
                (*rest == '\0' || (*rest == ':' && strspn(rest + 1, "0123456789") == strlen(rest + 1)))) {
                return true;
            }
        }
    }
    return false;
}

static void require(bool holds) {
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *host = sty_strndup((const char *)data, size); /* owned */
    char *origin = strchr(host, '\n');
    struct sty_strlist allowed = {0};
    bool let_in = false;

    if (origin != NULL) {
        *origin++ = '\0';
    }
    sty_strlist_add(&allowed, "dev.example");
    sty_strlist_add(&allowed, ".wild.test");
    let_in = sty_guard_host(host, "fe80::1", &allowed);
    require(!let_in || is_one_of_ours(host));
    require(!let_in || strpbrk(host, "/\\@<>\"' \t%#?,;") == NULL);
    if (origin != NULL && sty_guard_origin(origin, host)) {
        const char *at = strstr(origin, "://");
        require(at != NULL && strcasecmp(at + 3, host) == 0 && tolower((unsigned char)origin[0]) == 'h');
    }
    sty_strlist_finish(&allowed);
    sty_free(host);
    return 0;
}
