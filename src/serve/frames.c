#include "serve/frames.h"

#include <string.h>

#include "base/alloc.h"

static ssize_t take_bytes(uint8_t *out, size_t size, int flags, void *data) {
    struct frame_reader *reader = data;
    size_t taken = size < reader->left ? size : reader->left;

    if (taken == 0) {
        return -1; /* for now */
    }
    memcpy(out, reader->bytes, taken);
    reader->bytes += taken;
    reader->left -= taken;
    reader->pending += taken;
    return (ssize_t)taken;
}

struct frame_reader *frame_reader_create(void) {
    const struct wslay_frame_callbacks callbacks = {.recv_callback = take_bytes};
    struct frame_reader *reader = sty_calloc(1, sizeof(*reader));

    if (reader != NULL && wslay_frame_context_init(&reader->context, &callbacks, reader) != 0) {
        sty_free(reader);
        reader = NULL;
    }
    return reader;
}

void frame_reader_destroy(struct frame_reader *reader) {
    if (reader != NULL) {
        wslay_frame_context_free(reader->context);
        sty_buf_finish(&reader->text);
        sty_buf_finish(&reader->control);
        sty_free(reader);
    }
}

void frame_reader_feed(struct frame_reader *reader, const void *bytes, size_t size) {
    reader->bytes = bytes;
    reader->left = size;
}

bool frame_reader_is_idle(const struct frame_reader *reader) {
    return reader->pending == 0 && !reader->in_text && !reader->in_frame;
}

static enum frame_event fail(struct frame_reader *reader, enum close_code code) {
    reader->fault = code;
    return FRAME_FAULT;
}

/* The size of a frame's header in bytes. wslay refuses headers with other lengths. */
static uint64_t header_size(const struct wslay_frame_iocb *frame) {
    return 2 + (frame->payload_length < 126 ? 0 : frame->payload_length < 65536 ? 2 : 8) + (frame->mask ? 4 : 0);
}

/* Check the beginning of a frame. 0, or the code to close with. wslay itself checks lengths and fragments of control
 * frames. */
static int begin_frame(struct frame_reader *reader, const struct wslay_frame_iocb *frame, size_t longest) {
    bool control = wslay_is_ctrl_frame(frame->opcode);

    if (!frame->mask || frame->rsv != WSLAY_RSV_NONE || frame->opcode > WSLAY_PONG ||
        (frame->opcode > WSLAY_BINARY_FRAME && !control)) {
        return CLOSE_PROTOCOL_ERROR;
    }
    if (!control && (frame->opcode == WSLAY_CONTINUATION_FRAME) != reader->in_text) {
        return CLOSE_PROTOCOL_ERROR;
    }
    if (frame->opcode == WSLAY_BINARY_FRAME) {
        return CLOSE_UNACCEPTABLE;
    }
    if (frame->opcode == WSLAY_TEXT_FRAME) {
        sty_buf_clear(&reader->text); /* the previous message has been handled */
    }
    if (!control && (frame->payload_length > longest || reader->text.size > longest - frame->payload_length)) {
        return CLOSE_TOO_LARGE;
    }
    reader->in_frame = true;
    reader->frame_left = frame->payload_length;
    reader->pending -= header_size(frame);
    reader->message = control ? &reader->control : &reader->text;
    if (control) {
        sty_buf_clear(reader->message);
    }
    return 0;
}

static enum frame_event end_frame(struct frame_reader *reader, const struct wslay_frame_iocb *frame) {
    reader->in_frame = false;
    switch (frame->opcode) {
    case WSLAY_PING:
        return FRAME_PING;
    case WSLAY_PONG:
        return FRAME_PONG;
    case WSLAY_CONNECTION_CLOSE:
        return reader->control.size == 1 ? fail(reader, CLOSE_PROTOCOL_ERROR) : FRAME_CLOSE;
    default:
        reader->in_text = !frame->fin;
        return frame->fin ? FRAME_TEXT : FRAME_MORE;
    }
}

enum frame_event frame_reader_next(struct frame_reader *reader, size_t longest) {
    enum frame_event event = FRAME_MORE;

    while (event == FRAME_MORE) {
        struct wslay_frame_iocb frame = {0};
        ssize_t size = wslay_frame_recv(reader->context, &frame);
        int refused = 0;
        if (size == WSLAY_ERR_WANT_READ) {
            return FRAME_MORE;
        }
        if (size < 0) {
            return fail(reader, size == WSLAY_ERR_PROTO ? CLOSE_PROTOCOL_ERROR : CLOSE_UNEXPECTED);
        }
        if (!reader->in_frame && (refused = begin_frame(reader, &frame, longest)) != 0) {
            return fail(reader, (enum close_code)refused);
        }
        sty_buf_append(reader->message, frame.data, frame.data_length);
        reader->frame_left -= frame.data_length;
        reader->pending -= frame.data_length;
        if (reader->message->failed) {
            return fail(reader, CLOSE_UNEXPECTED);
        }
        event = reader->frame_left == 0 ? end_frame(reader, &frame) : FRAME_MORE;
    }
    return event;
}

static ssize_t put_bytes(const uint8_t *bytes, size_t size, int flags, void *data) {
    sty_buf_append(data, bytes, size);
    return (ssize_t)size;
}

void frame_write(uint8_t opcode, const void *payload, size_t size, struct sty_buf *out) {
    const struct wslay_frame_callbacks callbacks = {.send_callback = put_bytes};
    struct wslay_frame_iocb frame = {
        .fin = 1, .opcode = opcode, .payload_length = size, .data = payload, .data_length = size};
    wslay_frame_context_ptr context = NULL;

    if (wslay_frame_context_init(&context, &callbacks, out) != 0 || wslay_frame_send(context, &frame) < 0) {
        out->failed = true;
    }
    if (context != NULL) {
        wslay_frame_context_free(context);
    }
}
