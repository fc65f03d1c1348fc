/** What user code does to a file that it writes, as one process tells another. */
#ifndef STY_IMPORTS_WRITES_H
#define STY_IMPORTS_WRITES_H

#include "base/path.h"

enum sty_write_step {
    STY_WRITE_BEGINS,   /* it is about to write, make or remove it, or to make a name in the directory of a listing */
    STY_WRITE_CONNECTS, /* it is about to open a database, or one of the files beside it, which may then be written */
    STY_WRITE_ENDS,     /* the module, provider or story that did so has ended */
    STY_WRITE_PAUSES,   /* the same, and the file is still open */
};

/** `stamp`: of the path at that moment, zeros where nothing is there. One call at a time; all borrowed for the call. */
typedef void (*sty_written_fn)(enum sty_write_step step, const char *path, const struct sty_file_stamp *stamp,
                               void *data);

#endif
