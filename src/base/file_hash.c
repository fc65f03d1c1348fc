#include "base/file_hash.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#define XXH_STATIC_LINKING_ONLY /* the state of a hash on the stack */
#include <xxhash.h>

#define PART ((size_t)32 * 1024)

bool sty_file_hash(const char *path, uint64_t *hash) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    XXH3_state_t state;
    char part[PART];
    ssize_t got = -1;

    if (fd < 0) {
        return false;
    }
    XXH3_64bits_reset(&state);
    while ((got = read(fd, part, sizeof(part))) > 0 || (got < 0 && errno == EINTR)) {
        XXH3_64bits_update(&state, part, got > 0 ? (size_t)got : 0);
    }
    close(fd);
    *hash = XXH3_64bits_digest(&state);
    return got == 0;
}
