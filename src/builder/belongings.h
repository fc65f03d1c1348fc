/**
 * Process state that user code may damage: standard streams, working directory, umask and resource limits. It is saved
 * at the start and restored after user code has run. One thread at a time.
 */
#ifndef STY_BUILDER_BELONGINGS_H
#define STY_BUILDER_BELONGINGS_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/stat.h>

struct belongings {
    int streams[3]; /* copies at descriptors that user code is unlikely to touch; -1: the stream was closed */
    int directory;  /* the working directory */
    mode_t mask;
    struct rlimit limits[RLIM_NLIMITS];
};

/** Save the state. */
void belongings_keep(struct belongings *belongings);

/** Restore the state. false: something could not be restored, so this process should not run another build. */
bool belongings_restore(const struct belongings *belongings);

/** Limit the memory of this process and its children to a share of the machine's. */
void belongings_limit_memory(void);

#endif
