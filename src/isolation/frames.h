/**
 * Frames between our own processes on one machine: a kind, bytes, and perhaps a descriptor, over a stream socket. Plain
 * C; one thread at a time in each direction.
 */
#ifndef STY_ISOLATION_FRAMES_H
#define STY_ISOLATION_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/** Longer frames, in bytes, are not accepted. */
#define STY_FRAME_LONGEST ((size_t)1024 * 1024 * 1024)

struct sty_frame {
    unsigned kind;     /* its meaning is up to the two ends */
    const char *bytes; /* borrowed until the next frame is read */
    size_t size;
};

/** The reading end of a socket. Zero it and set `fd`; release it with sty_frames_finish(). */
struct sty_frames {
    int fd; /* owned; -1: none */
    struct sty_buf input;
    size_t begin; /* where unread bytes begin in `input` */
    int passed;   /* the last descriptor that came with a frame, owned; 0: none, or it was taken */
};

/** Create both ends of a connection; they are close-on-exec. false with errno set: failed. */
bool sty_frames_pair(int ends[2]);

/** Send a frame, waiting until there is room. `body` may be NULL. false with errno set: the other end is gone, `fd` is
 * no longer a socket, or the body is incomplete (ENOMEM). */
bool sty_frame_send(int fd, unsigned kind, const struct sty_buf *body);

/** Send a frame without a body, but with a descriptor. The receiver gets a copy; the caller keeps its own. */
bool sty_frame_pass(int fd, unsigned kind, int passed);

/** Wait for the next frame. false: the other end is gone, or has sent something that is no frame. */
bool sty_frames_next(struct sty_frames *frames, struct sty_frame *out);

/** Take the next frame out of what has been read already. false: there is no whole frame. */
bool sty_frames_next_read(struct sty_frames *frames, struct sty_frame *out);

/** Read what is available, waiting for at least a byte. false: the other end is gone; errno says why, 0 if it was
 * closed.
 */
bool sty_frames_read(struct sty_frames *frames);

/** Take ownership of the descriptor that came last; -1: there is none. */
int sty_frames_take_passed(struct sty_frames *frames);

/** Close the socket and release everything. */
void sty_frames_finish(struct sty_frames *frames);

#endif
