/**
 * The floor of bench/reload: a server that reads one file when it was saved, and pushes its text over a WebSocket.
 *
 *     floor FILE
 *
 * Prints its port. It does nothing else, so that nothing that shows a save over a WebSocket can be faster by much.
 * Built on the library that storytime's server is built on, with inotify, one thread, no delay.
 */
#include <fcntl.h>
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define LARGEST 65536

struct floor_server {
    const char *path, *name;
    int notify;
    size_t size;
    unsigned char text[LWS_PRE + LARGEST];
};

static void read_text(struct floor_server *floor) {
    int file = open(floor->path, O_RDONLY | O_CLOEXEC);
    ssize_t size = file < 0 ? 0 : read(file, floor->text + LWS_PRE, LARGEST);

    floor->size = size < 0 ? 0 : (size_t)size;
    if (file >= 0) {
        close(file);
    }
}

/* true: the file is among what was saved. */
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

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len) {
    struct floor_server *floor = lws_context_user(lws_get_context(wsi));

    if (reason == LWS_CALLBACK_RAW_RX_FILE && take_events(floor)) {
        read_text(floor);
        lws_callback_on_writable_all_protocol(lws_get_context(wsi), lws_get_protocol(wsi));
    } else if (reason == LWS_CALLBACK_SERVER_WRITEABLE && floor->size > 0) {
        return lws_write(wsi, floor->text + LWS_PRE, floor->size, LWS_WRITE_TEXT) < 0 ? -1 : 0;
    }
    return 0;
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

int main(int argc, char **argv) {
    static const struct lws_protocols protocols[] = {{.name = "floor", .callback = on_event}, LWS_PROTOCOL_LIST_TERM};
    static struct floor_server floor;
    const struct lws_context_creation_info info = {.iface = "lo",
                                                   .protocols = protocols,
                                                   .user = &floor,
                                                   .vhost_name = "floor",
                                                   .gid = (gid_t)-1,
                                                   .uid = (uid_t)-1};
    struct lws_context *context = NULL;
    struct lws_vhost *vhost = NULL;

    if (argc != 2) {
        fprintf(stderr, "usage: floor FILE\n");
        return 2;
    }
    floor.path = argv[1];
    lws_set_log_level(LLL_ERR, NULL);
    if (watch(&floor) < 0 || (context = lws_create_context(&info)) == NULL ||
        (vhost = lws_get_vhost_by_name(context, "floor")) == NULL ||
        lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, (lws_sock_file_fd_type){.filefd = floor.notify},
                                   "floor", NULL) == NULL) {
        fprintf(stderr, "floor: cannot watch %s, or cannot listen\n", argv[1]);
        lws_context_destroy(context);
        return 1;
    }
    printf("%d\n", lws_get_vhost_listen_port(vhost));
    fflush(stdout);
    while (lws_service(context, 0) >= 0) {
    }
    lws_context_destroy(context);
    return 0;
}
