/** Units of a catalog as bytes (base/pack.h). Plain C. */
#ifndef STY_CATALOG_PACK_UNIT_H
#define STY_CATALOG_PACK_UNIT_H

#include "base/pack.h"
#include "catalog/catalog.h"

/** Append a unit that no catalog has linked yet. */
void sty_unit_pack(const struct sty_unit *unit, struct sty_buf *out);

/** `out` is for sty_unit_finish() in every case. false: these are not the bytes of a unit, or there is no memory. */
bool sty_unit_unpack(const char *bytes, size_t size, struct sty_unit *out);

/** The same for static files, among other things. `*out` is new, for sty_static_files_finish(). */
void sty_static_files_pack(const struct sty_static_file *files, size_t count, struct sty_buf *out);
void sty_static_files_unpack(struct sty_unpack *from, struct sty_static_file **out, size_t *count);

#endif
