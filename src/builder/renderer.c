#include "builder/renderer.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/html_escape.h"
#include "base/log.h"
#include "builder/child.h"

#define UNUSED_MS 60000
#define FAREWELL_MS 1000
/* How long a request that nobody waits for may take while another one waits: longer than most components need. */
#define STALE_MS 2000

struct request {
    struct sty_message message; /* the request itself */
    bool forgotten;             /* the process is at work on it, but nobody waits for it */
    sty_rendered_fn done;
    void *data;
    struct request *next;
};

struct sty_renderer {
    uv_loop_t *loop;
    struct sty_supervisor_options options;
    struct child *child;      /* NULL: none */
    unsigned children;        /* processes that have not ended */
    struct request *requests; /* the oldest first; while `busy`, the process is at work on that one */
    bool busy;
    bool hurried;  /* the request at work has got the shorter limit */
    bool outdated; /* the process ends after the request at work, which must not run twice */
    uint64_t newest;
    struct sty_error failure; /* why the process could not be started; empty: it was */
    uv_timer_t timer;         /* while busy, the limit of the request (0 after a failure); else that of being unused */
    bool closing;
    void (*closed)(void *data);
    void *closed_data;
};

static void begin(struct sty_renderer *self);

static void request_destroy(struct request *request) {
    sty_message_finish(&request->message);
    sty_free(request);
}

/* Answer the oldest request. */
static void answer(struct sty_renderer *self, unsigned status, const char *html) {
    struct request *request = self->requests;

    self->requests = request->next;
    self->busy = false;
    if (!request->forgotten) {
        request->done(status, html, request->data);
    }
    request_destroy(request);
}

static void answer_error(struct sty_renderer *self, const char *text) {
    struct sty_buf page = {0};

    sty_buf_add(&page, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Not "
                       "rendered</title>\n</head>\n<body>\n<h1>This story can\xE2\x80\x99t be rendered</h1>\n<pre>");
    sty_html_escape(&page, text);
    sty_buf_add(&page, "</pre>\n</body>\n</html>\n");
    answer(self, 500, sty_buf_text(&page));
    sty_buf_finish(&page);
}

/* -- the process --------------------------------------------------------------------------------------------------- */

/* Let go of the process: kill it if it is at work, else let it end by itself. */
static void leave(struct sty_renderer *self) {
    uv_timer_stop(&self->timer);
    if (self->child != NULL && self->busy) {
        child_kill(self->child);
    } else if (self->child != NULL) {
        child_let_end(self->child, FAREWELL_MS);
        child_hang_up(self->child);
    }
    self->child = NULL;
    self->busy = false;
    self->outdated = false;
    sty_error_finish(&self->failure);
}

static void on_timer(uv_timer_t *timer) {
    struct sty_renderer *self = timer->data;
    struct sty_error failure = {0};
    bool waiting = self->busy;
    bool forgotten = waiting && self->requests->forgotten;

    sty_error_move(&failure, &self->failure);
    leave(self);
    if (waiting && failure.status != STY_OK) {
        answer_error(self, sty_error_message(&failure));
    } else if (waiting && !forgotten) {
        log_warning("builder", "Rendering a story with changed props took too long; its process was ended");
        answer_error(self, "Rendering took longer than --build-timeout allows and was stopped.");
    }
    sty_error_finish(&failure);
    if (waiting) {
        begin(self);
    }
}

static void on_message(struct child *child, const struct sty_message *message, void *data) {
    struct sty_renderer *self = data;

    if (child != self->child || !self->busy || self->closing) {
        return;
    }
    if (message->type == STY_MESSAGE_RENDERED && message->id == self->requests->message.id) {
        answer(self, message->status, message->html != NULL ? message->html : "");
    } else if (message->type == STY_MESSAGE_FAILED) {
        answer_error(self,
                     message->error.traceback != NULL ? message->error.traceback : sty_error_message(&message->error));
    }
    if (self->outdated && !self->busy) {
        leave(self);
    }
    begin(self);
}

static void on_closed(uv_handle_t *handle) {
    struct sty_renderer *self = handle->data;
    void (*closed)(void *data) = self->closed;
    void *data = self->closed_data;

    sty_free(self);
    closed(data);
}

static void close_if_done(struct sty_renderer *self) {
    if (self->closing && self->children == 0) {
        uv_close((uv_handle_t *)&self->timer, on_closed);
    }
}

static void on_exit(struct child *child, const char *what, void *data) {
    struct sty_renderer *self = data;

    self->children--;
    if (child == self->child && !self->closing) {
        bool busy = self->busy;
        self->child = NULL;
        self->busy = self->outdated = false;
        uv_timer_stop(&self->timer);
        if (busy) {
            char *text = sty_asprintf("The process that rendered it ended %s.", what); /* owned */
            log_warning("builder", "The process that rendered a story with changed props ended %s", what);
            answer_error(self, text != NULL ? text : "");
            sty_free(text);
        }
        begin(self);
    }
    close_if_done(self);
}

static int start(struct sty_renderer *self, struct sty_error *err) {
    const struct child_callbacks callbacks = {.on_message = on_message, .on_exit = on_exit, .data = self};
    const struct sty_builder_settings settings = {
        .package = self->options.package,
        .output_dir = self->options.output_dir,
        .static_dirs = self->options.static_dirs,
        .mode = "render",
        .log_level = (int)sty_log_get_level(),
    };
    int status = child_start(self->loop, &self->options.python, &settings, &callbacks, &self->child, err);

    self->children += status == STY_OK ? 1 : 0;
    return status;
}

/* Drop the oldest request if it is forgotten, once the process that was at work on it has been left. */
static void drop_forgotten(struct sty_renderer *self) {
    struct request *request = self->requests;

    if (request != NULL && request->forgotten) {
        self->requests = request->next;
        request_destroy(request);
    }
}

static void begin(struct sty_renderer *self) {
    if (self->closing || self->busy) {
        return;
    }
    drop_forgotten(self);
    if (self->requests == NULL) {
        uv_timer_start(&self->timer, on_timer, UNUSED_MS, 0);
        return;
    }
    self->busy = true;
    self->hurried = false;
    if (self->child == NULL && start(self, &self->failure) != STY_OK) {
        uv_timer_start(&self->timer, on_timer, 0, 0); /* answers come only after sty_renderer_ask() has returned */
        return;
    }
    uv_timer_start(&self->timer, on_timer, self->options.build_timeout_ms, 0);
    child_send(self->child, &self->requests->message);
}

/* -- requests ------------------------------------------------------------------------------------------------------ */

/* Make the message for a wish, new. false: no memory. */
static bool message_for(const struct sty_wish *wish, struct sty_message *out) {
    *out = (struct sty_message){
        .type = STY_MESSAGE_RENDER,
        .path = sty_strdup(wish->page),
        .args = sty_strdup(wish->args),
        .globals = sty_strdup(wish->globals),
        .as_python = wish->as_python,
        .method = sty_strdup(wish->asked.method),
        .asked_path = sty_strdup(wish->asked.path),
        .query = sty_strdup(wish->asked.query),
        .content_type = sty_strdup(wish->asked.type),
        .body = sty_strdup(wish->asked.body),
        .as_document = wish->asked.as_document,
    };
    return out->path != NULL && out->args != NULL;
}

/* If the process is at work on a request that nobody waits for, and another one waits, give it only a little more time.
 */
static void hurry(struct sty_renderer *self) {
    struct request *first = self->requests;

    if (self->busy && !self->hurried && self->child != NULL && first->forgotten && first->next != NULL &&
        uv_timer_get_due_in(&self->timer) > STALE_MS) {
        self->hurried = true;
        uv_timer_start(&self->timer, on_timer, STALE_MS, 0);
    }
}

uint64_t sty_renderer_ask(struct sty_renderer *renderer, const struct sty_wish *wish, sty_rendered_fn done,
                          void *data) {
    struct request *request = sty_calloc(1, sizeof(*request));
    struct request **end = &renderer->requests;

    if (request == NULL || !message_for(wish, &request->message)) {
        if (request != NULL) {
            request_destroy(request);
        }
        return 0;
    }
    request->message.id = ++renderer->newest;
    request->done = done;
    request->data = data;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = request;
    begin(renderer);
    hurry(renderer);
    return request->message.id;
}

void sty_renderer_forget(struct sty_renderer *renderer, uint64_t request) {
    for (struct request **at = &renderer->requests; *at != NULL; at = &(*at)->next) {
        struct request *found = *at;
        if (found->message.id != request) {
            continue;
        }
        if (found == renderer->requests && renderer->busy) {
            found->forgotten = true;
            hurry(renderer);
        } else {
            *at = found->next;
            request_destroy(found);
        }
        return;
    }
}

/* Whether the process is at work on a request that may change something. */
static bool is_changing(const struct sty_renderer *self) {
    const char *method = self->busy ? self->requests->message.method : NULL;

    return method != NULL && strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0;
}

void sty_renderer_renew(struct sty_renderer *renderer) {
    if (is_changing(renderer)) {
        renderer->outdated = true;
        return;
    }
    leave(renderer);
    begin(renderer);
}

void sty_renderer_destroy(struct sty_renderer *renderer, void (*closed)(void *data), void *data) {
    leave(renderer);
    renderer->closing = true;
    renderer->closed = closed;
    renderer->closed_data = data;
    while (renderer->requests != NULL) {
        struct request *request = renderer->requests;
        renderer->requests = request->next;
        request_destroy(request);
    }
    close_if_done(renderer);
}

int sty_renderer_create(uv_loop_t *loop, const struct sty_supervisor_options *options, struct sty_renderer **out,
                        struct sty_error *err) {
    struct sty_renderer *self = sty_calloc(1, sizeof(*self));

    if (self == NULL) {
        return sty_error_nomem(err);
    }
    self->loop = loop;
    self->options = *options;
    uv_timer_init(loop, &self->timer);
    self->timer.data = self;
    *out = self;
    return STY_OK;
}
