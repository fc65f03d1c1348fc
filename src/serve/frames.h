/**
 * WebSocket frames: bytes of a client to whole messages, messages to bytes. wslay takes frames apart and makes them;
 * what RFC 6455 demands beyond one frame is here. Inner header of src/serve; any thread, a reader belongs to one.
 */
#ifndef STY_SERVE_FRAMES_H
#define STY_SERVE_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wslay/wslay.h>

#include "base/buf.h"

/** Why a connection is closed, RFC 6455 section 7.4.1. */
enum close_code {
    CLOSE_NORMAL = 1000,
    CLOSE_PROTOCOL_ERROR = 1002,
    CLOSE_UNACCEPTABLE = 1003, /* binary */
    CLOSE_INVALID = 1007,      /* no text, or none that we know */
    CLOSE_POLICY = 1008,
    CLOSE_TOO_LARGE = 1009,
    CLOSE_UNEXPECTED = 1011,
};

enum frame_event {
    FRAME_MORE, /* all that was fed is used up */
    FRAME_TEXT, /* `message` holds a whole one */
    FRAME_PING, /* `message` holds what it carries, as for the next two */
    FRAME_PONG,
    FRAME_CLOSE,
    FRAME_FAULT, /* close with `fault`; nothing more can be read */
};

/** Texts in fragments go on while control frames come in between. */
struct frame_reader {
    wslay_frame_context_ptr context;
    const uint8_t *bytes; /* borrowed: what is being fed */
    size_t left;
    uint64_t pending;       /* bytes that wslay has taken, and that belong to no finished part of a frame */
    uint64_t frame_left;    /* of the payload of the frame that is being read */
    bool in_frame;          /* its header is known */
    bool in_text;           /* fragments have come, the last one has not */
    struct sty_buf text;    /* a message until it is whole */
    struct sty_buf control; /* the payload of a control frame */
    struct sty_buf *message;
    enum close_code fault;
};

/** NULL: no memory. */
struct frame_reader *frame_reader_create(void);
void frame_reader_destroy(struct frame_reader *reader);

/** Give it what has been read. Borrowed until frame_reader_next() says FRAME_MORE. */
void frame_reader_feed(struct frame_reader *reader, const void *bytes, size_t size);

/** What comes next. `longest`: of a message, in bytes. What `message` holds stays until the call after. */
enum frame_event frame_reader_next(struct frame_reader *reader, size_t longest);

/** Whether it stands between two messages and can be done without. */
bool frame_reader_is_idle(const struct frame_reader *reader);

/** Append a frame of the server's, unmasked. `opcode`: enum wslay_opcode. */
void frame_write(uint8_t opcode, const void *payload, size_t size, struct sty_buf *out);

#endif
