/**
 * What user code shares with the builder process and may damage: standard streams and the working directory. They are
 * put aside at the start and put back after every build. Main thread, or whoever runs a build; not two at a time.
 */
#ifndef STY_BUILDER_BELONGINGS_H
#define STY_BUILDER_BELONGINGS_H

struct belongings {
    int streams[3]; /* copies, where user code does not get at them by accident; -1: it was closed */
    int directory;  /* the working directory */
};

/** Move a descriptor there. Returns the new one, or `fd` itself where that fails. */
int belongings_hide(int fd);

void belongings_keep(struct belongings *belongings);
void belongings_restore(const struct belongings *belongings);

#endif
