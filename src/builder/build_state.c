#include "builder/build_state.h"

/* How long a build may take to end after it was interrupted because it took too long, in milliseconds. */
#define GRACE_MS 2000

/* How long a superseded build may take to end before its process is killed, in milliseconds: longer than Python needs
 * to notice the interruption, and short enough for somebody who has just saved the fix. */
#define SUPERSEDED_MS 500

/* How long a builder may take to write files, in milliseconds. No user code is involved, so one that takes longer has
 * been stopped or is starved. */
#define PUBLISH_MS 120000

/* The same for a superseded build. Killing it is harmless: the next builder completes the work. */
#define SUPERSEDED_PUBLISH_MS 5000

/* Missing entries, which are BUILD_NONE, change nothing; only BUILD_ENDS leads to that state. */
static const enum build_state after[BUILD_STATES][BUILD_EVENTS] = {
    [BUILD_NONE] = {[BUILD_IS_ASKED] = BUILD_ASKED},
    [BUILD_ASKED] = {[BUILD_BEGINS] = BUILD_RUNS,
                     [BUILD_ENDS_CODE] = BUILD_PUBLISHES,
                     [BUILD_IS_SUPERSEDED] = BUILD_SUPERSEDED_ASKED},
    [BUILD_RUNS] = {[BUILD_TAKES_LONG] = BUILD_LATE,
                    [BUILD_ENDS_CODE] = BUILD_PUBLISHES,
                    [BUILD_IS_SUPERSEDED] = BUILD_SUPERSEDED_RUNS},
    [BUILD_LATE] = {[BUILD_ENDS_CODE] = BUILD_PUBLISHES, [BUILD_IS_SUPERSEDED] = BUILD_SUPERSEDED_RUNS},
    [BUILD_PUBLISHES] = {[BUILD_IS_SUPERSEDED] = BUILD_SUPERSEDED_PUBLISHES},
    [BUILD_SUPERSEDED_ASKED] = {[BUILD_BEGINS] = BUILD_SUPERSEDED_RUNS, [BUILD_ENDS_CODE] = BUILD_SUPERSEDED_PUBLISHES},
    [BUILD_SUPERSEDED_RUNS] = {[BUILD_ENDS_CODE] = BUILD_SUPERSEDED_PUBLISHES},
};

static const unsigned patience[BUILD_STATES] = {
    [BUILD_LATE] = GRACE_MS,
    [BUILD_PUBLISHES] = PUBLISH_MS,
    [BUILD_SUPERSEDED_RUNS] = SUPERSEDED_MS,
    [BUILD_SUPERSEDED_PUBLISHES] = SUPERSEDED_PUBLISH_MS,
};

enum build_state build_state_after(enum build_state state, enum build_event event) {
    enum build_state next = after[state][event];

    return next == BUILD_NONE && event != BUILD_ENDS ? state : next;
}

bool build_state_has_begun(enum build_state state) {
    return state != BUILD_NONE && state != BUILD_ASKED && state != BUILD_SUPERSEDED_ASKED;
}

bool build_state_is_publishing(enum build_state state) {
    return state == BUILD_PUBLISHES || state == BUILD_SUPERSEDED_PUBLISHES;
}

bool build_state_is_superseded(enum build_state state) {
    return state >= BUILD_SUPERSEDED_ASKED;
}

unsigned build_state_patience(enum build_state state) {
    return patience[state];
}
