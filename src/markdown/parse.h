/** The options and helpers with which this folder uses md4c. Private to src/markdown. */
#ifndef STY_MARKDOWN_PARSE_H
#define STY_MARKDOWN_PARSE_H

#include <md4c.h>

#include "markdown/markdown.h"

#define MARKDOWN_FLAGS                                                                                                 \
    (MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS | MD_FLAG_PERMISSIVEURLAUTOLINKS |                     \
     MD_FLAG_PERMISSIVEWWWAUTOLINKS)

/** How many bytes of a text are read: all of it, or up to the last whole character within STY_MARKDOWN_LARGEST. */
size_t markdown_shown(const char *text, size_t size);

/** Append text from md4c without markup: character references are decoded, and anything that is no text is left out. */
void markdown_add_plain(struct sty_buf *out, MD_TEXTTYPE type, const char *text, size_t size);

/** The same for the value of an attribute, such as a link's address. */
void markdown_add_attribute(struct sty_buf *out, const MD_ATTRIBUTE *attribute);

/** The ids of a page. */
struct anchors;

/** `taken`: ids that are already used, NULL-terminated; may be NULL. NULL: no memory. */
struct anchors *anchors_create(const char *const *taken);
void anchors_destroy(struct anchors *anchors);

/** An id for a heading, new: its text in lower case with hyphens, and a number if that id is taken. NULL: no memory. */
char *anchors_add(struct anchors *anchors, const char *text);

#endif
