/** What the HTML standard says of names: void elements, elements with text alone, SVG's spelling. Plain C, any thread.
 */
#ifndef STY_TDOM_HTMLSPEC_H
#define STY_TDOM_HTMLSPEC_H

#include <stdbool.h>
#include <stddef.h>

/** What an element's content is. */
enum tdom_content {
    TDOM_NORMAL,    /* text and elements */
    TDOM_ESCAPABLE, /* textarea, title: text with character references */
    TDOM_SCRIPT,
    TDOM_STYLE,
    TDOM_UNPARSED,  /* iframe and old ones: text that is not parsed, and escaped like any other */
    TDOM_PLAINTEXT, /* text to the end of the document */
    TDOM_COMMENT,   /* not an element's: what stands between `<!--` and `-->` */
};

/** Whether an element has no content and no end tag. `name` is in lower case, as for all of these. */
bool tdom_is_void(const char *name, size_t size);

enum tdom_content tdom_content_of(const char *name, size_t size);

/** SVG's spelling of a tag's or an attribute's name, "viewBox"; NULL: it is spelled in lower case. Static. */
const char *tdom_svg_tag(const char *name, size_t size);
const char *tdom_svg_attribute(const char *name, size_t size);

#endif
