/**
 * What the kernel tells of watched directories: `events_linux.c` by inotify; `events_portable.c` has no such thing, and
 * the watch polls. Inner header of src/watch; loop thread.
 */
#ifndef STY_WATCH_EVENTS_H
#define STY_WATCH_EVENTS_H

#include <stdbool.h>

enum event_kind {
    EVENT_APPEARED = 1,   /* a name is new in the directory */
    EVENT_GONE = 2,       /* a name is not there any more */
    EVENT_WRITTEN = 4,    /* whoever wrote the file is done, or it was moved here whole */
    EVENT_DIRECTORY = 8,  /* the name is one of a directory */
    EVENT_ITSELF = 16,    /* the watched directory itself has been moved or removed; there is no name */
    EVENT_UNWATCHED = 32, /* as EVENT_ITSELF, and its watch is gone */
    EVENT_LOST = 64,      /* some were dropped: nothing is known of any directory */
};

struct event {
    unsigned kinds; /* of enum event_kind */
    int watch;
    const char *name; /* borrowed; NULL: none */
};

/** A descriptor that is readable when there are events; -1 and errno: there are none to be had. */
int events_open(void);

/** Watch a directory. -1 and errno: ENOSPC or ENOMEM where the kernel gives no more watches. */
int events_watch(int descriptor, const char *directory);
void events_unwatch(int descriptor, int watch);

/** Hand on all that have come. */
void events_read(int descriptor, void (*handle)(const struct event *event, void *data), void *data);

/** Whether the file system of a directory tells of all changes, also of those that other machines make. */
bool events_are_complete(const char *directory);

/** Say that there are no events (`error`: errno), or that no more directories can be watched, and the way out. */
void events_warn_none(int error, unsigned poll_interval_ms);
void events_warn_no_more(unsigned poll_interval_ms);

#endif
