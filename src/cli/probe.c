#include "cli/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/system.h"

/* An interpreter usually answers within 10 ms, but a busy machine may take much longer. */
#define PROBE_TIMEOUT_MS 10000

/* Must work in any Python, back to 2.7. */
static const char about[] = "import sys\n"
                            "lines = [getattr(sys, 'implementation', None), '%d.%d.%d' % sys.version_info[:3]]\n"
                            "lines[0] = lines[0].name if lines[0] else 'cpython'\n"
                            "if sys.version_info >= (3, 14):\n"
                            "    from importlib.machinery import EXTENSION_SUFFIXES\n"
                            "    lines.append((EXTENSION_SUFFIXES or ['.none'])[0])\n"
                            "sys.stdout.write('\\n'.join(lines) + '\\n')\n";

void probe_finish(struct probe *probe) {
    sty_free(probe->implementation);
    sty_free(probe->version);
    sty_free(probe->suffix);
    *probe = (struct probe){0};
}

/* Read until the other side closes. false: it takes too long. */
static bool read_all(int fd, struct sty_buf *out) {
    int64_t end = sty_clock_us() + (int64_t)PROBE_TIMEOUT_MS * 1000;
    ssize_t size = 1;

    while (size > 0) {
        int left = (int)((end - sty_clock_us()) / 1000);
        struct pollfd one = {.fd = fd, .events = POLLIN};
        if (left <= 0 || (poll(&one, 1, left) == 0)) {
            return false;
        }
        if (!sty_buf_reserve(out, 4096)) {
            return true;
        }
        size = read(fd, out->data + out->size, 4096);
        if (size > 0) {
            out->size += (size_t)size;
            out->data[out->size] = '\0';
        } else if (size < 0 && errno == EINTR) {
            size = 1;
        }
    }
    return true;
}

/* Start the interpreter with both output streams in a pipe. 0, or an errno value. */
static int spawn(const char *program, const char *script, const char *argument, int output, pid_t *out) {
    char *argv[] = {(char *)program, "-I", "-S", "-c", (char *)script, (char *)argument, NULL};
    posix_spawn_file_actions_t actions;
    int status = posix_spawn_file_actions_init(&actions);

    if (status != 0) {
        return status;
    }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    status = posix_spawnp(out, program, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

/* The next line of the output, new, and advance `*at`. NULL: there is none. */
static char *take_line(const char **at) {
    size_t size = strcspn(*at, "\n");
    char *line = size > 0 ? sty_strndup(*at, size) : NULL;

    *at += size + ((*at)[size] == '\n' ? 1 : 0);
    return line;
}

/* Why a run failed, new: the last line of its output, in which Python names the error. */
static char *failure(int status, const struct sty_buf *said) {
    const char *text = sty_buf_text(said);
    size_t size = said->size;
    const char *last = NULL;

    while (size > 0 && text[size - 1] == '\n') {
        size--;
    }
    last = text + size;
    while (last > text && last[-1] != '\n') {
        last--;
    }
    if (WIFSIGNALED(status)) {
        return sty_asprintf("it was ended by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    }
    return sty_asprintf("it does not work: %.*s", (int)(text + size - last), last);
}

char *probe_run(const char *program, const char *script, const char *argument, struct sty_buf *said) {
    char *reason = NULL;
    int pipes[2], status = 0;
    pid_t pid = 0;
    bool ended = false;

    if ((status = uv_pipe(pipes, 0, 0)) != 0) {
        return sty_asprintf("it cannot be run: %s", uv_strerror(status));
    }
    status = spawn(program, script, argument, pipes[1], &pid);
    close(pipes[1]);
    if (status != 0) {
        close(pipes[0]);
        return sty_asprintf("it cannot be run: %s", strerror(status));
    }
    ended = read_all(pipes[0], said);
    close(pipes[0]);
    if (!ended) {
        kill(pid, SIGKILL);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        continue;
    }
    if (!ended) {
        reason = sty_asprintf("it did not answer within %d seconds", PROBE_TIMEOUT_MS / 1000);
    } else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        reason = failure(status, said);
    }
    return reason;
}

char *probe_python(const char *program, struct probe *out) {
    struct sty_buf said = {0};
    char *reason = probe_run(program, about, NULL, &said);
    const char *at = sty_buf_text(&said);

    *out = (struct probe){0};
    if (reason == NULL) {
        out->implementation = take_line(&at);
        out->version = take_line(&at);
        out->suffix = take_line(&at);
        if (out->version == NULL || strspn(out->version, "0123456789.") != strlen(out->version)) {
            probe_finish(out);
            reason = sty_strdup("it is not a Python interpreter");
        }
    }
    sty_buf_finish(&said);
    return reason;
}
