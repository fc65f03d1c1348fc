#include "isolation/frames.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/socket.h"

#define READ_SIZE 65536

struct head {
    uint32_t kind;
    uint32_t unused;
    uint64_t size;
};

bool sty_frames_pair(int ends[2]) {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
        return false;
    }
    for (size_t i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        ends[i] = sty_descriptor_hide(ends[i]);
    }
    return true;
}

static bool send_all(int fd, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t sent = sty_socket_send(fd, bytes, size, true);
        if (sent < 0 && errno != EINTR) {
            return false;
        }
        bytes += sent > 0 ? sent : 0;
        size -= sent > 0 ? (size_t)sent : 0;
    }
    return true;
}

/* Sends both parts in one call, because each call wakes up the other end; then sends what was not taken. */
bool sty_frame_send(int fd, unsigned kind, const struct sty_buf *body) {
    struct head head = {.kind = kind, .size = body != NULL ? body->size : 0};
    struct iovec parts[] = {{.iov_base = &head, .iov_len = sizeof(head)},
                            {.iov_base = body != NULL ? body->data : NULL, .iov_len = (size_t)head.size}};
    ssize_t sent = 0;

    if (body != NULL && body->failed) {
        errno = ENOMEM;
        return false;
    }
    do {
        sent = sty_socket_send_parts(fd, parts, 2, false);
    } while (sent < 0 && errno == EINTR);
    for (size_t i = 0; i < 2 && sent >= 0; i++) {
        size_t done = (size_t)sent < parts[i].iov_len ? (size_t)sent : parts[i].iov_len;
        sent -= (ssize_t)done;
        if (!send_all(fd, (const char *)parts[i].iov_base + done, parts[i].iov_len - done)) {
            return false;
        }
    }
    return sent >= 0;
}

bool sty_frame_pass(int fd, unsigned kind, int passed) {
    struct head head = {.kind = kind};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } control = {0};
    struct iovec part = {.iov_base = &head, .iov_len = sizeof(head)};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
    struct cmsghdr *with = CMSG_FIRSTHDR(&message);
    ssize_t sent = 0;

    with->cmsg_level = SOL_SOCKET;
    with->cmsg_type = SCM_RIGHTS;
    with->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(with), &passed, sizeof(passed));
    do {
        sent = sendmsg(fd, &message, 0); /* all processes that send ignore SIGPIPE */
    } while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)sizeof(head);
}

static void take_descriptor(struct sty_frames *frames, struct msghdr *message) {
    for (struct cmsghdr *with = CMSG_FIRSTHDR(message); with != NULL; with = CMSG_NXTHDR(message, with)) {
        if (with->cmsg_level == SOL_SOCKET && with->cmsg_type == SCM_RIGHTS) {
            int fd = -1;
            memcpy(&fd, CMSG_DATA(with), sizeof(fd));
            fcntl(fd, F_SETFD, FD_CLOEXEC);
            if (frames->passed > 0) {
                close(frames->passed);
            }
            frames->passed = sty_descriptor_hide(fd);
        }
    }
}

bool sty_frames_read(struct sty_frames *frames) {
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } control;
    struct iovec part = {.iov_len = READ_SIZE};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
    ssize_t got = 0;

    if (!sty_buf_reserve(&frames->input, READ_SIZE)) {
        return false;
    }
    part.iov_base = frames->input.data + frames->input.size;
    do {
        got = recvmsg(frames->fd, &message, 0);
    } while (got < 0 && errno == EINTR);
    if (got > 0) {
        frames->input.size += (size_t)got;
        take_descriptor(frames, &message);
    } else if (got == 0) {
        errno = 0;
    }
    return got > 0;
}

bool sty_frames_next_read(struct sty_frames *frames, struct sty_frame *out) {
    size_t left = frames->input.size - frames->begin;
    struct head head;

    if (left >= sizeof(head)) {
        memcpy(&head, frames->input.data + frames->begin, sizeof(head));
        if (head.size <= left - sizeof(head)) {
            *out = (struct sty_frame){.kind = head.kind,
                                      .bytes = frames->input.data + frames->begin + sizeof(head),
                                      .size = (size_t)head.size};
            frames->begin += sizeof(head) + (size_t)head.size;
            return true;
        }
    }
    if (frames->begin > 0) {
        memmove(frames->input.data, frames->input.data + frames->begin, left);
        frames->input.size = left;
        frames->begin = 0;
    }
    return false;
}

bool sty_frames_next(struct sty_frames *frames, struct sty_frame *out) {
    while (!sty_frames_next_read(frames, out)) {
        if (frames->input.size > STY_FRAME_LONGEST || !sty_frames_read(frames)) {
            return false;
        }
    }
    return true;
}

int sty_frames_take_passed(struct sty_frames *frames) {
    int passed = frames->passed > 0 ? frames->passed : -1;

    frames->passed = 0;
    return passed;
}

void sty_frames_finish(struct sty_frames *frames) {
    int passed = sty_frames_take_passed(frames);

    if (passed >= 0) {
        close(passed);
    }
    if (frames->fd >= 0) {
        close(frames->fd);
    }
    sty_buf_finish(&frames->input);
    *frames = (struct sty_frames){.fd = -1};
}
