#include "builder/child.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "builder/worker.h"

/* How many bytes are read at once. */
#define READ_SIZE 65536

/* How long a killed process may take to end, and how long to read from one that has ended, in milliseconds. The system
 * can't end a process that is traced or waits for a file system that does not answer, and processes that user code has
 * forked may keep the connection open. */
#define LONGEST_DYING 700

struct child {
    uv_process_t process;
    uv_pipe_t pipe;
    uv_timer_t patience; /* until a process that should end is killed, or a killed one is given up */
    unsigned open_handles;
    bool exited;
    bool hung_up;
    int64_t exit_code;
    int signal;
    struct sty_buf input;
    struct child_callbacks callbacks;
};

struct send {
    uv_write_t request;
    struct sty_buf line;
};

static void on_closed(uv_handle_t *handle) {
    struct child *child = handle->data;

    if (--child->open_handles == 0) {
        sty_buf_finish(&child->input);
        sty_free(child);
    }
}

void child_hang_up(struct child *child) {
    if (!child->hung_up) {
        child->hung_up = true;
        uv_close((uv_handle_t *)&child->pipe, on_closed);
    }
}

static void finish_if_ended(struct child *child);

/* The process does not end: go on without it. */
static void on_given_up(uv_timer_t *timer) {
    struct child *child = timer->data;

    if (!child->exited) {
        log_warning("builder", "Process %d was killed but has not ended; continuing without it", child->process.pid);
        child->exited = true;
        child->signal = SIGKILL;
    }
    child_hang_up(child);
    finish_if_ended(child);
}

void child_kill(struct child *child) {
    if (!child->exited && child->process.pid > 0) {
        kill(-child->process.pid, SIGKILL); /* the whole group, with everything that user code started */
        uv_timer_start(&child->patience, on_given_up, LONGEST_DYING, 0);
    }
}

static void on_patience_over(uv_timer_t *timer) {
    child_kill(timer->data);
}

void child_let_end(struct child *child, unsigned timeout_ms) {
    if (!child->exited) {
        uv_timer_start(&child->patience, on_patience_over, timeout_ms, 0);
    }
}

bool child_was_worn(const struct child *child) {
    return child->exited && child->exit_code == STY_BUILDER_EXIT_WORN;
}

bool child_was_killed(const struct child *child) {
    return child->exited && child->signal == SIGKILL;
}

int child_pid(const struct child *child) {
    return child->process.pid;
}

static void handle_lines(struct child *child) {
    const char *line = NULL;
    size_t begin = 0, size = 0;

    while (!child->hung_up && sty_protocol_next_line(&child->input, &begin, &line, &size)) {
        struct sty_message message;
        struct sty_error err = {0};
        if (sty_message_parse(line, size, &message, &err) == STY_OK) {
            child->callbacks.on_message(child, &message, child->callbacks.data);
            sty_message_finish(&message);
        } else {
            log_error("builder", "%s", sty_error_message(&err));
        }
        sty_error_finish(&err);
    }
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *out) {
    struct child *child = handle->data;

    if (sty_buf_reserve(&child->input, READ_SIZE)) {
        *out = uv_buf_init(child->input.data + child->input.size, READ_SIZE);
    } else {
        *out = uv_buf_init(NULL, 0);
    }
}

/* Report the end only after everything that the process sent has been read: it may include the result of a build. */
static void finish_if_ended(struct child *child) {
    char what[128];

    if (!child->exited || !child->hung_up) {
        return;
    }
    if (child->signal != 0) {
        snprintf(what, sizeof(what), "by signal %d (%s)", child->signal, strsignal(child->signal));
    } else if (child->exit_code == STY_BUILDER_EXIT_CUT_OFF) {
        snprintf(what, sizeof(what), "because its code closed the connection to the server");
    } else {
        snprintf(what, sizeof(what), "with exit code %lld", (long long)child->exit_code);
    }
    child->callbacks.on_exit(child, what, child->callbacks.data);
    uv_close((uv_handle_t *)&child->process, on_closed);
    uv_close((uv_handle_t *)&child->patience, on_closed);
}

static void take_input(struct child *child, size_t size) {
    child->input.size += size;
    child->input.data[child->input.size] = '\0';
    handle_lines(child);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer) {
    struct child *child = stream->data;

    if (size > 0) {
        take_input(child, (size_t)size);
    }
    if (size < 0 || child->input.size > STY_PROTOCOL_LONGEST) {
        child_hang_up(child);
        finish_if_ended(child);
    }
}

void child_hear(struct child *child) {
    uv_os_fd_t fd = -1;
    ssize_t size = 1;

    while (size > 0 && !child->hung_up && child->input.size <= STY_PROTOCOL_LONGEST &&
           uv_fileno((uv_handle_t *)&child->pipe, &fd) == 0 && sty_buf_reserve(&child->input, READ_SIZE)) {
        do {
            size = read(fd, child->input.data + child->input.size, READ_SIZE);
        } while (size < 0 && errno == EINTR);
        if (size > 0) {
            take_input(child, (size_t)size);
        }
    }
}

static void on_process_exit(uv_process_t *process, int64_t exit_code, int signal_number) {
    struct child *child = process->data;

    child->exited = true;
    child->exit_code = exit_code;
    child->signal = signal_number;
    kill(-process->pid, SIGKILL); /* processes that it has left behind */
    uv_timer_start(&child->patience, on_given_up, LONGEST_DYING, 0);
    finish_if_ended(child);
}

static int spawn(uv_loop_t *loop, struct child *child, char **argv, struct sty_error *err) {
    uv_stdio_container_t stdio[4] = {
        {.flags = UV_IGNORE},
        {.flags = UV_INHERIT_FD, .data.fd = STDOUT_FILENO},
        {.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO},
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&child->pipe},
    };
    const uv_process_options_t options = {
        .exit_cb = on_process_exit,
        .file = argv[0],
        .args = argv,
        .flags = UV_PROCESS_DETACHED, /* a session of its own, so that the server alone handles Ctrl-C */
        .stdio_count = 4,
        .stdio = stdio,
    };
    int status = uv_spawn(loop, &child->process, &options);

    if (status != 0) {
        return sty_error_set(err, STY_ERR_IO, "cannot start the builder process with %s: %s", argv[0],
                             uv_strerror(status));
    }
    return STY_OK;
}

int child_start(uv_loop_t *loop, const struct sty_builder_python *python, const struct sty_builder_settings *settings,
                const struct child_callbacks *callbacks, struct child **out, struct sty_error *err) {
    struct child *child = sty_calloc(1, sizeof(*child));
    struct sty_builder_command command = {0};
    int status = STY_OK;

    if (child == NULL || sty_builder_command_make(python, STY_TASK_BUILDER, settings, &command, err) != STY_OK) {
        sty_free(child);
        return sty_error_nomem(err);
    }
    child->callbacks = *callbacks;
    uv_pipe_init(loop, &child->pipe, 0);
    uv_timer_init(loop, &child->patience);
    child->pipe.data = child->process.data = child->patience.data = child;
    child->open_handles = 3;
    status = spawn(loop, child, command.argv, err);
    sty_builder_command_finish(&command);
    if (status != STY_OK) {
        uv_close((uv_handle_t *)&child->patience, on_closed);
        uv_close((uv_handle_t *)&child->process, on_closed); /* uv_spawn() initialises it even if it fails */
        child_hang_up(child);
        return status;
    }
    uv_read_start((uv_stream_t *)&child->pipe, on_allocate, on_read);
    *out = child;
    return STY_OK;
}

static void on_sent(uv_write_t *request, int status) {
    struct send *send = (struct send *)request;

    sty_buf_finish(&send->line);
    sty_free(send);
}

void child_send(struct child *child, const struct sty_message *message) {
    struct send *send = child->hung_up ? NULL : sty_calloc(1, sizeof(*send));
    uv_buf_t buffer;

    if (send == NULL) {
        return;
    }
    sty_message_write(message, &send->line);
    buffer = uv_buf_init(send->line.data, (unsigned)send->line.size);
    if (send->line.failed || uv_write(&send->request, (uv_stream_t *)&child->pipe, &buffer, 1, on_sent) != 0) {
        on_sent(&send->request, 0);
    }
}
