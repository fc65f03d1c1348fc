/**
 * The gallery's files as the program carries them, and how a copy of one differs from it. Inner header of src/seed.
 */
#ifndef STY_SEED_GALLERY_H
#define STY_SEED_GALLERY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/embedded.h"

/** All files, sorted by path; ends with a zeroed one. Made from examples/gallery by the build. */
extern const struct sty_embedded_file sty_gallery_files[];

/** Where a file stands: "<section>/<name>" or "<section>/<component>/<name>". Texts are borrowed from its path. */
struct sty_gallery_place {
    const char *section;
    size_t section_size;
    const char *component; /* NULL: the section's own file */
    size_t component_size;
    const char *name;
};

/** false: a file of the root or of its static directory, which belongs to no section. */
bool sty_gallery_place(const struct sty_embedded_file *file, struct sty_gallery_place *out);

/** How many stories a `stories.py` of the gallery has. */
size_t sty_gallery_story_count(const struct sty_embedded_file *file);

/** Append a `stories.py` with " <number>" behind its first title (0: as it is) and with at most `stories` stories,
 * without that of a matrix. */
void sty_gallery_retitle(const struct sty_embedded_file *file, size_t number, size_t stories, struct sty_buf *out);

#endif
