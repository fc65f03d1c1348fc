/**
 * Frames between processes of ours on one machine: a kind, bytes, and perhaps a descriptor, over a stream socket. Plain
 * C; one thread at a time in each direction.
 */
#ifndef STY_ISOLATION_FRAMES_H
#define STY_ISOLATION_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/** A longer frame is none of ours, in bytes. */
#define STY_FRAME_LONGEST ((size_t)1024 * 1024 * 1024)

struct sty_frame {
    unsigned kind;     /* the two ends agree on what it means */
    const char *bytes; /* borrowed until the next one is read */
    size_t size;
};

/** Of a socket that is read. Zeroed but for `fd`; for sty_frames_finish(). */
struct sty_frames {
    int fd; /* -1: none */
    struct sty_buf input;
    size_t begin; /* of what is not read yet */
    int passed;   /* the last descriptor that came with a frame, owned; 0: none, or it has been taken */
};

/** Two ends of a connection, which no other program gets. false and errno. */
bool sty_frames_pair(int ends[2]);

/** Send a frame; waits until there is room. `body` may be NULL. false: the other end is gone, or `fd` is no socket any
 * more; errno. */
bool sty_frame_send(int fd, unsigned kind, const struct sty_buf *body);

/** The same, without a body, and with a descriptor, which stays the caller's, too. */
bool sty_frame_pass(int fd, unsigned kind, int passed);

/** Wait for the next frame. false: the other end is gone, or what it sends is no frame. */
bool sty_frames_next(struct sty_frames *frames, struct sty_frame *out);

/** The same, of what has been read already: false where that is no whole frame. */
bool sty_frames_next_read(struct sty_frames *frames, struct sty_frame *out);

/** Read what is there, waiting for some of it. false: the other end is gone; errno, 0 where it has been closed. */
bool sty_frames_read(struct sty_frames *frames);

/** Take the descriptor that came last; -1: none did. */
int sty_frames_take_passed(struct sty_frames *frames);

/** Close it. */
void sty_frames_finish(struct sty_frames *frames);

#endif
