#include "site/published.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/system.h"

struct sty_published {
    struct manifest manifest;          /* as this process last wrote it; empty while a publication uses it */
    struct sty_file_stamp stamp;       /* the stamp of its file then; zeros: there is none */
    const struct manifest_entry *next; /* the next file to check; borrowed from the manifest */
};

struct sty_published *sty_published_create(void) {
    return sty_calloc(1, sizeof(struct sty_published));
}

void sty_published_destroy(struct sty_published *published) {
    if (published != NULL) {
        manifest_finish(&published->manifest);
        sty_free(published);
    }
}

bool published_take(struct sty_published *published, const struct sty_file_stamp *stamp, struct manifest *out) {
    if (published == NULL || published->stamp.inode == 0 || !sty_file_stamp_equal(&published->stamp, stamp)) {
        return false;
    }
    *out = published->manifest;
    published->manifest = (struct manifest){0};
    published->stamp = (struct sty_file_stamp){0};
    published->next = NULL;
    return true;
}

void published_keep(struct sty_published *published, struct manifest *manifest, const struct sty_file_stamp *stamp) {
    manifest_finish(&published->manifest);
    published->manifest = *manifest;
    published->stamp = stamp != NULL ? *stamp : (struct sty_file_stamp){0};
    published->next = published->manifest.entries;
    *manifest = (struct manifest){0};
}

enum sty_published_state sty_published_look(struct sty_published *published, const char *output_dir, size_t count) {
    int fd = published->next != NULL ? sty_system_open_directory(AT_FDCWD, output_dir, 0) : -1;
    bool missing = published->next != NULL && fd < 0;

    for (; !missing && published->next != NULL && count > 0; count--) {
        missing = faccessat(fd, published->next->path, F_OK, AT_SYMLINK_NOFOLLOW) != 0;
        published->next = published->next->hh.next;
    }
    if (missing) {
        published->next = published->manifest.entries;
    }
    if (fd >= 0) {
        close(fd);
    }
    return missing ? STY_PUBLISHED_MISSING : published->next != NULL ? STY_PUBLISHED_UNKNOWN : STY_PUBLISHED_WHOLE;
}
