/** Serialisation of the import graph that an interpreter has recorded (base/pack.h). Plain C. */
#ifndef STY_IMPORTS_PACK_RECORD_H
#define STY_IMPORTS_PACK_RECORD_H

#include "base/pack.h"
#include "imports/import_graph.h"

/** Append everything that sty_import_graph_merge() reads of a record. */
void sty_import_record_pack(const struct sty_import_graph *record, struct sty_buf *out);

/** Unpack into an empty graph. `from->failed` tells whether that failed; finish the graph in either case. */
void sty_import_record_unpack(struct sty_unpack *from, struct sty_import_graph *out);

#endif
