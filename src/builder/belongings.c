#include "builder/belongings.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/system.h"

/* The share of all memory, in percent. The rest is left to other programs. */
#define SHARE_OF_MEMORY 75

/* If the system runs out of memory all the same, this makes it kill us before the browser and the editor (0 to 1000).
 */
#define MORE_EXPENDABLE "200"

void belongings_keep(struct belongings *belongings) {
    for (int fd = 0; fd < 3; fd++) {
        belongings->streams[fd] = fcntl(fd, F_DUPFD_CLOEXEC, STY_SAFE_DESCRIPTOR);
    }
    belongings->directory = sty_descriptor_hide(sty_system_open_directory(AT_FDCWD, ".", 0));
    belongings->mask = umask(0);
    umask(belongings->mask);
    for (int which = 0; which < RLIM_NLIMITS; which++) {
        getrlimit(which, &belongings->limits[which]);
    }
}

/* Soft limits can be raised again; hard ones, by most users, can't. */
static bool restore_limits(const struct belongings *belongings) {
    bool whole = true;

    for (int which = 0; which < RLIM_NLIMITS; which++) {
        const struct rlimit *kept = &belongings->limits[which];
        struct rlimit now;
        if (getrlimit(which, &now) == 0 && (now.rlim_cur != kept->rlim_cur || now.rlim_max != kept->rlim_max)) {
            whole = setrlimit(which, kept) == 0 && whole;
        }
    }
    return whole;
}

bool belongings_restore(const struct belongings *belongings) {
    bool whole = restore_limits(belongings);

    for (int fd = 0; fd < 3; fd++) {
        if (belongings->streams[fd] >= 0) {
            whole = dup2(belongings->streams[fd], fd) == fd && whole;
        }
    }
    umask(belongings->mask);
    if (fchdir(belongings->directory) != 0) {
        return whole; /* the directory is gone, or may not be entered any more; all our paths are absolute */
    }
    return whole;
}

static uint64_t read_number(const char *path, const char *format) {
    FILE *file = fopen(path, "re");
    uint64_t number = 0;

    if (file != NULL) {
        if (fscanf(file, format, &number) != 1) {
            number = 0; /* "max" */
        }
        fclose(file);
    }
    return number;
}

/* The memory of the machine or the container, in bytes; 0: not known. */
static uint64_t all_memory(void) {
    uint64_t machine = read_number("/proc/meminfo", "MemTotal: %" SCNu64) * 1024;
    uint64_t container = read_number("/sys/fs/cgroup/memory.max", "%" SCNu64);

    return container > 0 && container < machine ? container : machine;
}

void belongings_limit_memory(void) {
    uint64_t most = all_memory() / 100 * SHARE_OF_MEMORY;
    FILE *score = fopen("/proc/self/oom_score_adj", "we");
    struct rlimit data;

    if (score != NULL) {
        fputs(MORE_EXPENDABLE, score);
        fclose(score);
    }
#ifdef __SANITIZE_ADDRESS__
    most = 0; /* the sanitizer's shadow memory counts as data, too, and exceeds any limit */
#endif
    if (most > 0 && getrlimit(RLIMIT_DATA, &data) == 0 && data.rlim_cur > most) {
        data.rlim_cur = most;
        setrlimit(RLIMIT_DATA, &data);
    }
}
