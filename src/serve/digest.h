/**
 * Digests of files that are too large to be read on the loop's thread: made by libuv's worker threads, remembered for
 * as long as the file is the same. Inner header of src/serve; loop thread only.
 */
#ifndef STY_SERVE_DIGEST_H
#define STY_SERVE_DIGEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <uv.h>

struct digests;
struct digest_job;

/** The digest of bytes in memory; the same as that of a file with these bytes. */
uint64_t digest_of(const void *bytes, size_t size);

/** NULL: no memory. The loop is borrowed. */
struct digests *digests_create(uv_loop_t *loop);

/** true: the digest of this file, as it is now, is known. */
bool digests_find(const struct digests *digests, const struct stat *info, uint64_t *out);

/** A file was read. Where it could not be read to its end, `ok` is false. `fd` is the callee's. */
typedef void (*digest_done_fn)(int fd, bool ok, uint64_t digest, void *data);

/**
 * Read an open file and call `done` in a later turn of the loop. `fd` is stolen, also on failure. NULL: no memory, and
 * `done` will not run.
 */
struct digest_job *digests_start(struct digests *digests, int fd, const struct stat *info, digest_done_fn done,
                                 void *data);

/** Nobody waits any more: `done` will not run. */
void digest_job_forget(struct digest_job *job);

/** Jobs that run end in the loop's next turns, without a word; all is released then. NULL is allowed. */
void digests_destroy(struct digests *digests);

#endif
