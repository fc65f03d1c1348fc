/**
 * The gallery's files, which are compiled into the program, and how copies differ from them. Private to src/seed.
 */
#ifndef STY_SEED_GALLERY_H
#define STY_SEED_GALLERY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/embedded.h"

/** All files, sorted by path; ends with a zeroed one. Generated from examples/gallery. */
extern const struct sty_embedded_file sty_gallery_files[];

/** The parts of a file's path: "<section>/<name>" or "<section>/<component>/<name>". Borrowed from the path. */
struct sty_gallery_place {
    const char *section;
    size_t section_size;
    const char *component; /* NULL: the section's own file */
    size_t component_size;
    const char *name;
};

/** Split a file's path. false: the file lies at the root or in its static directory, and belongs to no section. */
bool sty_gallery_place(const struct sty_embedded_file *file, struct sty_gallery_place *out);

/** How many stories a `stories.py` of the gallery has. */
size_t sty_gallery_story_count(const struct sty_embedded_file *file);

/** Append a `stories.py` with " <number>" after its first title (0: unchanged) and at most `stories` stories, not
 * counting that of a matrix, which is left out. */
void sty_gallery_retitle(const struct sty_embedded_file *file, size_t number, size_t stories, struct sty_buf *out);

#endif
