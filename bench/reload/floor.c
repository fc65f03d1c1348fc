/**
 * The floor of bench/reload: a server that reads one file whenever it is saved, and pushes its text over a WebSocket.
 *
 *     floor FILE
 *
 * Prints its port. As it does nothing else, no server that shows a save over a WebSocket can be much faster. It uses
 * inotify, a single thread, no delay, and writes frames with the code of storytime's server.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "serve/accept_key.h"
#include "serve/frames.h"

#define LARGEST 65536
#define MOST_CLIENTS 16

struct floor_server {
    const char *path, *name;
    int notify;
    int listener;
    int clients[MOST_CLIENTS];
    size_t client_count;
    struct sty_buf frame; /* the text, as it is sent */
};

static void read_text(struct floor_server *floor) {
    static char text[LARGEST];
    int file = open(floor->path, O_RDONLY | O_CLOEXEC);
    ssize_t size = file < 0 ? 0 : read(file, text, LARGEST);

    sty_buf_clear(&floor->frame);
    frame_write(WSLAY_TEXT_FRAME, text, size < 0 ? 0 : (size_t)size, &floor->frame);
    if (file >= 0) {
        close(file);
    }
}

/* Read the events. true: the file was saved. */
static bool take_events(struct floor_server *floor) {
    _Alignas(struct inotify_event) char events[4096];
    ssize_t size = read(floor->notify, events, sizeof(events));
    bool found = false;

    for (ssize_t at = 0; at < size;) {
        const struct inotify_event *event = (const struct inotify_event *)(events + at);
        found = found || (event->len > 0 && strcmp(event->name, floor->name) == 0);
        at += (ssize_t)(sizeof(*event) + event->len);
    }
    return found;
}

static int watch(struct floor_server *floor) {
    const char *slash = strrchr(floor->path, '/');
    char *directory = slash != NULL ? strndup(floor->path, (size_t)(slash - floor->path)) : strdup(".");
    int status = -1;

    floor->name = slash != NULL ? slash + 1 : floor->path;
    floor->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (directory != NULL && floor->notify >= 0) {
        status = inotify_add_watch(floor->notify, directory, IN_CLOSE_WRITE | IN_MOVED_TO);
    }
    free(directory);
    return status;
}

static int listen_on(struct floor_server *floor) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);

    floor->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(floor->listener, (struct sockaddr *)&address, size) != 0 || listen(floor->listener, MOST_CLIENTS) != 0 ||
        getsockname(floor->listener, (struct sockaddr *)&address, &size) != 0) {
        return -1;
    }
    return ntohs(address.sin_port);
}

/* Accept a client of the benchmark, which sends a whole WebSocket handshake at once. */
static void accept_client(struct floor_server *floor) {
    static const char field[] = "Sec-WebSocket-Key: ";
    int client = accept4(floor->listener, NULL, NULL, SOCK_CLOEXEC);
    char request[4096] = "", answer[256], key[ACCEPT_KEY_SIZE];
    ssize_t size = client >= 0 ? read(client, request, sizeof(request) - 1) : 0;
    const char *at = size > 0 ? strcasestr(request, field) : NULL;

    if (at == NULL || floor->client_count == MOST_CLIENTS) {
        close(client);
        return;
    }
    accept_key(at + sizeof(field) - 1, key);
    size = snprintf(answer, sizeof(answer),
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Accept: %s\r\n\r\n",
                    key);
    if (write(client, answer, (size_t)size) == size) {
        floor->clients[floor->client_count++] = client;
    }
}

/* Send the text to all clients, also to those that are gone. */
static void push(const struct floor_server *floor) {
    for (size_t i = 0; i < floor->client_count; i++) {
        send(floor->clients[i], floor->frame.data, floor->frame.size, MSG_NOSIGNAL);
    }
}

int main(int argc, char **argv) {
    struct floor_server floor = {.path = argc > 1 ? argv[1] : ""};
    int port = 0;

    if (watch(&floor) < 0 || (port = listen_on(&floor)) < 0) {
        fprintf(stderr, "usage: floor FILE\n");
        return 2;
    }
    printf("%d\n", port);
    fflush(stdout);
    for (;;) {
        struct pollfd both[] = {{.fd = floor.notify, .events = POLLIN}, {.fd = floor.listener, .events = POLLIN}};
        if (poll(both, 2, -1) < 0) {
            return 1;
        }
        if ((both[0].revents & POLLIN) && take_events(&floor)) {
            read_text(&floor);
            push(&floor);
        }
        if (both[1].revents & POLLIN) {
            accept_client(&floor);
        }
    }
}
