/**
 * What a build is at, as the server sees it: what may follow what, and how long each may last. Plain values; any
 * thread.
 */
#ifndef STY_BUILDER_BUILD_STATE_H
#define STY_BUILDER_BUILD_STATE_H

#include <stdbool.h>

enum build_state {
    BUILD_NONE,
    BUILD_ASKED,                /* the builder has been asked for it, and has not begun */
    BUILD_RUNS,                 /* user code does */
    BUILD_LATE,                 /* it still does, and has been told that it takes too long */
    BUILD_PUBLISHES,            /* user code has ended, and files are written: it is let be */
    BUILD_SUPERSEDED_ASKED,     /* as BUILD_ASKED, and the builder has been told that a newer build is wanted */
    BUILD_SUPERSEDED_RUNS,      /* as BUILD_RUNS, and so on */
    BUILD_SUPERSEDED_PUBLISHES, /* as BUILD_PUBLISHES, and so on */
    BUILD_STATES,               /* their number */
};

enum build_event {
    BUILD_IS_ASKED,
    BUILD_BEGINS,
    BUILD_TAKES_LONG,
    BUILD_IS_SUPERSEDED,
    BUILD_ENDS_CODE,
    BUILD_ENDS,
    BUILD_EVENTS, /* their number */
};

/** The state that an event leads to; the same one where it changes nothing. */
enum build_state build_state_after(enum build_state state, enum build_event event);

/** Whether user code of it may have run. */
bool build_state_has_begun(enum build_state state);

/** Whether it writes files. */
bool build_state_is_publishing(enum build_state state);

/** Whether a newer build is wanted, and the builder knows. */
bool build_state_is_superseded(enum build_state state);

/** How long a build may stay in a state, in milliseconds; 0: as long as it takes to begin, or as a build may take. */
unsigned build_state_patience(enum build_state state);

#endif
