/** Libraries that the user's modules import: which these are, and importing them before they are asked for. Attached.
 */
#ifndef STY_IMPORTS_LIBRARY_IMPORTS_H
#define STY_IMPORTS_LIBRARY_IMPORTS_H

#include <stdbool.h>

#include "base/strlist.h"

/** Append the names of the modules that modules of the user's have imported in this interpreter, that are not the
 * user's, and that are still there. false: no memory. */
bool sty_library_imports_list(struct sty_strlist *out);

/** Import one; what it raises is passed over. false: a module of the user's has come along, which must not be executed
 * before it is known which of its versions is to be built: this interpreter is of no use. */
bool sty_library_imports_run(const char *name);

#endif
