/**
 * A process that was forked for one job, seen from inside: how it tells of what it does, hears that it takes too long,
 * and ends. There is one job in a process.
 */
#ifndef STY_ISOLATION_JOB_PROCESS_H
#define STY_ISOLATION_JOB_PROCESS_H

#include "base/buf.h"
#include "base/strlist.h"
#include "isolation/frames.h"

/** The process begins, with this socket. On its main thread, which is the only one. */
void job_process_begin(int socket);

/** Begin to listen for interruptions and wishes, on another thread: from here on, no other process can be forked for a
 * job. `frames`, of the socket, are taken. */
void job_process_listen(struct sty_frames *frames);

/** What the frame STY_FORK_WISH says; others come later, and are heard of by themselves. */
void job_process_add_wishes(const struct sty_frame *frame);

/** Append what somebody has been waiting for since the last call, of what the job makes known. Any thread. */
void job_process_take_wishes(struct sty_strlist *out);

/** Wait until the server knows all that this process has said; nothing where nobody listens for the answer. Attached,
 * detached meanwhile. */
void job_process_wait_until_heard(void);

/** Send a frame. Nobody may take it any more: then the listening thread interrupts the job, so that user code cleans up
 * behind itself, and ends the process where that takes long. Any thread, attached or not. */
void job_process_send(unsigned kind, const struct sty_buf *body);

/** The same for the last one: whoever takes it need not be there any more. */
void job_process_send_last(unsigned kind, const struct sty_buf *body);

/** The job is done: run the user's exit functions, for as long as they may take, and end the process. Attached. */
_Noreturn void job_process_end(void);

#endif
