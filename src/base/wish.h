/** What the server asks the process that renders stories on request (src/site/session.h). Plain C; any thread. */
#ifndef STY_BASE_WISH_H
#define STY_BASE_WISH_H

#include <stdbool.h>

/** A request that a preview sends to the server. All texts are borrowed. */
struct sty_asked {
    const char *method; /* "POST"; NULL: this wish is for a page or its code, not a request */
    const char *path;   /* decoded: "/contacts" */
    const char *query;  /* not decoded */
    const char *type;   /* the body's Content-Type; "" if it has none */
    const char *body;   /* in base64 */
    bool as_document;   /* the answer replaces the preview, so it needs the layout */
};

/** One thing to render; all texts are borrowed. */
struct sty_wish {
    const char *page;       /* below OUT: a story's "index.html" or "preview.html" */
    const char *args;       /* in Storybook's notation, decoded once; "": the story's own */
    const char *globals;    /* the site's globals in the same notation; "": their first values */
    bool as_python;         /* instead of the page: the code of a Story(...) with these arguments */
    struct sty_asked asked; /* instead of the page: the answer of one of its story's routes */
};

#endif
