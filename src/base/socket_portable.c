#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/socket.h"

/* How many bytes of a file are read at once, into a buffer on the stack. */
#define FILE_PART 65536

/* Systems without this flag have a socket option instead (SO_NOSIGPIPE). */
#ifdef MSG_NOSIGNAL
#define NO_SIGNAL MSG_NOSIGNAL
#else
#define NO_SIGNAL 0
#endif

static int prepare(int fd) {
    if (fd >= 0) {
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
#ifdef SO_NOSIGPIPE
        setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int));
#endif
    }
    return fd;
}

int sty_socket_open(int family) {
    return prepare(socket(family, SOCK_STREAM, 0));
}

int sty_socket_accept(int fd) {
    return prepare(accept(fd, NULL, NULL));
}

ssize_t sty_socket_send(int fd, const void *bytes, size_t size, bool wait) {
    return send(fd, bytes, size, NO_SIGNAL | (wait ? 0 : MSG_DONTWAIT));
}

ssize_t sty_socket_send_parts(int fd, struct iovec *parts, size_t count, bool more) {
    struct msghdr message = {.msg_iov = parts};

    message.msg_iovlen = (__typeof__(message.msg_iovlen))count; /* its type differs between systems */
    return sendmsg(fd, &message, NO_SIGNAL);
}

ssize_t sty_socket_send_file(int fd, int file, off_t *at, size_t size) {
    char part[FILE_PART];
    ssize_t got = pread(file, part, size < sizeof(part) ? size : sizeof(part), *at);
    ssize_t sent = got > 0 ? send(fd, part, (size_t)got, NO_SIGNAL) : got;

    *at += sent > 0 ? sent : 0;
    return sent;
}
