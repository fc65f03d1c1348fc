/**
 * The source files outside of the package that the catalog's code comes from, installed libraries among them: whoever
 * watches is told of each when it is loaded for the first time in this process, with its stamp at that moment; and of
 * each that was looked for and not found. Plain C; any thread.
 */
#ifndef STY_IMPORTS_SOURCES_H
#define STY_IMPORTS_SOURCES_H

#include <stdbool.h>

#include "base/path.h"
#include "base/strlist.h"
#include "imports/writes.h"

/** `stamp`: zeros where the file was not there. On the thread that loads, one call at a time; borrowed for the call. */
typedef void (*sty_source_fn)(const char *path, const struct sty_file_stamp *stamp, void *data);

/** Files are about to be written, all of which were told of: return when that is known to whoever watches. Attached to
 * Python, on the thread that writes. */
typedef void (*sty_begun_fn)(void *data);

/** Note what is loaded and written from now on, for somebody. Once, before Python starts. */
void sty_sources_tell(sty_source_fn tell, sty_written_fn written, void *data);

/**
 * In a process that was forked: pass on all that is noted from now on, and was not before the fork, to the process that
 * keeps the record; the calls are as those of sty_sources_tell(). Once in a process, which has one thread.
 */
void sty_sources_relay(sty_source_fn tell, sty_written_fn written, sty_begun_fn begun, void *data);

/** What user code has done to a data file, as bits. */
enum sty_data_use { STY_DATA_READ = 1, STY_DATA_WRITTEN = 2, STY_DATA_DATABASE = 4 };

/** `uses`: of enum sty_data_use, never 0. Borrowed for the call. */
typedef void (*sty_data_fn)(const char *path, const struct sty_file_stamp *stamp, unsigned uses, void *data);

/** In such a process, at the end of a build: call `use` with each data file that user code has used. */
void sty_sources_each_data(sty_data_fn use, void *data);

/** Where the record is kept: note a data file that another process has used, as it was then; and what one does to a
 * file that it writes. */
void sty_sources_take_data(const char *path, const struct sty_file_stamp *stamp, unsigned uses);
void sty_sources_take_written(enum sty_write_step step, const char *path, const struct sty_file_stamp *stamp);

/** Whether a file is in the record. */
bool sty_sources_has(const char *path);

/** Whether anybody is told. */
bool sty_sources_are_told(void);

/** Tell of what lies outside of this directory, from the beginning on. Nothing where that has been done. */
void sty_sources_found_package(const char *package_dir);

/** A file is loaded, as it was then. */
void sty_sources_note(const char *path, const struct sty_file_stamp *stamp);

/** A module is looked for in a directory, and is not there: nor is `name`, its last part, with this ending. */
void sty_sources_note_missing(const char *directory, const char *name, const char *ending);

/** What user code is about to do to a path. */
enum sty_source_use {
    STY_SOURCE_OPENED,   /* opens it, there or not, or reads the listing (base/listing_path.h) that it is */
    STY_SOURCE_ASKED,    /* asks for its existence, time or size */
    STY_SOURCE_WRITTEN,  /* writes, makes or removes it */
    STY_SOURCE_DATABASE, /* opens a file that libraries write without telling */
};

/**
 * Note a data file that user code uses, right before it does; `importing`: while a module is executed. It is told of at
 * the end of a build that read it, by sty_sources_retain() or sty_sources_retain_data(), as that build has left it.
 */
void sty_sources_note_data(const char *path, enum sty_source_use use, bool importing);

/** A build begins that executes code. */
void sty_sources_begin_build(void);

/** A module, a provider or a story has been executed, or the code of a build has ended: what it has written is its own
 * as it is now. */
void sty_sources_settle(void);

/** Whether code is in the middle of writing a file, and may be left to finish it: for a fifth of a second in a build.
 */
bool sty_sources_are_being_written(void);

/** Whether modules that stay loaded have kept what they know of a file: it was used while one was executed, or in
 * earlier builds and not in the last one. */
bool sty_sources_is_kept(const char *path);

/** Whether user code has ever written a file, or made one in the directory of a listing. */
bool sty_sources_is_written(const char *path);

/** Whether it did in the last build, and nobody has since: a build for that file would bring about the next. Of
 * databases, nobody knows here. */
bool sty_sources_is_written_lately(const char *path);

/** A build without a memory has ended: tell of all data files that it has noted. */
void sty_sources_retain_data(void);

/** Whether any of the loaded files is the user's own. */
bool sty_sources_has_own(void);

/** Forget the user's own loaded files that are not among `used`: they are told of again when they are loaded again. */
void sty_sources_retain(const struct sty_strlist *used);

/** Call `use` once, with all that is told of and not forgotten; NULL: the same as in the call before, or no memory for
 * it. Nobody is told of anything meanwhile, so that what `use` passes on is true in the order of the messages. */
void sty_sources_list(void (*use)(const struct sty_strlist *all, void *data), void *data);

#endif
