#include "base/log_output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/descriptor.h"
#include "base/log.h"
#include "base/path.h"
#include "base/socket.h"
#include "base/thread.h"

/* How many bytes are kept for a reader that takes nothing. */
#define MOST_KEPT ((size_t)64 * 1024)

static struct {
    pthread_mutex_t lock;
    bool never_wait;
    int fd;         /* a non-blocking copy of stderr; if that is a socket, stderr itself */
    bool is_socket; /* then each send has a flag that makes it non-blocking */
    struct sty_buf kept;
    size_t dropped; /* lines */
    bool draining;  /* a thread is writing what is kept as the reader takes it */
} output = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1};

/* Write what is taken without waiting; returns how many bytes that was. If writing fails for good, all count. */
static size_t write_some(const char *bytes, size_t size) {
    size_t done = 0;

    while (done < size) {
        ssize_t written = output.is_socket ? sty_socket_send(output.fd, bytes + done, size - done, false)
                                           : write(output.fd, bytes + done, size - done);
        if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            break;
        }
        if (written < 0 && errno != EINTR) {
            return size;
        }
        done += written > 0 ? (size_t)written : 0;
    }
    return done;
}

/* Line by line, because a pipe takes a short write whole or not at all, and other processes write to it in between. The
 * caller holds the lock, here and in the functions below. */
static void write_kept(void) {
    size_t begin = 0, size = 0, done = 0;

    while (begin < output.kept.size && done == size) {
        const char *line = output.kept.data + begin;
        const char *newline = memchr(line, '\n', output.kept.size - begin);
        size = newline != NULL ? (size_t)(newline + 1 - line) : output.kept.size - begin;
        done = write_some(line, size);
        begin += done;
    }
    if (begin > 0) {
        memmove(output.kept.data, output.kept.data + begin, output.kept.size - begin);
        sty_buf_truncate(&output.kept, output.kept.size - begin);
    }
}

/* Write what is kept. true: nothing is left. */
static bool flush(void) {
    write_kept();
    if (output.kept.size == 0 && output.dropped > 0) {
        sty_buf_printf(&output.kept,
                       "WARNING:   storytime.log - %zu lines were dropped here: the log was not read in time\n",
                       output.dropped);
        output.dropped = 0;
        write_kept();
    }
    return output.kept.size == 0;
}

/* Release the lock until the reader takes more, or the time is over (-1: no limit). */
static void wait_for_reader(int patience_ms) {
    struct pollfd ready = {.fd = output.fd, .events = POLLOUT};

    pthread_mutex_unlock(&output.lock);
    poll(&ready, 1, patience_ms);
    pthread_mutex_lock(&output.lock);
}

static void *drain(void *data) {
    pthread_mutex_lock(&output.lock);
    while (!flush()) {
        wait_for_reader(-1);
    }
    output.draining = false;
    pthread_mutex_unlock(&output.lock);
    return NULL;
}

static void keep(const char *line, size_t size, bool whatever_it_takes) {
    pthread_t thread;

    if (!whatever_it_takes && (output.dropped > 0 || output.kept.size + size > MOST_KEPT)) {
        output.dropped++;
    } else {
        sty_buf_append(&output.kept, line, size);
    }
    if (!output.draining && sty_thread_start(&thread, 0, drain, NULL) == 0) {
        pthread_detach(thread);
        output.draining = true;
    }
}

void log_output_write(const char *line, size_t size, bool patient) {
    bool empty = false;
    pthread_mutex_lock(&output.lock);
    if (!output.never_wait) {
        pthread_mutex_unlock(&output.lock);
        (void)sty_path_write_all(STDERR_FILENO, line, size); /* nobody is left to tell of an error */
        return;
    }
    while (!(empty = flush()) && patient) {
        wait_for_reader(-1);
    }
    if (empty) {
        size_t done = write_some(line, size);
        line += done;
        size -= done;
    }
    if (size > 0) {
        keep(line, size, empty); /* never drop the rest of a line whose beginning was written */
    }
    pthread_mutex_unlock(&output.lock);
}

/* O_NONBLOCK would affect every process that shares this open file, such as the shell. So a pipe or terminal is opened
 * once more. Regular files never block. */
void sty_log_never_wait(void) {
    struct stat info;
    bool known = fstat(STDERR_FILENO, &info) == 0;

    pthread_mutex_lock(&output.lock);
    if (output.fd > STDERR_FILENO) {
        close(output.fd);
    }
    output.fd = -1;
    output.is_socket = output.never_wait = false;
    if (known && S_ISSOCK(info.st_mode)) {
        output.fd = STDERR_FILENO;
        output.is_socket = output.never_wait = true;
    } else if (known && (S_ISFIFO(info.st_mode) || isatty(STDERR_FILENO))) {
        output.fd = sty_descriptor_hide(open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
        output.never_wait = output.fd >= 0;
    }
    pthread_mutex_unlock(&output.lock);
}

void sty_log_flush(int patience_ms) {
    bool empty = false;

    pthread_mutex_lock(&output.lock);
    empty = !output.never_wait || flush();
    if (!empty && patience_ms > 0) {
        wait_for_reader(patience_ms);
        flush();
    }
    pthread_mutex_unlock(&output.lock);
}

unsigned sty_log_begin_fork(void) {
    pthread_mutex_lock(&output.lock);
    return output.draining ? 1 : 0;
}

void sty_log_end_fork(bool is_new) {
    if (is_new) {
        sty_buf_clear(&output.kept);
        output.dropped = 0;
        output.draining = false;
    }
    pthread_mutex_unlock(&output.lock);
}
