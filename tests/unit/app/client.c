#include "client.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"

void must(int condition, const char *what) {
    if (!condition) {
        fprintf(stderr, "this must hold: %s\n", what);
        abort();
    }
}

static int connect_to(int port) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    must(connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0, "the server takes a connection");
    return fd;
}

static void send_all(int fd, const char *bytes, size_t size) {
    must(send(fd, bytes, size, MSG_NOSIGNAL) == (ssize_t)size, "the server takes a request");
}

void client_get(int port, const char *path, struct sty_buf *body) {
    char *request = sty_asprintf("GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
    int fd = connect_to(port);
    ssize_t got = 0;
    char *end = NULL;

    send_all(fd, request, strlen(request));
    while (sty_buf_reserve(body, 65536) && (got = recv(fd, body->data + body->size, 65535, 0)) > 0) {
        body->size += (size_t)got;
    }
    body->data[body->size] = '\0';
    must(strncmp(body->data, "HTTP/1.1 200 ", 13) == 0, path);
    end = strstr(body->data, "\r\n\r\n") + 4;
    body->size -= (size_t)(end - body->data);
    memmove(body->data, end, body->size + 1);
    close(fd);
    sty_free(request);
}

static void read_all(int fd, void *bytes, size_t size) {
    must(recv(fd, bytes, size, MSG_WAITALL) == (ssize_t)size, "the WebSocket is open");
}

int client_listen(int port, const char *page) {
    static const char handshake[] =
        "GET /ws/reload HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nConnection: Upgrade\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    struct sty_buf hello = {0};
    char last[4] = {0};
    int fd = connect_to(port);

    send_all(fd, handshake, strlen(handshake));
    while (memcmp(last, "\r\n\r\n", 4) != 0) {
        memmove(last, last + 1, 3);
        read_all(fd, last + 3, 1);
    }
    sty_buf_printf(&hello, "{\"type\":\"hello\",\"page\":\"%s\"}", page);
    must(hello.size < 126, "a path is short");
    send_all(fd, (const char[]){(char)0x81, (char)(0x80 | hello.size), 0, 0, 0, 0}, 6);
    send_all(fd, hello.data, hello.size);
    sty_buf_finish(&hello);
    return fd;
}

/* Read the payload of one frame of any type. */
static void read_frame(int fd, struct sty_buf *message) {
    unsigned char head[2], length[8] = {0};
    size_t count = 0, size = 0;

    read_all(fd, head, 2);
    count = head[1] == 127 ? 8 : head[1] == 126 ? 2 : 0;
    size = count == 0 ? head[1] : 0;
    if (count > 0) {
        read_all(fd, length, count);
    }
    for (size_t i = 0; i < count; i++) {
        size = size << 8 | length[i];
    }
    message->size = 0;
    must(size > 0 && sty_buf_reserve(message, size), "a message has a size");
    read_all(fd, message->data, size);
    message->size = size;
    message->data[size] = '\0';
}

void client_wait_for(int fd, const char *text, struct sty_buf *message) {
    do {
        read_frame(fd, message);
    } while (strstr(message->data, text) == NULL);
}
