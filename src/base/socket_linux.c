#include <sys/sendfile.h>
#include <sys/socket.h>

#include "base/socket.h"

int sty_socket_open(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int sty_socket_accept(int fd) {
    return accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

ssize_t sty_socket_send(int fd, const void *bytes, size_t size, bool wait) {
    return send(fd, bytes, size, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT));
}

ssize_t sty_socket_send_parts(int fd, struct iovec *parts, size_t count, bool more) {
    const struct msghdr message = {.msg_iov = parts, .msg_iovlen = count};

    return sendmsg(fd, &message, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
}

ssize_t sty_socket_send_file(int fd, int file, off_t *at, size_t size) {
    return sendfile(fd, file, at, size);
}
