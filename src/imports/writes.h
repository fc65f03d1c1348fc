/** The steps in which user code writes a file, as one process reports them to another. */
#ifndef STY_IMPORTS_WRITES_H
#define STY_IMPORTS_WRITES_H

#include "base/path.h"

enum sty_write_step {
    STY_WRITE_BEGINS,   /* it is about to write, create or remove the file, or a name in the directory of a listing */
    STY_WRITE_CONNECTS, /* it is about to open a database; reported for the files beside it, too */
    STY_WRITE_ENDS,     /* the module, provider or story that did so has ended */
    STY_WRITE_PAUSES,   /* likewise, but the file is still open */
};

/** `stamp`: of the path at that moment, zeros if nothing is there. One call at a time; path and stamp are borrowed. */
typedef void (*sty_written_fn)(enum sty_write_step step, const char *path, const struct sty_file_stamp *stamp,
                               void *data);

#endif
