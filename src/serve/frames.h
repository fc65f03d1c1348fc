/**
 * WebSocket frames: turns a client's bytes into whole messages, and messages into bytes. wslay parses and builds single
 * frames; the rules of RFC 6455 beyond that are checked here. Private to src/serve; any thread, one at a time for a
 * reader.
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
    CLOSE_INVALID = 1007,      /* not UTF-8, or no message that we know */
    CLOSE_POLICY = 1008,
    CLOSE_TOO_LARGE = 1009,
    CLOSE_UNEXPECTED = 1011,
};

enum frame_event {
    FRAME_MORE, /* everything that was fed is used up */
    FRAME_TEXT, /* `message` is a whole text message */
    FRAME_PING, /* `message` is its payload, as for the next two */
    FRAME_PONG,
    FRAME_CLOSE,
    FRAME_FAULT, /* close the connection with the code `fault`; do not read any further */
};

/** Reads frames. Control frames may come between the fragments of a text. */
struct frame_reader {
    wslay_frame_context_ptr context;
    const uint8_t *bytes; /* borrowed: what was fed and not read yet */
    size_t left;
    uint64_t pending;       /* bytes that wslay has taken but that do not complete a part of a frame */
    uint64_t frame_left;    /* what is missing of the current frame's payload */
    bool in_frame;          /* the header of a frame was read */
    bool in_text;           /* some fragments of a text were read, but not the last */
    struct sty_buf text;    /* a text that is not complete yet */
    struct sty_buf control; /* the payload of a control frame */
    struct sty_buf *message;
    enum close_code fault;
};

/** NULL: no memory. */
struct frame_reader *frame_reader_create(void);
void frame_reader_destroy(struct frame_reader *reader);

/** Feed it bytes that were received. They are borrowed until frame_reader_next() returns FRAME_MORE. */
void frame_reader_feed(struct frame_reader *reader, const void *bytes, size_t size);

/** The next event. `longest`: the limit for a message, in bytes. `message` is valid until the next call. */
enum frame_event frame_reader_next(struct frame_reader *reader, size_t longest);

/** Whether the reader is between two messages, so that it can be destroyed. */
bool frame_reader_is_idle(const struct frame_reader *reader);

/** Append an unmasked frame, as servers send them. `opcode`: enum wslay_opcode. */
void frame_write(uint8_t opcode, const void *payload, size_t size, struct sty_buf *out);

#endif
