/**
 * The states of a build as the server sees them, which state follows which, and how long each may last. Plain values;
 * any thread.
 */
#ifndef STY_BUILDER_BUILD_STATE_H
#define STY_BUILDER_BUILD_STATE_H

#include <stdbool.h>

enum build_state {
    BUILD_NONE,
    BUILD_ASKED,            /* the builder was asked for it, but has not begun */
    BUILD_RUNS,             /* user code is running */
    BUILD_LATE,             /* user code is still running after the time limit; the builder was told to interrupt it */
    BUILD_PUBLISHES,        /* user code has ended, and files are being written, which is not interrupted */
    BUILD_SUPERSEDED_ASKED, /* as BUILD_ASKED, but the builder was told that a newer build is wanted */
    BUILD_SUPERSEDED_RUNS,  /* as BUILD_RUNS, likewise */
    BUILD_SUPERSEDED_PUBLISHES, /* as BUILD_PUBLISHES, likewise */
    BUILD_STATES,               /* the number of states */
};

enum build_event {
    BUILD_IS_ASKED,
    BUILD_BEGINS,
    BUILD_TAKES_LONG,
    BUILD_IS_SUPERSEDED,
    BUILD_ENDS_CODE,
    BUILD_ENDS,
    BUILD_EVENTS, /* the number of events */
};

/** The state that an event leads to; the same state if the event changes nothing. */
enum build_state build_state_after(enum build_state state, enum build_event event);

/** Whether user code may have run in a build in this state. */
bool build_state_has_begun(enum build_state state);

/** Whether the build is writing files. */
bool build_state_is_publishing(enum build_state state);

/** Whether the builder was told that a newer build is wanted. */
bool build_state_is_superseded(enum build_state state);

/** How long a build may stay in a state, in milliseconds; 0: the supervisor's own limit for a build's start, or for the
 * build, applies. */
unsigned build_state_patience(enum build_state state);

#endif
