/**
 * What user code shares with the builder process and may damage: standard streams, working directory, file mode mask,
 * resource limits. Saved at the start, and restored after user code has run. Used by one build at a time.
 */
#ifndef STY_BUILDER_BELONGINGS_H
#define STY_BUILDER_BELONGINGS_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/stat.h>

struct belongings {
    int streams[3]; /* copies, at descriptors that user code does not use by accident; -1: it was closed */
    int directory;  /* the working directory */
    mode_t mask;
    struct rlimit limits[RLIM_NLIMITS];
};

void belongings_keep(struct belongings *belongings);

/** false: something could not be restored, and this process should not run another build. */
bool belongings_restore(const struct belongings *belongings);

/** Limit the memory of this process and its children, so that they cannot use up the whole machine's. */
void belongings_limit_memory(void);

#endif
