/**
 * Digests of files that are too large to be read on the loop's thread. libuv's worker threads compute them; they are
 * remembered as long as the file stays the same. Private to src/serve; loop thread only.
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

/** Look up the digest of a file in its current state. false: it is not known. */
bool digests_find(const struct digests *digests, const struct stat *info, uint64_t *out);

/** Called when a file was read. `ok` is false if that failed. The callee owns `fd`. */
typedef void (*digest_done_fn)(int fd, bool ok, uint64_t digest, void *data);

/**
 * Read an open file and call `done` in a later turn of the loop. `fd` is stolen, also on failure. NULL: no memory, and
 * `done` will not run.
 */
struct digest_job *digests_start(struct digests *digests, int fd, const struct stat *info, digest_done_fn done,
                                 void *data);

/** Forget a job that nobody waits for any more: `done` will not run. */
void digest_job_forget(struct digest_job *job);

/** Release everything, once running jobs have ended in the loop's next turns; their `done` will not run. NULL is
 * allowed.
 */
void digests_destroy(struct digests *digests);

#endif
