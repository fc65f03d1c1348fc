/** What storytime has published in a directory: paths and hashes of their bytes. Plain C. */
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
    bool wanted;                        /* this one has added it */
    bool dropped;                       /* this one has it no more, unless it is added again */
    bool touched;                       /* it is among the manifest's `touched` */
    bool shown;                         /* this one has shown it ahead, and knows how to take it back: */
    bool was_published;                 /* as `published` was before that */
    XXH128_hash_t was;                  /* and `old` */
    bool in_the_way;                    /* it goes, and where it is another comes */
    long staged;                        /* the number of its staged file; -1: none, the published bytes are right */
    XXH128_hash_t old;                  /* hash of the published bytes */
    struct manifest_entry *prev, *next; /* of `touched` */
    UT_hash_handle hh;
};

struct manifest {
    struct manifest_entry *entries; /* a uthash table by path */
    struct manifest_entry *touched; /* what this publication adds, changes, keeps by adding it, or removes: a utlist */
    bool continued;                 /* what is not touched stays */
    bool unsorted;                  /* entries have been added since it was sorted */
};

/** Parse a manifest's text. false: it is not one of ours, or no memory. */
bool manifest_parse(struct manifest *manifest, const char *text);

/** Append the text of a manifest, sorted by path, of what this publication has. */
void manifest_write(struct manifest *manifest, struct sty_buf *out);

/** The entry of a path, made if need be; NULL: no memory. */
struct manifest_entry *manifest_entry(struct manifest *manifest, const char *path);

/** Note that this publication has to do with an entry. */
void manifest_touch(struct manifest *manifest, struct manifest_entry *entry);

/** All has been added: unless the manifest is continued, what was not is touched, to go. */
void manifest_complete(struct manifest *manifest);

/** Whether this publication has an entry. */
bool manifest_has(const struct manifest *manifest, const struct manifest_entry *entry);

/** An entry is about to be shown ahead of the commit. */
void manifest_show(struct manifest_entry *entry);

/** After a commit: what this publication has is what is published; other entries are forgotten. */
void manifest_settle(struct manifest *manifest);

/** Without a commit, when what was shown has been taken back: everything is as it was before this publication. */
void manifest_revert(struct manifest *manifest);

void manifest_finish(struct manifest *manifest);

#endif
