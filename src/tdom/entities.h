/** Decodes character references, such as `&amp;` and `&#38;`, in a template's literal text. Plain C, any thread. */
#ifndef STY_TDOM_ENTITIES_H
#define STY_TDOM_ENTITIES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/** A named reference: "amp;", or "amp" where the standard allows it without the semicolon; and its text in UTF-8. */
struct tdom_entity {
    const char *name;
    const char *text;
};

extern const struct tdom_entity tdom_entities[]; /* sorted by name; made by tools/html_entities.py */
extern const size_t tdom_entity_count;

/** Append an element's text with its references decoded. The longest name that matches is taken. */
void tdom_unescape_text(const char *text, size_t size, struct sty_buf *out);

/**
 * The same for an attribute's value, where a name without a semicolon must not be followed by a letter, a digit or `=`.
 * `continued`: an interpolation follows, whose first character is not known, so a name right before it stays as it is.
 */
void tdom_unescape_attribute(const char *text, size_t size, bool continued, struct sty_buf *out);

#endif
