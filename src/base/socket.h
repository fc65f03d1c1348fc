/**
 * Sockets, where systems differ: `socket_linux.c`, and `socket_portable.c` for all others. The sockets are non-blocking
 * and close-on-exec. Sending to a closed connection fails with EPIPE and raises no signal. Any thread.
 */
#ifndef STY_BASE_SOCKET_H
#define STY_BASE_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

/** Open a stream socket of an address family (AF_INET, AF_INET6). -1 with errno set: failed. */
int sty_socket_open(int family);

/** Accept the next connection of a listening socket. -1 with errno set: EAGAIN if none waits, else as accept(2). */
int sty_socket_accept(int fd);

/** As send(2). `wait`: on a blocking socket, wait until there is room. -1 with errno set: failed. */
ssize_t sty_socket_send(int fd, const void *bytes, size_t size, bool wait);

/** As writev(2). `more`: other bytes follow at once, so the system need not send a small packet. -1 with errno: failed.
 */
ssize_t sty_socket_send_parts(int fd, struct iovec *parts, size_t count, bool more);

/** Send up to `size` bytes of a file from offset `*at` on, and advance `*at` by what was sent. 0: the end of the file;
 * -1 with errno set: failed. */
ssize_t sty_socket_send_file(int fd, int file, off_t *at, size_t size);

#endif
