#include <errno.h>
#include <sys/socket.h>

#include "base/log.h"
#include "builder/worker_state.h"

/* Keep only the newest request, with the changes of an earlier one that had not begun. */
static void want_build(struct worker *worker, struct sty_message *message) {
    sty_strlist_add_all_once(&message->changed, &worker->request.changed);
    sty_strlist_add_all_once(&message->existence, &worker->request.existence);
    sty_message_finish(&worker->request);
    worker->request = *message;
    *message = (struct sty_message){0};
    worker->wanted = true;
}

/* Reader thread; the lock is held. */
static void handle_message(struct worker *worker, struct sty_message *message) {
    bool meant = worker->building && worker->id == message->id;

    switch (message->type) {
    case STY_MESSAGE_BUILD:
        want_build(worker, message);
        break;
    case STY_MESSAGE_FOCUS:
        if (meant || (worker->wanted && worker->request.id == message->id)) {
            sty_strlist_add_all_once(meant ? &worker->current.focus : &worker->request.focus, &message->focus);
        }
        break;
    case STY_MESSAGE_CANCEL:
        worker->cancelled = worker->cancelled || meant;
        break;
    case STY_MESSAGE_INTERRUPT:
        worker->timed_out = worker->timed_out || meant;
        break;
    case STY_MESSAGE_END:
        worker->cancelled = true;
        worker->end = true;
        break;
    case STY_MESSAGE_READY:
    case STY_MESSAGE_STARTED:
    case STY_MESSAGE_SOURCE:
    case STY_MESSAGE_WROTE:
    case STY_MESSAGE_PROGRESS:
    case STY_MESSAGE_PUBLISHING:
    case STY_MESSAGE_DONE:
    case STY_MESSAGE_FAILED:
    case STY_MESSAGE_INCOMPLETE:
    case STY_MESSAGE_RENDER:
    case STY_MESSAGE_RENDERED:
        break; /* messages that only builders send */
    }
}

static void handle_lines(struct worker *worker, struct sty_buf *input) {
    const char *line = NULL;
    size_t begin = 0, size = 0;

    while (sty_protocol_next_line(input, &begin, &line, &size)) {
        struct sty_message message;
        struct sty_error err = {0};
        if (sty_message_parse(line, size, &message, &err) == STY_OK) {
            pthread_mutex_lock(&worker->lock);
            handle_message(worker, &message);
            pthread_cond_broadcast(&worker->changed);
            pthread_mutex_unlock(&worker->lock);
            sty_message_finish(&message);
        } else {
            log_error("builder", "%s", sty_error_message(&err));
        }
        sty_error_finish(&err);
    }
}

void *worker_read_requests(void *data) {
    struct worker *worker = data;
    struct sty_buf input = {0};

    while (sty_buf_reserve(&input, 65536)) {
        ssize_t got = recv(worker->socket, input.data + input.size, 65536, 0);
        if (got == 0 || (got < 0 && errno != EINTR)) {
            break; /* the server is gone */
        }
        if (got > 0) {
            input.size += (size_t)got;
            handle_lines(worker, &input);
        }
    }
    worker_end_with_server(0);
    return NULL;
}
