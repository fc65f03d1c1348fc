/** What is asked of a render session. Plain C; any thread. */
#ifndef STY_BASE_WISH_H
#define STY_BASE_WISH_H

#include <stdbool.h>

/** One thing to render; all texts are borrowed. */
struct sty_wish {
    const char *page; /* below OUT: a story's "index.html" or "preview.html" */
    const char *args; /* in Storybook's notation, decoded once; "" are the story's own */
    bool as_python;   /* not the page, but the code of a Story(...) with these arguments */
};

#endif
