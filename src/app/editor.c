#include "app/editor.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/path.h"

/* How editors that have a window take a line. Others, in a terminal, can't be started without one. */
static const struct {
    const char *name;
    const char *option; /* before the file; may be NULL */
    bool colon;         /* "file:line"; otherwise "--line N" or "+N" go before the file */
} editors[] = {
    {"code", "-g", true},       {"code-insiders", "-g", true}, {"codium", "-g", true},
    {"cursor", "-g", true},     {"subl", NULL, true},          {"zed", NULL, true},
    {"atom", NULL, true},       {"idea", "--line", false},     {"pycharm", "--line", false},
    {"charm", "--line", false}, {"emacsclient", "-n", false},  {"gvim", NULL, false},
    {"gedit", NULL, false},     {"kate", "--line", false},
};

static const char *find_editor(size_t *kind) {
    static const char *const variables[] = {"STORYTIME_EDITOR", "VISUAL", "EDITOR"};

    for (size_t v = 0; v < 3; v++) {
        const char *editor = getenv(variables[v]);
        for (size_t i = 0; editor != NULL && i < sizeof(editors) / sizeof(*editors); i++) {
            if (strcmp(sty_path_basename(editor), editors[i].name) == 0) {
                *kind = i;
                return editor;
            }
        }
    }
    return NULL;
}

static void on_closed(uv_handle_t *handle) {
    sty_free(handle);
}

static void on_exit_of_editor(uv_process_t *process, int64_t code, int signal_number) {
    uv_close((uv_handle_t *)process, on_closed);
}

static int start(uv_loop_t *loop, char **argv) {
    uv_process_t *process = sty_calloc(1, sizeof(*process));
    uv_stdio_container_t stdio[3] = {{.flags = UV_IGNORE}, {.flags = UV_IGNORE}, {.flags = UV_IGNORE}};
    const uv_process_options_t options = {.exit_cb = on_exit_of_editor,
                                          .file = argv[0],
                                          .args = argv,
                                          .flags = UV_PROCESS_DETACHED,
                                          .stdio_count = 3,
                                          .stdio = stdio};
    int status = process != NULL ? uv_spawn(loop, process, &options) : UV_ENOMEM;

    if (status != 0) {
        log_warning("app", "The editor '%s' cannot be started: %s", argv[0], uv_strerror(status));
        if (process != NULL) {
            uv_close((uv_handle_t *)process, on_closed);
        }
        return 501;
    }
    uv_unref((uv_handle_t *)process);
    return 204;
}

int sty_editor_open(uv_loop_t *loop, const char *root, const char *file, int line) {
    char *joined = sty_path_join(root, file);                    /* owned */
    char *path = joined != NULL ? realpath(joined, NULL) : NULL; /* owned; from malloc */
    char *top = realpath(root, NULL);                            /* owned; from malloc */
    size_t kind = 0;
    const char *editor = find_editor(&kind);
    int status = 404;

    if (path != NULL && top != NULL && file[0] != '/' && sty_path_is_within(path, top) && strcmp(path, top) != 0) {
        char place[32];
        char *target = NULL; /* owned */
        char *argv[5] = {(char *)editor};
        size_t count = 1;
        snprintf(place, sizeof(place), "%s%d",
                 kind < sizeof(editors) / sizeof(*editors) && editors[kind].option != NULL &&
                         strcmp(editors[kind].option, "--line") == 0
                     ? ""
                     : "+",
                 line);
        target = editors[kind].colon ? sty_asprintf("%s:%d", path, line) : sty_strdup(path);
        if (editor != NULL && editors[kind].option != NULL) {
            argv[count++] = (char *)editors[kind].option;
        }
        if (editor != NULL && !editors[kind].colon) {
            argv[count++] = place;
        }
        argv[count] = target;
        status = editor == NULL || target == NULL ? 501 : start(loop, argv);
        sty_free(target);
    }
    sty_free(top);
    sty_free(path);
    sty_free(joined);
    return status;
}
