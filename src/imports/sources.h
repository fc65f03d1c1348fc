/**
 * Tells the watcher (in the server) which files the catalog's code depends on: sources outside of the package,
 * installed libraries among them, with the stamp that each had when this process first loaded it; files that were
 * looked for and not found; and data files that user code reads or writes. Plain C; any thread.
 */
#ifndef STY_IMPORTS_SOURCES_H
#define STY_IMPORTS_SOURCES_H

#include <stdbool.h>

#include "base/path.h"
#include "base/strlist.h"
#include "imports/writes.h"

/** `stamp`: zeros if the file does not exist. Called on the thread that loads it, one call at a time; arguments are
 * borrowed for the call. */
typedef void (*sty_source_fn)(const char *path, const struct sty_file_stamp *stamp, void *data);

/** Called before user code writes files that have been reported: must return only when the watcher knows of them.
 * Attached to Python, on the thread that writes. */
typedef void (*sty_begun_fn)(void *data);

/** From now on, report what is loaded and written by these calls. Call it once, before Python starts. */
void sty_sources_tell(sty_source_fn tell, sty_written_fn written, void *data);

/**
 * In a forked process: from now on, pass everything that was not noted before the fork on to the process that keeps the
 * record, by calls like those of sty_sources_tell(). Call it once, while the process has a single thread.
 */
void sty_sources_relay(sty_source_fn tell, sty_written_fn written, sty_begun_fn begun, void *data);

/** What user code has done to a data file, as bits. */
enum sty_data_use { STY_DATA_READ = 1, STY_DATA_WRITTEN = 2, STY_DATA_DATABASE = 4 };

/** `uses`: bits of enum sty_data_use, never 0. Path and stamp are borrowed for the call. */
typedef void (*sty_data_fn)(const char *path, const struct sty_file_stamp *stamp, unsigned uses, void *data);

/** In a forked process, at the end of a build: call `use` for each data file that user code has used. */
void sty_sources_each_data(sty_data_fn use, void *data);

/** In the process that keeps the record: note a data file that another process has used, with the stamp it had then;
 * and a step of writing a file. */
void sty_sources_take_data(const char *path, const struct sty_file_stamp *stamp, unsigned uses);
void sty_sources_take_written(enum sty_write_step step, const char *path, const struct sty_file_stamp *stamp);

/** Whether a file is in the record. */
bool sty_sources_has(const char *path);

/** Whether sty_sources_tell() or sty_sources_relay() was called. */
bool sty_sources_are_told(void);

/** Set the package's directory. Reports the sources outside of it that were noted so far; from now on, only those
 * outside are noted. Does nothing if the directory is known already. */
void sty_sources_found_package(const char *package_dir);

/** Note that a source was loaded, with the stamp it had. */
void sty_sources_note(const char *path, const struct sty_file_stamp *stamp);

/** Note that a module was looked for in a directory and not found there: `name` is its last part, `ending` what follows
 * it in the name of the missing file. */
void sty_sources_note_missing(const char *directory, const char *name, const char *ending);

/** What user code is about to do to a path. */
enum sty_source_use {
    STY_SOURCE_OPENED,   /* opens the file, whether it exists or not, or reads the listing (base/listing_path.h) */
    STY_SOURCE_ASKED,    /* asks for its existence, time or size */
    STY_SOURCE_WRITTEN,  /* writes, creates or removes it */
    STY_SOURCE_DATABASE, /* opens it as a database, which is written without any further event */
};

/**
 * Note a data file right before user code uses it; `importing`: while a module is executed. Files that were read are
 * reported at the end of the build, by sty_sources_retain() or sty_sources_retain_data().
 */
void sty_sources_note_data(const char *path, enum sty_source_use use, bool importing);

/** Call this when a build that executes code begins. */
void sty_sources_begin_build(void);

/** Call this when a module, a provider, a story or a whole build has been executed: files that it has written are
 * reported as they are now, and count as written by user code. */
void sty_sources_settle(void);

/** Whether code is in the middle of writing a file and should be left to finish it. Not for longer than 0.2 s in a
 * build.
 */
bool sty_sources_are_being_written(void);

/** Whether modules that stay loaded may have kept what they know of a file: it was used while one was executed in an
 * earlier build, or in earlier builds but not in the last one. */
bool sty_sources_is_kept(const char *path);

/** Whether user code has ever written a file, or created one in the directory of a listing. */
bool sty_sources_is_written(const char *path);

/** Whether user code wrote a file in the last build, and nobody has changed it since: building because of it would
 * trigger the next build, and so on. Always false for databases, about which nothing is known here. */
bool sty_sources_is_written_lately(const char *path);

/** At the end of a build without a memory (src/site/memory.h): report all data files that it has noted. */
void sty_sources_retain_data(void);

/** Whether any of the loaded files is the user's own. */
bool sty_sources_has_own(void);

/** At the end of a build: report the data files among `used`, and forget the user's own files that are not among them;
 * these are reported again when they are loaded again. */
void sty_sources_retain(const struct sty_strlist *used);

/** Call `use` once with all files of the record; with NULL if they are the same as in the last call, or there is no
 * memory. Nothing else is reported meanwhile, so that messages which `use` sends are in the right order. */
void sty_sources_list(void (*use)(const struct sty_strlist *all, void *data), void *data);

#endif
