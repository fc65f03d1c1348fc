/**
 * The journal of a publication: the steps that change OUT, as text. If a process dies while it carries them out, the
 * next one completes them. Plain C; private to src/site.
 *
 * A line is "W <number> <path>", which moves a staged file into place, or "D <path>", which removes a file and the
 * directories that it leaves empty. A journal can be carried out repeatedly with the same result.
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

/** Append the steps that make a manifest true: first removals of what is in the way of other files, then new files,
 * changed files, and all other removals. */
void journal_write(struct manifest *manifest, struct sty_buf *out);

/** Carry out a journal; its text is modified. */
int journal_apply(const struct output *output, char *text, struct sty_error *err);

/** Whether an entry's file was published and is no longer wanted. */
bool journal_removes(const struct manifest *manifest, const struct manifest_entry *entry);

/** Set an error of the operating system about a path below OUT: "cannot <what> '<OUT>/<path>': ...". */
int output_failed(const struct output *output, const char *what, const char *path, struct sty_error *err);

/** Call sty_publication_step, if it is set, before a step. */
void output_at_step(const char *step);

#endif
