/**
 * The inside of a process that was forked for one job: how it sends its results, learns that it takes too long, and
 * ends.
 */
#ifndef STY_ISOLATION_JOB_PROCESS_H
#define STY_ISOLATION_JOB_PROCESS_H

#include "base/buf.h"
#include "base/strlist.h"
#include "isolation/frames.h"

/** Call this first, with the process's socket, on its main thread, which must be the only one. */
void job_process_begin(int socket);

/** Start listening for interruptions and wishes on another thread; from now on, the process must not be forked for
 * another job. Takes the contents of `frames`, which read the socket. */
void job_process_listen(struct sty_frames *frames);

/** Take over the list of a frame STY_FORK_WISH; further ones are read by the listening thread. */
void job_process_add_wishes(const struct sty_frame *frame);

/** Append the wishes that have arrived since the last call: which of the job's results somebody is waiting for. Any
 * thread. */
void job_process_take_wishes(struct sty_strlist *out);

/** Wait until the server has taken note of everything that this process has sent, for a few seconds at most. Does
 * nothing if no thread listens for the answer. Attached; detached meanwhile. */
void job_process_wait_until_heard(void);

/** Send a frame. If the other end is gone, the listening thread interrupts the job, so that user code cleans up, and
 * ends the process if that takes too long. Any thread, attached or not. */
void job_process_send(unsigned kind, const struct sty_buf *body);

/** Send the last frame: from now on, the other end may be gone. */
void job_process_send_last(unsigned kind, const struct sty_buf *body);

/** End the process after its job: runs the user's exit functions, for a limited time. Attached. */
_Noreturn void job_process_end(void);

#endif
