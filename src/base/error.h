/**
 * What went wrong, as plain C: the one way in which any layer tells another of a failure.
 *
 * A Python exception becomes a `struct sty_error` while its interpreter is still attached, so that no other layer needs
 * Python to show it. All strings are owned by the error. Any thread; an error belongs to one thread at a time.
 */
#ifndef STY_BASE_ERROR_H
#define STY_BASE_ERROR_H

#include <stdarg.h>

/** 0 is success, negative a failure to pass up, positive a named outcome that the caller deals with. */
enum sty_status {
    STY_OK = 0,
    STY_ERR_NOMEM = -1,     /* out of memory */
    STY_ERR_IO = -2,        /* the operating system refused */
    STY_ERR_PYTHON = -3,    /* an exception of user code or of an import */
    STY_ERR_USAGE = -4,     /* wrong arguments or options */
    STY_ERR_REFUSED = -5,   /* valid, but would lose something: not done */
    STY_ERR_CANCELLED = -6, /* superseded or interrupted on purpose */
    STY_ERR_TIMEOUT = -7,   /* took longer than allowed */
    STY_ERR_LISTEN = -8,    /* the address can't be listened on */
    STY_ERR_SITE = -9,      /* the package of stories is not a site (no Site, two equal ids, ...) */
    STY_ERR_PROTOCOL = -10, /* a message that is not understood */
};

struct sty_error {
    int status;       /* enum sty_status; 0 while nothing failed */
    int number;       /* errno's, of sty_error_set_errno(); else 0 */
    const char *code; /* static; stable code of docs/errors.md such as "STY101", or NULL */
    char *type;       /* may be NULL; a Python exception's qualified type, "ValueError" */
    char *message;    /* may be NULL when memory ran out */
    char *file;       /* may be NULL; the user's file at fault */
    int line;         /* 1-based, 0 when unknown */
    char *traceback;  /* may be NULL; frames of the user's own code, as text */
};

#define STY_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/** Fill `err` with a status and a message, releasing what it held. Returns `status`. `err` may be NULL. */
int sty_error_set(struct sty_error *err, int status, const char *format, ...) STY_PRINTF(3, 4);

/** As sty_error_set(), with a stable error code. `code` is a static string. */
int sty_error_set_code(struct sty_error *err, int status, const char *code, const char *format, ...) STY_PRINTF(4, 5);

/** As sty_error_set() with STY_ERR_IO; ": " and the text of `errnum` (an errno value) follow the message. */
int sty_error_set_errno(struct sty_error *err, int errnum, const char *format, ...) STY_PRINTF(3, 4);

/** As sty_error_set(), "out of memory", without needing any. */
void sty_error_set_nomem(struct sty_error *err);

/** The same, and returns STY_ERR_NOMEM; in the header, so that analysers see that it is no success. */
static inline int sty_error_nomem(struct sty_error *err) {
    sty_error_set_nomem(err);
    return STY_ERR_NOMEM;
}

/** The stable code that a text names ("STY101"), static; NULL: it names none, or is NULL. Any thread. */
const char *sty_error_code(const char *text);

/** The message, never NULL. Borrowed. */
const char *sty_error_message(const struct sty_error *err);

/** Move `from` into `to`, releasing what `to` held; `from` is empty afterwards. */
void sty_error_move(struct sty_error *to, struct sty_error *from);

/** Release all strings and zero the error; may be called on a zeroed one. */
void sty_error_finish(struct sty_error *err);

#endif
