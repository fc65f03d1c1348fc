/** A request to a render session. Plain C; any thread. */
#ifndef STY_BASE_WISH_H
#define STY_BASE_WISH_H

#include <stdbool.h>

/** A request that a preview sends to the server. All texts are borrowed. */
struct sty_asked {
    const char *method; /* "POST"; NULL: not a request, but a page or its code */
    const char *path;   /* decoded: "/contacts" */
    const char *query;  /* as it was sent */
    const char *type;   /* of the body; "" where there is none */
    const char *body;   /* in base64 */
    bool as_document;   /* the answer replaces the preview, so it needs the layout */
};

/** One thing to render; all texts are borrowed. */
struct sty_wish {
    const char *page;       /* below OUT: a story's "index.html" or "preview.html" */
    const char *args;       /* in Storybook's notation, decoded once; "" are the story's own */
    const char *globals;    /* the same of the site's globals; "" are their first values */
    bool as_python;         /* not the page, but the code of a Story(...) with these arguments */
    struct sty_asked asked; /* not the page, but what a route of its story answers */
};

#endif
