#include "base/log.h"
#include "watch/events.h"
#include "watch/state.h"

void polling_if_blind(struct sty_watch *watch, const char *directory) {
    if (!watch->polling && !events_are_complete(directory)) {
        log_info("watch", "The file system of '%s' does not report changes; polling every %u ms", directory,
                 watch->poll_interval_ms);
        watch->polling = true;
    }
}

void polling_if_refused(struct sty_watch *watch, int status) {
    watch->lost = watch->lost || status == STY_ERR_NOMEM;
    if (status == STY_ERR_IO && !watch->polling) {
        events_warn_no_more(watch->poll_interval_ms);
        watch->polling = true;
    }
}
