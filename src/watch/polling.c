#include <errno.h>
#include <string.h>
#include <sys/vfs.h>

#include "base/log.h"
#include "watch/state.h"

/* File systems whose changes by other machines, or by the host of a virtual one, inotify does not see. */
static bool is_blind(const char *path) {
    static const long types[] = {
        0x6969 /* NFS */,    0xFF534D42 /* CIFS */,   0xFE534D42 /* SMB2 */,   0x517B /* SMB */,
        0x01021997 /* 9P */, 0x786F4256 /* vboxsf */, 0xBACBACBC /* vmhgfs */, 0x65735546 /* FUSE */};
    struct statfs info;

    if (statfs(path, &info) != 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        if ((long)info.f_type == types[i]) {
            return true;
        }
    }
    return false;
}

void polling_if_blind(struct sty_watch *watch, const char *directory) {
    if (!watch->polling && is_blind(directory)) {
        log_info("watch", "The file system of '%s' does not report changes; looking every %u ms", directory,
                 watch->poll_interval_ms);
        watch->polling = true;
    }
}

void polling_if_refused(struct sty_watch *watch, int status) {
    watch->lost = watch->lost || status == STY_ERR_NOMEM;
    if (status == STY_ERR_IO && !watch->polling) {
        log_warning("watch",
                    "No more directories can be watched (%s); looking for changes every %u ms instead. Raise the limit "
                    "with: sysctl fs.inotify.max_user_watches=524288",
                    strerror(ENOSPC), watch->poll_interval_ms);
        watch->polling = true;
    }
}
