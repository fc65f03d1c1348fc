#ifndef STORYTIME_BASE_FILE_HASH_H
#define STORYTIME_BASE_FILE_HASH_H

#include <stdbool.h>
#include <stdint.h>

/** Hash a file's content with XXH3 (64 bits), part by part, so that a large file takes no memory. false: it cannot be
 * read. */
bool sty_file_hash(const char *path, uint64_t *hash);

#endif
