/** Helpers to write and read JSON, for both ends of the socket, and for browsers. Any thread. */
#ifndef STY_BUILDER_JSON_H
#define STY_BUILDER_JSON_H

#include <stdbool.h>
#include <yyjson.h>

#include "base/buf.h"
#include "base/strlist.h"

/** Add a text; NULL adds nothing. Texts are borrowed until the document is written. */
void json_put_text(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *key, const char *text);

/** Add a list of texts; an empty one, or NULL, adds nothing. */
void json_put_list(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *key, const struct sty_strlist *list);

/** Append the texts of a list; nothing if it is missing. false: the value is no list of texts, or there is no memory.
 */
bool json_get_list(yyjson_val *root, const char *key, struct sty_strlist *out);

/**
 * Append the document, and release it; `out->failed` tells whether that failed. Paths need not be valid UTF-8; such
 * bytes are written as they are.
 */
void json_write(yyjson_mut_doc *doc, struct sty_buf *out);

#endif
