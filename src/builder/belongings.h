/**
 * What user code shares with the builder process and may damage: standard streams, working directory, file mode mask,
 * resource limits. They are put aside at the start, and put back when user code has run. Whoever runs a build; not two
 * at a time.
 */
#ifndef STY_BUILDER_BELONGINGS_H
#define STY_BUILDER_BELONGINGS_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/stat.h>

struct belongings {
    int streams[3]; /* copies, where user code does not get at them by accident; -1: it was closed */
    int directory;  /* the working directory */
    mode_t mask;
    struct rlimit limits[RLIM_NLIMITS];
};

void belongings_keep(struct belongings *belongings);

/** false: not all of it can be put back, and this process should go on to no other build. */
bool belongings_restore(const struct belongings *belongings);

/** Let neither this process nor what it starts take the whole machine's memory: asking for more fails. */
void belongings_limit_memory(void);

#endif
