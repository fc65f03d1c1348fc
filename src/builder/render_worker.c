#include "builder/render_worker.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/descriptor.h"
#include "base/log.h"
#include "base/system.h"
#include "builder/protocol.h"
#include "builder/worker.h"
#include "builder/worker_state.h"
#include "isolation/runtime.h"
#include "site/package.h"
#include "site/session.h"

#define READ_SIZE 65536

struct renderer {
    int socket;
    struct sty_session_options options;
    struct sty_session *session; /* NULL until the first request */
};

static void send_message(const struct renderer *self, const struct sty_message *message) {
    if (sty_message_send(self->socket, message) != 0) {
        worker_end_process(STY_BUILDER_EXIT_CUT_OFF);
    }
}

static void render(struct renderer *self, const struct sty_message *request) {
    struct sty_message answer = {.type = STY_MESSAGE_RENDERED, .id = request->id};
    struct sty_error err = {0};
    struct sty_buf html = {0};
    int status = STY_OK;

    sty_runtime_attach();
    if (self->session == NULL) {
        status = sty_session_create(&self->options, &self->session, &err);
    }
    if (status == STY_OK) {
        const struct sty_wish wish = {.page = request->path,
                                      .args = request->args,
                                      .globals = request->globals != NULL ? request->globals : "",
                                      .as_python = request->as_python,
                                      .asked = {.method = request->method,
                                                .path = request->asked_path,
                                                .query = request->query,
                                                .type = request->content_type,
                                                .body = request->body,
                                                .as_document = request->as_document}};
        status = sty_session_render(self->session, &wish, &answer.status, &html, &err);
    }
    sty_runtime_detach();
    if (status == STY_OK) {
        answer.html = (char *)sty_buf_text(&html); /* borrowed */
        send_message(self, &answer);
    } else {
        send_message(self, &(struct sty_message){.type = STY_MESSAGE_FAILED, .id = request->id, .error = err});
    }
    sty_buf_finish(&html);
    sty_error_finish(&err);
}

/* Handle a message. false: it is time to end. */
static bool handle_line(struct renderer *self, const char *line, size_t size) {
    struct sty_message message;
    struct sty_error err = {0};
    bool go_on = true;

    if (sty_message_parse(line, size, &message, &err) != STY_OK) {
        log_error("builder", "%s", sty_error_message(&err));
        sty_error_finish(&err);
        return true;
    }
    if (message.type == STY_MESSAGE_RENDER && message.path != NULL && message.args != NULL) {
        render(self, &message);
    }
    go_on = message.type != STY_MESSAGE_END;
    sty_message_finish(&message);
    return go_on;
}

static void serve(struct renderer *self) {
    struct sty_buf input = {0};
    bool go_on = true;

    while (go_on && sty_buf_reserve(&input, READ_SIZE)) {
        const char *line = NULL;
        size_t begin = 0, size = 0;
        ssize_t got = recv(self->socket, input.data + input.size, READ_SIZE, 0);
        if (got <= 0 && !(got < 0 && errno == EINTR)) {
            break;
        }
        input.size += got > 0 ? (size_t)got : 0;
        input.data[input.size] = '\0';
        while (go_on && sty_protocol_next_line(&input, &begin, &line, &size)) {
            go_on = handle_line(self, line, size);
        }
    }
    sty_buf_finish(&input);
}

int sty_render_worker_main(const struct sty_builder_settings *settings, const char *own_dir) {
    struct renderer self = {.options = {.package = settings->package,
                                        .output_dir = settings->output_dir,
                                        .static_dirs = settings->static_dirs}};
    struct sty_package package = {0};
    struct sty_error err = {0};
    int status = sty_package_resolve(settings->package, &package, &err);

    signal(SIGTERM, worker_end_with_server);
    sty_system_signal_when_orphaned(SIGTERM);
    signal(SIGPIPE, SIG_IGN);
    sty_log_never_wait();
    sty_log_apply((enum sty_log_level)settings->log_level);
    self.socket = sty_descriptor_hide(STY_BUILDER_SOCKET);
    if (status >= 0) {
        const struct sty_runtime_options runtime = {.import_dir = package.import_dir, .own_dir = own_dir};
        status = sty_runtime_enter(&runtime, &err);
    }
    sty_runtime_detach();
    if (status < 0) {
        send_message(&self, &(struct sty_message){.type = STY_MESSAGE_FAILED, .error = err});
    } else {
        serve(&self);
    }
    worker_end_with_server(0);
}
