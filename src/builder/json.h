/** JSON as both ends of the builder write and read it. Inner header of src/builder; any thread. */
#ifndef STY_BUILDER_JSON_H
#define STY_BUILDER_JSON_H

#include <stdbool.h>
#include <yyjson.h>

#include "base/buf.h"
#include "base/strlist.h"

/** Add a text; NULL adds nothing. Texts are borrowed until the document is written. */
void json_put_text(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *key, const char *text);

/** Add a list; an empty one, or NULL, adds nothing. */
void json_put_list(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *key, const struct sty_strlist *list);

/** Append a list; one that is missing appends nothing. false: it is no list of texts, or there is no memory. */
bool json_get_list(yyjson_val *root, const char *key, struct sty_strlist *out);

/**
 * Append the document, which is released; `out->failed` says whether memory was out. A path of the file system need not
 * be UTF-8: such bytes stay as they are, rather than that all is lost.
 */
void json_write(yyjson_mut_doc *doc, struct sty_buf *out);

#endif
