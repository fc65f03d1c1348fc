#include "mcp/relay.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/log.h"

#define LONGEST_LINE ((size_t)8 << 20)
#define FAREWELL_MS 800

/* The answer if the process can't be started or has ended. */
#define NO_PROCESS                                                                                                     \
    "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32603,\"message\":\"the process that has the tools has "    \
    "ended\"}}"

struct asked {
    uint64_t id;
    sty_relayed_fn done;
    void *data;
    struct asked *next;
};

struct process {
    struct sty_relay *relay;
    uv_process_t process;
    uv_pipe_t in, out;
    unsigned open_handles;
    struct sty_buf input;
};

struct sty_relay {
    uv_loop_t *loop;
    struct sty_mcp_options options;
    struct process *process; /* NULL: none */
    struct asked *asked;     /* the newest first */
    uint64_t newest;
    uv_timer_t timer; /* while closing, until the process is killed; else to answer requests that the process can't */
    bool closing;
    void (*closed)(void *data);
    void *closed_data;
};

struct line {
    uv_write_t request;
    char *text; /* of malloc() */
};

/* -- answers --------------------------------------------------------------------------------------------------------
 */

static struct asked *take(struct sty_relay *self, uint64_t id) {
    for (struct asked **at = &self->asked; *at != NULL; at = &(*at)->next) {
        struct asked *found = *at;
        if (found->id == id) {
            *at = found->next;
            return found;
        }
    }
    return NULL;
}

static void answer(struct sty_relay *self, uint64_t id, unsigned status, const char *session, const char *body) {
    struct asked *asked = take(self, id);

    if (asked != NULL) {
        asked->done(status, session, body, strlen(body), asked->data);
        sty_free(asked);
    }
}

static void fail_all(struct sty_relay *self) {
    while (self->asked != NULL) {
        answer(self, self->asked->id, 500, NULL, NO_PROCESS);
    }
}

static void handle_line(struct sty_relay *self, const char *line, size_t size) {
    yyjson_doc *doc = yyjson_read(line, size, 0);
    yyjson_val *root = yyjson_doc_get_root(doc), *message = yyjson_obj_get(root, "message");
    char *body = message != NULL ? yyjson_val_write(message, 0, NULL) : NULL; /* of malloc() */

    if (root != NULL && (body != NULL || message == NULL)) {
        answer(self, yyjson_get_uint(yyjson_obj_get(root, "n")),
               (unsigned)yyjson_get_uint(yyjson_obj_get(root, "status")),
               yyjson_get_str(yyjson_obj_get(root, "session")), body != NULL ? body : "");
    }
    free(body);
    yyjson_doc_free(doc);
}

/* -- the process ----------------------------------------------------------------------------------------------------
 */

static void on_relay_closed(uv_handle_t *handle) {
    struct sty_relay *self = handle->data;
    void (*closed)(void *data) = self->closed;
    void *data = self->closed_data;

    sty_free(self);
    closed(data);
}

static void close_if_done(struct sty_relay *self) {
    if (self->closing && self->process == NULL) {
        uv_close((uv_handle_t *)&self->timer, on_relay_closed);
    }
}

static void on_handle_closed(uv_handle_t *handle) {
    struct process *process = handle->data;
    struct sty_relay *self = process->relay;

    if (--process->open_handles == 0) {
        self->process = NULL;
        sty_buf_finish(&process->input);
        sty_free(process);
        close_if_done(self);
    }
}

static void close_pipe(uv_pipe_t *pipe) {
    if (!uv_is_closing((uv_handle_t *)pipe)) {
        uv_close((uv_handle_t *)pipe, on_handle_closed);
    }
}

static void on_process_exit(uv_process_t *handle, int64_t code, int number) {
    struct process *process = handle->data;

    if (!process->relay->closing) {
        log_warning("mcp", "The tools' process ended with exit code %lld, signal %d", (long long)code, number);
    }
    close_pipe(&process->in);
    close_pipe(&process->out);
    uv_close((uv_handle_t *)handle, on_handle_closed);
    fail_all(process->relay);
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *out) {
    struct process *process = handle->data;
    bool room = sty_buf_reserve(&process->input, 65536);

    *out = uv_buf_init(room ? process->input.data + process->input.size : NULL, room ? 65536 : 0);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer) {
    struct process *process = stream->data;
    struct sty_buf *input = &process->input;
    size_t begin = 0;
    char *end = NULL;

    if (size > 0) {
        input->size += (size_t)size;
        while ((end = memchr(input->data + begin, '\n', input->size - begin)) != NULL) {
            handle_line(process->relay, input->data + begin, (size_t)(end - input->data) - begin);
            begin = (size_t)(end - input->data) + 1;
        }
        memmove(input->data, input->data + begin, input->size - begin);
        input->size -= begin;
    }
    if (size < 0 || input->size > LONGEST_LINE) {
        close_pipe(&process->out);
        uv_process_kill(&process->process, SIGTERM);
    }
}

static int spawn(struct process *process, char **argv) {
    uv_stdio_container_t streams[3] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&process->in},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&process->out},
        {.flags = UV_INHERIT_FD, .data.fd = 2},
    };
    const uv_process_options_t options = {
        .exit_cb = on_process_exit, .file = argv[0], .args = argv, .stdio_count = 3, .stdio = streams};

    return uv_spawn(process->relay->loop, &process->process, &options);
}

static void end_process(struct sty_relay *self, int number) {
    if (self->process != NULL && uv_is_active((uv_handle_t *)&self->process->process)) {
        uv_process_kill(&self->process->process, number);
    }
}

/* Start the process. false: failed. */
static bool start(struct sty_relay *self) {
    struct process *process = sty_calloc(1, sizeof(*process));
    struct sty_strlist argv = {0};
    int status = UV_ENOMEM;

    if (process == NULL) {
        return false;
    }
    process->relay = self;
    uv_pipe_init(self->loop, &process->in, 0);
    uv_pipe_init(self->loop, &process->out, 0);
    process->process.data = process->in.data = process->out.data = process;
    process->open_handles = 3;
    self->process = process;
    if (sty_mcp_command_make(&self->options, &argv, NULL) == STY_OK) {
        status = spawn(process, argv.items);
    }
    if (status == 0) {
        status = uv_read_start((uv_stream_t *)&process->out, on_allocate, on_read);
    } else {
        log_warning("mcp", "cannot run '%s': %s", self->options.python, uv_strerror(status));
        close_pipe(&process->in);
        close_pipe(&process->out);
        uv_close((uv_handle_t *)&process->process, on_handle_closed);
    }
    sty_strlist_finish(&argv);
    return status == 0;
}

/* -- requests -------------------------------------------------------------------------------------------------------
 */

/* Runs only after sty_relay_ask() has returned the request's number. */
static void on_timer(uv_timer_t *timer) {
    struct sty_relay *self = timer->data;

    if (self->closing) {
        end_process(self, SIGKILL);
    } else if (self->process == NULL || uv_is_closing((uv_handle_t *)&self->process->process)) {
        fail_all(self);
    }
}

static void on_written(uv_write_t *request, int status) {
    struct line *line = (struct line *)request;

    free(line->text);
    sty_free(line);
}

static void write_line(struct process *process, char *text, size_t size) {
    struct line *line = sty_calloc(1, sizeof(*line));
    const uv_buf_t bytes[] = {uv_buf_init(text, (unsigned)size), uv_buf_init("\n", 1)};

    if (line == NULL) {
        free(text);
        return;
    }
    line->text = text;
    if (uv_write(&line->request, (uv_stream_t *)&process->in, bytes, 2, on_written) != 0) {
        free(text);
        sty_free(line);
    }
}

/* The line of a request, of malloc(); NULL: the body is no JSON, or there is no memory. */
static char *line_of(uint64_t id, const char *body, size_t body_size, const char *session, const char *version,
                     size_t *size) {
    yyjson_doc *message = yyjson_read(body, body_size, 0);
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    yyjson_mut_val *root = yyjson_mut_obj(doc);
    char *text = NULL;

    if (message != NULL) {
        yyjson_mut_doc_set_root(doc, root);
        yyjson_mut_obj_add_uint(doc, root, "n", id);
        if (session != NULL) {
            yyjson_mut_obj_add_str(doc, root, "session", session);
        }
        if (version != NULL) {
            yyjson_mut_obj_add_str(doc, root, "version", version);
        }
        yyjson_mut_obj_add_val(doc, root, "message", yyjson_val_mut_copy(doc, yyjson_doc_get_root(message)));
        text = yyjson_mut_write(doc, 0, size);
    }
    yyjson_mut_doc_free(doc);
    yyjson_doc_free(message);
    return text;
}

uint64_t sty_relay_ask(struct sty_relay *relay, const char *body, size_t size, const char *session, const char *version,
                       sty_relayed_fn done, void *data) {
    struct asked *asked = relay->closing ? NULL : sty_calloc(1, sizeof(*asked));
    size_t line_size = 0;
    char *line = NULL; /* of malloc(); taken by the write */

    if (asked == NULL || (line = line_of(relay->newest + 1, body, size, session, version, &line_size)) == NULL) {
        sty_free(asked);
        return 0;
    }
    *asked = (struct asked){.id = ++relay->newest, .done = done, .data = data, .next = relay->asked};
    relay->asked = asked;
    if ((relay->process != NULL || start(relay)) && !uv_is_closing((uv_handle_t *)&relay->process->in)) {
        write_line(relay->process, line, line_size);
    } else {
        free(line);
        uv_timer_start(&relay->timer, on_timer, 0, 0);
    }
    return asked->id;
}

void sty_relay_forget(struct sty_relay *relay, uint64_t request) {
    sty_free(take(relay, request));
}

struct sty_relay *sty_relay_create(uv_loop_t *loop, const struct sty_mcp_options *options) {
    struct sty_relay *self = sty_calloc(1, sizeof(*self));

    if (self != NULL) {
        self->loop = loop;
        self->options = *options;
        uv_timer_init(loop, &self->timer);
        self->timer.data = self;
    }
    return self;
}

void sty_relay_destroy(struct sty_relay *relay, void (*closed)(void *data), void *data) {
    relay->closing = true;
    relay->closed = closed;
    relay->closed_data = data;
    while (relay->asked != NULL) {
        sty_relay_forget(relay, relay->asked->id);
    }
    if (relay->process != NULL) {
        end_process(relay, SIGTERM);
        uv_timer_start(&relay->timer, on_timer, FAREWELL_MS, 0);
    }
    close_if_done(relay);
}
