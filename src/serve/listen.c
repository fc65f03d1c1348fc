#include "serve/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/socket.h"

#define MOST_SOCKETS 4
#define BACKLOG 4096
/* How many connections are accepted in one turn of the loop, so that a flood of them does not block everything else. */
#define ACCEPTS_A_TURN 64

struct listener {
    uv_poll_t polls[MOST_SOCKETS];
    int fds[MOST_SOCKETS];
    unsigned count;
    unsigned open_handles;
    bool paused; /* no descriptor was left; otherwise, the loop would report the ready socket again and again */
    int port;
    listener_accept_fn on_accept;
    void *data;
};

static void pause_accepting(struct listener *listener) {
    listener->paused = true;
    for (unsigned i = 0; i < listener->open_handles; i++) {
        uv_poll_stop(&listener->polls[i]);
    }
}

static void on_readable(uv_poll_t *poll, int status, int events) {
    struct listener *listener = poll->data;
    int fd = listener->fds[poll - listener->polls];

    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        int accepted = sty_socket_accept(fd);
        int on = 1;
        if (accepted < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
                log_debug("serve", "too many open files: a new connection has to wait");
                pause_accepting(listener);
            }
            return;
        }
        setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        listener->on_accept(accepted, listener->data);
    }
}

void listener_resume(struct listener *listener) {
    if (listener->paused) {
        listener->paused = false;
        for (unsigned i = 0; i < listener->open_handles; i++) {
            uv_poll_start(&listener->polls[i], UV_READABLE, on_readable);
        }
    }
}

static int port_of(int fd) {
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof(address);

    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        return 0;
    }
    switch (address.ss_family) {
    case AF_INET6:
        return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    case AF_INET:
        return ntohs(((struct sockaddr_in *)&address)->sin_port);
    default:
        return 0;
    }
}

/* Open a listening socket; -1 with errno set: failed. */
static int open_socket(const struct addrinfo *address, int port) {
    struct sockaddr_storage wanted = {0};
    int fd = sty_socket_open(address->ai_family);
    int on = 1, failure = 0;

    if (fd < 0) {
        return -1;
    }
    memcpy(&wanted, address->ai_addr, address->ai_addrlen);
    if (address->ai_family == AF_INET6) {
        ((struct sockaddr_in6 *)&wanted)->sin6_port = htons((uint16_t)port);
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    } else {
        ((struct sockaddr_in *)&wanted)->sin_port = htons((uint16_t)port);
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on,
               sizeof(on)); /* a server that has just ended may still occupy the port */
    if (bind(fd, (struct sockaddr *)&wanted, address->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
        failure = errno;
        close(fd);
        errno = failure;
        return -1;
    }
    return fd;
}

static int set_listen_error(struct sty_error *err, const char *host, int port, int failure) {
    const char *way_out =
        failure == EADDRINUSE      ? "; another program listens there: choose a port with --port, or --port 0 "
                                     "for any free one"
        : failure == EACCES        ? "; ports below 1024 need privileges: choose another with --port"
        : failure == EADDRNOTAVAIL ? "; this machine does not have that address: choose one with --host"
                                   : "";

    return sty_error_set_code(err, STY_ERR_LISTEN, "STY501", "cannot listen on %s port %d: %s%s", host, port,
                              strerror(failure), way_out);
}

/* Open a socket for each address. If a name has several, it does not matter if this machine lacks one. */
static int open_sockets(struct listener *listener, const char *host, int port, const struct addrinfo *addresses,
                        struct sty_error *err) {
    int failure = EADDRNOTAVAIL;

    listener->port = port;
    for (const struct addrinfo *at = addresses; at != NULL && listener->count < MOST_SOCKETS; at = at->ai_next) {
        int fd = open_socket(at, listener->port);
        if (fd >= 0) {
            listener->fds[listener->count++] = fd;
            listener->port = port_of(fd);
        } else if (errno != EADDRNOTAVAIL && errno != EAFNOSUPPORT) {
            return set_listen_error(err, host, port, errno);
        }
    }
    return listener->count > 0 ? STY_OK : set_listen_error(err, host, port, failure);
}

static void on_closed(uv_handle_t *handle) {
    struct listener *listener = handle->data;

    if (--listener->open_handles == 0) {
        sty_free(listener);
    }
}

void listener_destroy(struct listener *listener) {
    unsigned open = 0;

    if (listener == NULL) {
        return;
    }
    open = listener->open_handles;
    for (unsigned i = 0; i < listener->count; i++) {
        if (i < open) {
            uv_poll_stop(&listener->polls[i]);
            uv_close((uv_handle_t *)&listener->polls[i], on_closed);
        }
        close(listener->fds[i]);
    }
    if (open == 0) {
        sty_free(listener);
    }
}

static int start(struct listener *listener, uv_loop_t *loop, struct sty_error *err) {
    for (unsigned i = 0; i < listener->count; i++) {
        int status = uv_poll_init(loop, &listener->polls[i], listener->fds[i]);
        if (status != 0) {
            return sty_error_set(err, STY_ERR_LISTEN, "cannot watch the listening socket: %s", uv_strerror(status));
        }
        listener->polls[i].data = listener;
        listener->open_handles++;
        uv_poll_start(&listener->polls[i], UV_READABLE, on_readable);
    }
    return STY_OK;
}

int listener_create(uv_loop_t *loop, const char *host, int port, listener_accept_fn on_accept, void *data,
                    struct listener **out, struct sty_error *err) {
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *addresses = NULL;
    struct listener *listener = sty_calloc(1, sizeof(*listener));
    int failure = 0, status = STY_OK;

    if (listener == NULL) {
        return sty_error_nomem(err);
    }
    listener->on_accept = on_accept;
    listener->data = data;
    failure = getaddrinfo(host, NULL, &hints, &addresses);
    if (failure != 0) {
        status = sty_error_set_code(err, STY_ERR_LISTEN, "STY502",
                                    "cannot listen on '%s': %s; give --host an address of this machine", host,
                                    gai_strerror(failure));
    } else {
        status = open_sockets(listener, host, port, addresses, err);
        freeaddrinfo(addresses);
    }
    if (status == STY_OK) {
        status = start(listener, loop, err);
    }
    if (status != STY_OK) {
        listener_destroy(listener);
        return status;
    }
    *out = listener;
    return STY_OK;
}

int listener_adopt(uv_loop_t *loop, int fd, listener_accept_fn on_accept, void *data, struct listener **out,
                   struct sty_error *err) {
    struct listener *listener = sty_calloc(1, sizeof(*listener));
    int listens = 0, status = STY_OK;
    socklen_t size = sizeof(listens);

    if (listener == NULL) {
        close(fd);
        return sty_error_nomem(err);
    }
    listener->on_accept = on_accept;
    listener->data = data;
    listener->fds[listener->count++] = fd;
    listener->port = port_of(fd);
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || !listens) {
        status = sty_error_set_code(err, STY_ERR_LISTEN, "STY503", "descriptor %d is not a listening socket", fd);
    } else {
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        status = start(listener, loop, err);
    }
    if (status != STY_OK) {
        listener_destroy(listener);
        return status;
    }
    *out = listener;
    return STY_OK;
}

int listener_port(const struct listener *listener) {
    return listener->port;
}
