/**
 * The kernel's events about watched directories. `events_linux.c` uses inotify; `events_portable.c` has no events, so
 * the watch polls. Private to src/watch; loop thread.
 */
#ifndef STY_WATCH_EVENTS_H
#define STY_WATCH_EVENTS_H

#include <stdbool.h>

enum event_kind {
    EVENT_APPEARED = 1,   /* a name was added to the directory */
    EVENT_GONE = 2,       /* a name was removed from it */
    EVENT_WRITTEN = 4,    /* a file was closed by its writer, or was moved here complete */
    EVENT_DIRECTORY = 8,  /* the name is that of a directory */
    EVENT_ITSELF = 16,    /* the watched directory itself was moved or removed; there is no name */
    EVENT_UNWATCHED = 32, /* set together with EVENT_ITSELF: the kernel has dropped the watch */
    EVENT_LOST = 64,      /* events were dropped, so any directory may have changed */
};

struct event {
    unsigned kinds; /* of enum event_kind */
    int watch;
    const char *name; /* borrowed; NULL: none */
};

/** Open a descriptor that becomes readable when there are events. -1 with errno set: events are not available. */
int events_open(void);

/** Watch a directory. Returns the watch; -1 with errno set: failed, ENOSPC or ENOMEM if the kernel gives no more. */
int events_watch(int descriptor, const char *directory);
void events_unwatch(int descriptor, int watch);

/** Read all events that are available, without waiting, and call `handle` for each; the event is borrowed. */
void events_read(int descriptor, void (*handle)(const struct event *event, void *data), void *data);

/** Whether the file system of a directory reports all changes. Network file systems do not report other machines'. */
bool events_are_complete(const char *directory);

/** Log that there are no events (`error` is an errno value), or that no more directories can be watched, with what to
 * do. */
void events_warn_none(int error, unsigned poll_interval_ms);
void events_warn_no_more(unsigned poll_interval_ms);

#endif
