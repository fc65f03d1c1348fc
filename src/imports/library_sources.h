/** Reports which files of installed libraries a process has loaded, through sources.h, so that they are watched. */
#ifndef STY_IMPORTS_LIBRARY_SOURCES_H
#define STY_IMPORTS_LIBRARY_SOURCES_H

/** Note everything that is imported from now on, in every interpreter. Call it once. 0, or -1: no memory. */
int sty_library_sources_note(void);

/** Attached, in the main interpreter: note what it imported while it started, and the `.pth` files in the
 * `site-packages` directories on sys.path, including those that may be added. */
void sty_library_sources_note_start(void);

#endif
