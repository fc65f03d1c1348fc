#include "base/error.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

static void error_fill(struct sty_error *err, int status, const char *code, const char *format, va_list args) {
    sty_error_finish(err);
    err->status = status;
    err->code = code;
    err->message = sty_vasprintf(format, args);
}

int sty_error_set(struct sty_error *err, int status, const char *format, ...) {
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        error_fill(err, status, NULL, format, args);
        va_end(args);
    }
    return status;
}

int sty_error_set_code(struct sty_error *err, int status, const char *code, const char *format, ...) {
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        error_fill(err, status, code, format, args);
        va_end(args);
    }
    return status;
}

int sty_error_set_errno(struct sty_error *err, int errnum, const char *format, ...) {
    va_list args;
    char *what = NULL; /* owned */

    if (err == NULL) {
        return STY_ERR_IO;
    }
    va_start(args, format);
    what = sty_vasprintf(format, args);
    va_end(args);
    sty_error_set(err, STY_ERR_IO, "%s: %s", what != NULL ? what : "failed", strerror(errnum));
    err->number = errnum;
    sty_free(what);
    return STY_ERR_IO;
}

void sty_error_set_nomem(struct sty_error *err) {
    if (err != NULL) {
        sty_error_finish(err);
        err->status = STY_ERR_NOMEM;
    }
}

/* Codes are static texts, so there is one for each possible code: "STY000" to "STY999". */
static char codes[1000][sizeof("STY000")];

static void fill_codes(void) {
    for (unsigned i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
        memcpy(codes[i],
               (char[]){'S', 'T', 'Y', (char)('0' + i / 100), (char)('0' + i / 10 % 10), (char)('0' + i % 10), '\0'},
               sizeof(*codes));
    }
}

const char *sty_error_code(const char *text) {
    static pthread_once_t filled = PTHREAD_ONCE_INIT;

    if (text == NULL || strlen(text) != 6 || strncmp(text, "STY", 3) != 0 || strspn(text + 3, "0123456789") != 3) {
        return NULL;
    }
    pthread_once(&filled, fill_codes);
    return codes[(text[3] - '0') * 100 + (text[4] - '0') * 10 + (text[5] - '0')];
}

const char *sty_error_message(const struct sty_error *err) {
    if (err->message != NULL) {
        return err->message;
    }
    return err->status == STY_OK ? "no error" : "out of memory";
}

char *sty_error_text(const struct sty_error *err) {
    bool typed = err->type != NULL, coded = err->code != NULL, traced = err->traceback != NULL;

    return sty_asprintf("%s%s%s%s%s%s%s", coded ? err->code : "", coded ? ": " : "", typed ? err->type : "",
                        typed ? ": " : "", sty_error_message(err), traced ? "\n" : "", traced ? err->traceback : "");
}

void sty_error_move(struct sty_error *to, struct sty_error *from) {
    sty_error_finish(to);
    *to = *from;
    *from = (struct sty_error){0};
}

void sty_error_finish(struct sty_error *err) {
    sty_free(err->type);
    sty_free(err->message);
    sty_free(err->file);
    sty_free(err->traceback);
    *err = (struct sty_error){0};
}
