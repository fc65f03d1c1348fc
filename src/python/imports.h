/**
 * Imports of the watched package: a code cache, a finder that need not ask the file system, and the graph of who imported
 * whom. The cache and the graph belong to the process and are shared by its interpreters; they hold no Python object.
 */
#ifndef STY_PYTHON_IMPORTS_H
#define STY_PYTHON_IMPORTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/path.h"
#include "base/strlist.h"

struct sty_imports;

/**
 * `package_dir`: absolute directory of the package; `package`: its dotted name. Any thread.
 * Imports of modules below `package_dir` are then served from the code cache (path, mtime in ns, size, inode).
 */
int sty_imports_create(const char *package_dir, const char *package, struct sty_imports **out, struct sty_error *err);

/** Attached: put the finder into this interpreter's sys.meta_path and start recording who imports whom. */
int sty_imports_install(struct sty_imports *imports, struct sty_error *err);

/** A file changed, came or went: forget its code and what is known of its directory. Any thread. */
void sty_imports_invalidate(struct sty_imports *imports, const char *path);

/** Forget everything. Any thread. */
void sty_imports_invalidate_all(struct sty_imports *imports);

/**
 * Which module files the changed ones reach, themselves included: everything that imported them, directly or not, in any
 * build so far. Absolute paths, sorted, into `out`. false: not known (a changed file is in no graph), so everything counts
 * as reached. Any thread.
 */
bool sty_imports_reached(struct sty_imports *imports, const struct sty_strlist *changed, struct sty_strlist *out);

/** Attached: absolute paths of the package's modules that this interpreter has imported, sorted, into `out`. */
int sty_imports_loaded(struct sty_imports *imports, struct sty_strlist *out, struct sty_error *err);

void sty_imports_destroy(struct sty_imports *imports);

#endif
