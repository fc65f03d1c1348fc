/** Serialisation of a catalog's units (base/pack.h). Plain C. */
#ifndef STY_CATALOG_PACK_UNIT_H
#define STY_CATALOG_PACK_UNIT_H

#include "base/pack.h"
#include "catalog/catalog.h"

/** Append a unit that is not part of a linked catalog yet. */
void sty_unit_pack(const struct sty_unit *unit, struct sty_buf *out);

/** Unpack a unit. Release `out` with sty_unit_finish() in every case. false: the bytes are no unit, or no memory. */
bool sty_unit_unpack(const char *bytes, size_t size, struct sty_unit *out);

/** The same for static files, as part of a longer message. `*out` is new; release it with sty_static_files_finish(). */
void sty_static_files_pack(const struct sty_static_file *files, size_t count, struct sty_buf *out);
void sty_static_files_unpack(struct sty_unpack *from, struct sty_static_file **out, size_t *count);

#endif
