#include <errno.h>
#include <string.h>
#include <stdint.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/log.h"
#include "watch/events.h"

#define WATCHED                                                                                                        \
    (IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

int events_open(void) {
    return inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
}

int events_watch(int descriptor, const char *directory) {
    return inotify_add_watch(descriptor, directory, WATCHED);
}

void events_unwatch(int descriptor, int watch) {
    inotify_rm_watch(descriptor, watch);
}

static unsigned kinds_of(uint32_t mask) {
    static const struct {
        uint32_t mask;
        unsigned kinds;
    } kinds[] = {
        {IN_CREATE | IN_MOVED_TO, EVENT_APPEARED},
        {IN_DELETE | IN_MOVED_FROM, EVENT_GONE},
        {IN_CLOSE_WRITE | IN_MOVED_TO, EVENT_WRITTEN},
        {IN_ISDIR, EVENT_DIRECTORY},
        {IN_DELETE_SELF | IN_MOVE_SELF, EVENT_ITSELF},
        {IN_IGNORED, EVENT_ITSELF | EVENT_UNWATCHED},
        {IN_Q_OVERFLOW, EVENT_LOST},
    };
    unsigned found = 0;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        found |= mask & kinds[i].mask ? kinds[i].kinds : 0;
    }
    return found;
}

void events_read(int descriptor, void (*handle)(const struct event *event, void *data), void *data) {
    char buffer[65536] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t got = 0;

    while ((got = read(descriptor, buffer, sizeof(buffer))) > 0) {
        for (char *at = buffer; at < buffer + got;) {
            const struct inotify_event *one = (const struct inotify_event *)(void *)at;
            const struct event event = {
                .kinds = kinds_of(one->mask), .watch = one->wd, .name = one->len > 0 ? one->name : NULL};
            handle(&event, data);
            at += sizeof(*one) + one->len;
        }
    }
}

bool events_are_complete(const char *directory) {
    static const long types[] = {
        0x6969 /* NFS */,    0xFF534D42 /* CIFS */,   0xFE534D42 /* SMB2 */,   0x517B /* SMB */,
        0x01021997 /* 9P */, 0x786F4256 /* vboxsf */, 0xBACBACBC /* vmhgfs */, 0x65735546 /* FUSE */};
    struct statfs info;

    if (statfs(directory, &info) != 0) {
        return true;
    }
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        if ((long)info.f_type == types[i]) {
            return false;
        }
    }
    return true;
}

void events_warn_none(int error, unsigned poll_interval_ms) {
    log_warning("watch",
                "inotify is not available (%s); polling every %u ms instead. Raise the limit with: sysctl "
                "fs.inotify.max_user_instances=512",
                strerror(error), poll_interval_ms);
}

void events_warn_no_more(unsigned poll_interval_ms) {
    log_warning("watch",
                "No more directories can be watched (%s); polling every %u ms instead. Raise the limit "
                "with: sysctl fs.inotify.max_user_watches=524288",
                strerror(ENOSPC), poll_interval_ms);
}
