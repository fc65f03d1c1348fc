#include <errno.h>

#include "base/log.h"
#include "watch/events.h"

int events_open(void) {
    errno = ENOTSUP;
    return -1;
}

int events_watch(int descriptor, const char *directory) {
    (void)descriptor, (void)directory;
    errno = ENOTSUP;
    return -1;
}

void events_unwatch(int descriptor, int watch) {
    (void)descriptor, (void)watch;
}

void events_read(int descriptor, void (*handle)(const struct event *event, void *data), void *data) {
    (void)descriptor, (void)handle, (void)data;
}

bool events_are_complete(const char *directory) {
    (void)directory;
    return true;
}

void events_warn_none(int error, unsigned poll_interval_ms) {
    (void)error;
    log_debug("watch", "looking for changes every %u ms", poll_interval_ms);
}

void events_warn_no_more(unsigned poll_interval_ms) {
    events_warn_none(ENOTSUP, poll_interval_ms);
}
