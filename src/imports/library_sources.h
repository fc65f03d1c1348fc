/** Which files of installed libraries a process has loaded: told to whoever watches, by sources.h. */
#ifndef STY_IMPORTS_LIBRARY_SOURCES_H
#define STY_IMPORTS_LIBRARY_SOURCES_H

/** Note all that is imported from now on, in every interpreter. Once. 0, or -1: no memory. */
int sty_library_sources_note(void);

/** Attached, in the main interpreter: note what it has imported while it started, and the `.pth` files of sys.path's
 * installed directories, those that may come among them. */
void sty_library_sources_note_start(void);

#endif
