/**
 * Errors: how every layer reports a failure to its caller.
 *
 * A Python exception becomes a `struct sty_error` while its interpreter is still attached, so that no other layer needs
 * Python to show it. The error owns its strings, unless a field says otherwise. Any thread; an error belongs to one
 * thread at a time.
 */
#ifndef STY_BASE_ERROR_H
#define STY_BASE_ERROR_H

#include <stdarg.h>

/** 0 is success, a negative value a failure to pass up, a positive value a named outcome that the caller handles. */
enum sty_status {
    STY_OK = 0,
    STY_ERR_NOMEM = -1,     /* out of memory */
    STY_ERR_IO = -2,        /* the operating system refused */
    STY_ERR_PYTHON = -3,    /* an exception of user code or of an import */
    STY_ERR_USAGE = -4,     /* wrong arguments or options */
    STY_ERR_REFUSED = -5,   /* valid, but would lose something: not done */
    STY_ERR_CANCELLED = -6, /* superseded, or interrupted on purpose */
    STY_ERR_TIMEOUT = -7,   /* took longer than allowed */
    STY_ERR_LISTEN = -8,    /* cannot listen on the address */
    STY_ERR_SITE = -9,      /* the package of stories is not a site (no Site, two equal ids, ...) */
    STY_ERR_PROTOCOL = -10, /* a message that makes no sense to its receiver */
};

struct sty_error {
    int status;       /* enum sty_status; 0 while nothing failed */
    int number;       /* the errno value that sty_error_set_errno() was given, else 0 */
    const char *code; /* static; a stable code from docs/errors.md, such as "STY101"; may be NULL */
    char *type;       /* may be NULL; a Python exception's qualified type, "ValueError" */
    char *message;    /* NULL if memory ran out */
    char *file;       /* may be NULL; the user's file at fault */
    int line;         /* 1-based, 0 when unknown */
    char *traceback;  /* may be NULL; frames of the user's own code, as text */
};

#define STY_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/** Set the status and the message, and release what `err` held. Returns `status`. `err` may be NULL. */
int sty_error_set(struct sty_error *err, int status, const char *format, ...) STY_PRINTF(3, 4);

/** As sty_error_set(), with a stable error code. `code` is a static string. */
int sty_error_set_code(struct sty_error *err, int status, const char *code, const char *format, ...) STY_PRINTF(4, 5);

/** As sty_error_set() with STY_ERR_IO; appends ": " and the description of `errnum` (an errno value). */
int sty_error_set_errno(struct sty_error *err, int errnum, const char *format, ...) STY_PRINTF(3, 4);

/** Set "out of memory", without allocating. `err` may be NULL. */
void sty_error_set_nomem(struct sty_error *err);

/** The same, and returns STY_ERR_NOMEM. Inline, so that static analysers see that the result is never 0. */
static inline int sty_error_nomem(struct sty_error *err) {
    sty_error_set_nomem(err);
    return STY_ERR_NOMEM;
}

/** A static copy of a stable code such as "STY101"; NULL: `text` is NULL or not of that form. */
const char *sty_error_code(const char *text);

/** The message, never NULL. Borrowed. */
const char *sty_error_message(const struct sty_error *err);

/** All of it, for users: code, type, message and traceback. New; NULL if memory ran out. */
char *sty_error_text(const struct sty_error *err);

/** Move `from` into `to`, releasing what `to` held; `from` is empty afterwards. */
void sty_error_move(struct sty_error *to, struct sty_error *from);

/** Release all strings and zero the error. A zeroed error is fine. */
void sty_error_finish(struct sty_error *err);

#endif
