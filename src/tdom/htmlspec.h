/** Names in the HTML standard: void elements, elements that contain only text, SVG's spelling. Plain C, any thread. */
#ifndef STY_TDOM_HTMLSPEC_H
#define STY_TDOM_HTMLSPEC_H

#include <stdbool.h>
#include <stddef.h>

/** The kind of an element's content. */
enum tdom_content {
    TDOM_NORMAL,    /* text and elements */
    TDOM_ESCAPABLE, /* textarea, title: text with character references */
    TDOM_SCRIPT,
    TDOM_STYLE,
    TDOM_UNPARSED,  /* iframe and old elements: text that is not parsed, but escaped like any other */
    TDOM_PLAINTEXT, /* text up to the end of the document */
    TDOM_COMMENT,   /* not of an element: the content of a comment */
};

/** Whether an element has no content and no end tag. Here and below, `name` is in lower case. */
bool tdom_is_void(const char *name, size_t size);

enum tdom_content tdom_content_of(const char *name, size_t size);

/** SVG's spelling of a tag or attribute, such as "viewBox", static; NULL: it is spelled in lower case. */
const char *tdom_svg_tag(const char *name, size_t size);
const char *tdom_svg_attribute(const char *name, size_t size);

#endif
