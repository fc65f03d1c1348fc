/**
 * What systems do differently with sockets: `socket_linux.c`, and `socket_portable.c` for all others. Sockets that are
 * made here never wait and are not passed on to other programs; sending on one whose other end is gone is an error
 * (EPIPE), and no signal. Any thread.
 */
#ifndef STY_BASE_SOCKET_H
#define STY_BASE_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

/** A stream socket of an address family (AF_INET, AF_INET6). -1 and errno where there is none. */
int sty_socket_open(int family);

/** The next connection of a listening socket. -1 and errno: EAGAIN where none waits, else what accept(2) says. */
int sty_socket_accept(int fd);

/** As send(2). `wait`: until there is room, should the socket be one that waits. -1 and errno. */
ssize_t sty_socket_send(int fd, const void *bytes, size_t size, bool wait);

/** As writev(2). `more`: other bytes follow at once, so that no small packet has to be sent. -1 and errno. */
ssize_t sty_socket_send_parts(int fd, struct iovec *parts, size_t count, bool more);

/** Send bytes of a file from `*at` on, and move it on by what was sent; 0: the file ends here. -1 and errno. */
ssize_t sty_socket_send_file(int fd, int file, off_t *at, size_t size);

#endif
