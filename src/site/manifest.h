/** The manifest: what storytime has published in a directory, as paths and hashes of their bytes. Plain C. */
#ifndef STY_SITE_MANIFEST_H
#define STY_SITE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <utlist.h>
#include <xxhash.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/hash.h"

struct manifest_entry {
    char *path; /* below OUT */
    XXH128_hash_t hash;
    bool published;                     /* an earlier publication has it */
    bool wanted;                        /* this publication has added it */
    bool dropped;                       /* this publication does not have it any more, unless it is added again */
    bool touched;                       /* it is in the manifest's list `touched` */
    bool shown;                         /* this publication has shown it ahead of the commit; to take that back: */
    bool was_published;                 /* the value of `published` before */
    XXH128_hash_t was;                  /* and that of `old` */
    bool in_the_way;                    /* it must be removed before another file can take its place */
    long staged;                        /* the number of its staged file; -1: none, as the published bytes are right */
    XXH128_hash_t old;                  /* hash of the published bytes */
    struct manifest_entry *prev, *next; /* of `touched` */
    UT_hash_handle hh;
};

struct manifest {
    struct manifest_entry *entries; /* a uthash table by path */
    struct manifest_entry *touched; /* entries that this publication adds (again) or removes; a utlist */
    bool continued;                 /* entries that are not touched stay */
    bool unsorted;                  /* entries have been added at the end since it was written */
    size_t inserted;                /* how many have been put in their places since then */
};

/** Parse a manifest's text. false: it is no manifest, or no memory. */
bool manifest_parse(struct manifest *manifest, const char *text);

/** Append the manifest's text: everything that this publication has, sorted by path. */
void manifest_write(struct manifest *manifest, struct sty_buf *out);

/** The entry of a path, which is added if it is new; NULL: no memory. */
struct manifest_entry *manifest_entry(struct manifest *manifest, const char *path);

/** Add an entry to the list `touched`. */
void manifest_touch(struct manifest *manifest, struct manifest_entry *entry);

/** Everything has been added. Unless the manifest is continued, touch all other entries, as they are to be removed. */
void manifest_complete(struct manifest *manifest);

/** Whether this publication has an entry. */
bool manifest_has(const struct manifest *manifest, const struct manifest_entry *entry);

/** An entry is about to be shown ahead of the commit. */
void manifest_show(struct manifest_entry *entry);

/** After a commit: everything that this publication has is published; forget all other entries. */
void manifest_settle(struct manifest *manifest);

/** Instead of a commit, after files that were shown have been taken back: restore the state before this publication. */
void manifest_revert(struct manifest *manifest);

void manifest_finish(struct manifest *manifest);

#endif
