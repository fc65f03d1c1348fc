#include "serve/loop.h"

#include <poll.h>
#include <stdbool.h>

#include "base/alloc.h"

/* Time-outs of lws are in whole seconds. */
#define TICK_MS 1000

struct watched {
    uv_poll_t poll;
    int fd;
    int events; /* as poll(2) has them */
    struct loop_binding *binding;
};

struct loop_binding {
    uv_loop_t *loop;
    struct lws_context *context; /* NULL before its start and after its end */
    uv_timer_t timer;
    void (*tick)(void *data);
    void *tick_data;
    unsigned open_handles;
    bool destroyed;
    struct watched **by_fd; /* NULL where a descriptor is not watched */
    size_t capacity;
};

static void release_if_done(struct loop_binding *binding) {
    if (binding->destroyed && binding->open_handles == 0) {
        sty_free(binding->by_fd);
        sty_free(binding);
    }
}

static void on_watched_closed(uv_handle_t *handle) {
    struct watched *watched = handle->data;
    struct loop_binding *binding = watched->binding;

    sty_free(watched);
    binding->open_handles--;
    release_if_done(binding);
}

static void on_timer_closed(uv_handle_t *handle) {
    struct loop_binding *binding = handle->data;

    binding->open_handles--;
    release_if_done(binding);
}

void loop_binding_service(struct loop_binding *binding) {
    while (binding->context != NULL && lws_service_adjust_timeout(binding->context, 1, 0) == 0) {
        lws_service_tsi(binding->context, -1, 0);
    }
}

static void on_poll(uv_poll_t *poll, int status, int events) {
    struct watched *watched = poll->data;
    struct loop_binding *binding = watched->binding;
    struct lws_pollfd ready = {.fd = watched->fd, .events = (short)watched->events};

    if (status < 0) {
        ready.revents = POLLHUP | POLLERR;
    } else {
        ready.revents = (short)((events & UV_READABLE ? POLLIN : 0) | (events & UV_WRITABLE ? POLLOUT : 0));
    }
    if (binding->context != NULL) {
        lws_service_fd(binding->context, &ready);
        loop_binding_service(binding);
    }
}

static void on_tick(uv_timer_t *timer) {
    struct loop_binding *binding = timer->data;

    lws_service_tsi(binding->context, -1, 0);
    loop_binding_service(binding);
    binding->tick(binding->tick_data);
}

static void apply_events(struct watched *watched, int events) {
    int wanted = (events & POLLIN ? UV_READABLE : 0) | (events & POLLOUT ? UV_WRITABLE : 0);

    watched->events = events;
    if (wanted != 0) {
        uv_poll_start(&watched->poll, wanted, on_poll);
    } else {
        uv_poll_stop(&watched->poll);
    }
}

static int watch(struct loop_binding *binding, int fd, int events) {
    size_t needed = (size_t)fd + 1, before = binding->capacity;
    struct watched **grown = NULL;
    struct watched *watched = sty_calloc(1, sizeof(*watched));

    if (watched == NULL) {
        return 1;
    }
    grown = sty_grow(binding->by_fd, &binding->capacity, needed, sizeof(struct watched *));
    if (grown == NULL) {
        sty_free(watched);
        return 1;
    }
    for (size_t i = before; i < binding->capacity; i++) {
        grown[i] = NULL;
    }
    binding->by_fd = grown;
    if (uv_poll_init(binding->loop, &watched->poll, fd) != 0) {
        sty_free(watched);
        return 1;
    }
    watched->fd = fd;
    watched->binding = binding;
    watched->poll.data = watched;
    binding->by_fd[fd] = watched;
    binding->open_handles++;
    apply_events(watched, events);
    return 0;
}

int loop_binding_handle(struct loop_binding *binding, enum lws_callback_reasons reason,
                        const struct lws_pollargs *args) {
    struct watched *watched = args->fd >= 0 && (size_t)args->fd < binding->capacity ? binding->by_fd[args->fd] : NULL;

    if (reason == LWS_CALLBACK_ADD_POLL_FD) {
        return watch(binding, args->fd, args->events);
    }
    if (watched == NULL) {
        return 0;
    }
    if (reason == LWS_CALLBACK_CHANGE_MODE_POLL_FD) {
        apply_events(watched, args->events);
    } else {
        /* The descriptor is closed right after this. */
        binding->by_fd[args->fd] = NULL;
        uv_poll_stop(&watched->poll);
        uv_close((uv_handle_t *)&watched->poll, on_watched_closed);
    }
    return 0;
}

struct loop_binding *loop_binding_create(uv_loop_t *loop, void (*tick)(void *data), void *data) {
    struct loop_binding *binding = sty_calloc(1, sizeof(*binding));

    if (binding != NULL) {
        binding->loop = loop;
        binding->tick = tick;
        binding->tick_data = data;
        uv_timer_init(loop, &binding->timer);
        binding->timer.data = binding;
        binding->open_handles = 1;
    }
    return binding;
}

void loop_binding_start(struct loop_binding *binding, struct lws_context *context) {
    binding->context = context;
    uv_timer_start(&binding->timer, on_tick, TICK_MS, TICK_MS);
}

void loop_binding_destroy(struct loop_binding *binding) {
    if (binding != NULL) {
        binding->context = NULL;
        binding->destroyed = true;
        uv_close((uv_handle_t *)&binding->timer, on_timer_closed);
    }
}
