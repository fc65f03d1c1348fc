/**
 * The source files outside of the package that the catalog's code comes from: whoever watches is told of each when it
 * is loaded for the first time in this process, with its stamp at that moment; and of each that was looked for and not
 * found. Plain C; any thread.
 */
#ifndef STY_PYTHON_SOURCES_H
#define STY_PYTHON_SOURCES_H

#include <stdbool.h>

#include "base/path.h"
#include "base/strlist.h"

/** `stamp`: zeros where the file was not there. On the thread that loads; borrowed for the call. */
typedef void (*sty_source_fn)(const char *path, const struct sty_file_stamp *stamp, void *data);

/** Tell somebody from now on; `package_dir` is NULL while it is not known, and all is told of. Once, before Python
 * starts: until then nobody is told. */
void sty_sources_tell(const char *package_dir, sty_source_fn tell, void *data);

/** Whether anybody is told. */
bool sty_sources_are_told(void);

/** The package's directory has turned out, if it was not known: what lies outside is told of again. */
void sty_sources_found_package(const char *package_dir);

/** A file of the user's is loaded, as it was then. */
void sty_sources_note(const char *path, const struct sty_file_stamp *stamp);

/** A module of the user's is looked for in a directory, and is not there. `name` is its last part. */
void sty_sources_note_missing(const char *directory, const char *name);

/** Forget the loaded files that are not among `used`: they are told of again when they are loaded again. */
void sty_sources_retain(const struct sty_strlist *used);

/** Append all that is told of and not forgotten. false: no memory. */
bool sty_sources_list(struct sty_strlist *out);

#endif
