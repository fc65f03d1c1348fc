/** Which files of installed libraries a process has loaded: told to whoever watches, by sources.h. */
#ifndef STY_IMPORTS_LIBRARY_SOURCES_H
#define STY_IMPORTS_LIBRARY_SOURCES_H

/** Note all that is imported from now on, in every interpreter. Once, before Python starts. 0, or -1: no memory. */
int sty_library_sources_note(void);

/** Attached, where sys.path is complete: note that whatever `.pth` file comes to an installed directory matters. */
void sty_library_sources_note_places(void);

#endif
