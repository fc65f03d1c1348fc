/**
 * The journal of a publication: what is to be done to OUT, as text, so that a process that dies while it does it leaves
 * to the next one what is still to do. Plain C.
 *
 * A line is "W <number> <path>", which moves a staged file into place, or "D <path>", which removes a file and the
 * directories that it leaves empty. Carrying out a journal twice is as good as once. Inner header of src/site.
 */
#ifndef STY_SITE_JOURNAL_H
#define STY_SITE_JOURNAL_H

#include "base/buf.h"
#include "base/error.h"
#include "site/manifest.h"

#define OUTPUT_PRIVATE ".storytime" /* in OUT: manifest, journals, staged files */
#define OUTPUT_STAGE OUTPUT_PRIVATE "/stage"

/** Where a journal is carried out. */
struct output {
    char *path; /* for messages */
    int fd;
};

/** Append what makes a manifest true: what is in the way of other files goes first, then come new files, changed ones,
 * and removals. */
void journal_write(struct manifest *manifest, struct sty_buf *out);

/** Carry out a journal; its text is cut up. */
int journal_apply(const struct output *output, char *text, struct sty_error *err);

/** Whether an entry's file was published and is no longer wanted. */
bool journal_removes(const struct manifest *manifest, const struct manifest_entry *entry);

/** Set an error of the operating system about a path below OUT: "cannot <what> '<OUT>/<path>': ...". */
int output_failed(const struct output *output, const char *what, const char *path, struct sty_error *err);

/** Before each step: for sty_publication_step. */
void output_at_step(const char *step);

#endif
