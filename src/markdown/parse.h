/** What this folder asks of md4c. Inner header. */
#ifndef STY_MARKDOWN_PARSE_H
#define STY_MARKDOWN_PARSE_H

#include <md4c.h>

#include "markdown/markdown.h"

#define MARKDOWN_FLAGS                                                                                                 \
    (MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS | MD_FLAG_PERMISSIVEURLAUTOLINKS |                     \
     MD_FLAG_PERMISSIVEWWWAUTOLINKS)

/** How much of a text is read: all of it, or up to the last character that STY_MARKDOWN_LARGEST has room for. */
size_t markdown_shown(const char *text, size_t size);

/** Append text that md4c gives, without markup: references are decoded, and what is no text is left out. */
void markdown_add_plain(struct sty_buf *out, MD_TEXTTYPE type, const char *text, size_t size);

/** Append the value of an attribute, such as a link's address, likewise. */
void markdown_add_attribute(struct sty_buf *out, const MD_ATTRIBUTE *attribute);

/** The ids that a page has. */
struct anchors;

/** With those that are taken already (may be NULL). NULL: no memory. */
struct anchors *anchors_create(const char *const *taken);
void anchors_destroy(struct anchors *anchors);

/** An id for a heading, new: its text in lower case with hyphens, and a number where another has it. NULL: no memory.
 */
char *anchors_add(struct anchors *anchors, const char *text);

#endif
