/** What an interpreter has recorded of its imports, as bytes (base/pack.h). Plain C. */
#ifndef STY_IMPORTS_PACK_RECORD_H
#define STY_IMPORTS_PACK_RECORD_H

#include "base/pack.h"
#include "imports/import_graph.h"

/** Append what sty_import_graph_merge() takes over. */
void sty_import_record_pack(const struct sty_import_graph *record, struct sty_buf *out);

/** Into an empty graph, which is for sty_import_graph_finish() in every case; what fails is noted in `from`. */
void sty_import_record_unpack(struct sty_unpack *from, struct sty_import_graph *out);

#endif
