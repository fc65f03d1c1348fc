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
#include "base/log.h"
#include "base/path.h"

/* What is kept for a reader that takes nothing, in bytes. */
#define MOST_KEPT ((size_t)64 * 1024)

static struct {
    pthread_mutex_t lock;
    bool never_wait;
    int fd;         /* not to be waited for; where stderr is a socket, stderr itself */
    bool is_socket; /* it has a flag for each message instead */
    struct sty_buf kept;
    size_t dropped; /* lines */
} output = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1};

/* How much is taken now; what can never be written counts as taken. */
static size_t write_some(const char *bytes, size_t size) {
    size_t done = 0;

    while (done < size) {
        ssize_t written = output.is_socket ? send(output.fd, bytes + done, size - done, MSG_DONTWAIT | MSG_NOSIGNAL)
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

/* The lock is held, as in what follows. */
static void write_kept(void) {
    size_t done = write_some(sty_buf_text(&output.kept), output.kept.size);

    if (done > 0) {
        memmove(output.kept.data, output.kept.data + done, output.kept.size - done);
        sty_buf_truncate(&output.kept, output.kept.size - done);
    }
}

/* true: nothing is left. */
static bool flush(void) {
    write_kept();
    if (output.kept.size == 0 && output.dropped > 0) {
        sty_buf_printf(&output.kept,
                       "WARNING:   storytime.log - %zu lines are missing here: nobody took them in time\n",
                       output.dropped);
        output.dropped = 0;
        write_kept();
    }
    return output.kept.size == 0;
}

static void keep(const char *line, size_t size) {
    if (output.dropped > 0 || output.kept.size + size > MOST_KEPT) {
        output.dropped++;
    } else {
        sty_buf_append(&output.kept, line, size);
    }
}

void log_output_write(const char *line, size_t size) {
    pthread_mutex_lock(&output.lock);
    if (!output.never_wait) {
        pthread_mutex_unlock(&output.lock);
        (void)sty_path_write_all(STDERR_FILENO, line, size); /* nobody is left to tell of an error */
        return;
    }
    if (flush()) {
        size_t done = write_some(line, size);
        line += done;
        size -= done;
    }
    if (size > 0) {
        keep(line, size);
    }
    pthread_mutex_unlock(&output.lock);
}

/* The flag that makes a descriptor not wait belongs to all who share it, the shell among them: what is a pipe or a
 * terminal is opened once more. Files are never waited for. */
void sty_log_never_wait(void) {
    struct stat info;
    bool known = fstat(STDERR_FILENO, &info) == 0;

    pthread_mutex_lock(&output.lock);
    if (known && S_ISSOCK(info.st_mode)) {
        output.fd = STDERR_FILENO;
        output.is_socket = output.never_wait = true;
    } else if (known && (S_ISFIFO(info.st_mode) || isatty(STDERR_FILENO))) {
        output.fd = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        output.never_wait = output.fd >= 0;
    }
    pthread_mutex_unlock(&output.lock);
}

void sty_log_flush(int patience_ms) {
    bool empty = false;

    pthread_mutex_lock(&output.lock);
    empty = !output.never_wait || flush();
    if (!empty && patience_ms > 0) {
        struct pollfd ready = {.fd = output.fd, .events = POLLOUT};
        poll(&ready, 1, patience_ms);
        flush();
    }
    pthread_mutex_unlock(&output.lock);
}
