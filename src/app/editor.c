#include "app/editor.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/path.h"

enum place { PLACE_COLON, PLACE_OPTION, PLACE_PLUS }; /* FILE:LINE, --line LINE FILE, +LINE FILE */

/* How editors that have a window take a line. Others, in a terminal, can't be started without one. */
static const struct editor {
    const char *name;
    const char *option; /* before everything else; may be NULL */
    enum place place;
} editors[] = {
    {"code", "-g", PLACE_COLON},   {"code-insiders", "-g", PLACE_COLON}, {"codium", "-g", PLACE_COLON},
    {"cursor", "-g", PLACE_COLON}, {"subl", NULL, PLACE_COLON},          {"zed", NULL, PLACE_COLON},
    {"idea", NULL, PLACE_OPTION},  {"pycharm", NULL, PLACE_OPTION},      {"charm", NULL, PLACE_OPTION},
    {"kate", NULL, PLACE_OPTION},  {"emacsclient", "-n", PLACE_PLUS},    {"gvim", NULL, PLACE_PLUS},
    {"gedit", NULL, PLACE_PLUS},
};

static const struct editor *find_known(const char *program) {
    for (size_t i = 0; i < sizeof(editors) / sizeof(*editors); i++) {
        if (strcmp(sty_path_basename(program), editors[i].name) == 0) {
            return &editors[i];
        }
    }
    return NULL;
}

/* The program to start, and how it takes a line. What was named for us alone is started whatever it is. NULL: none. */
static const char *find_program(const struct editor **out) {
    static const struct editor other = {.place = PLACE_COLON};
    static const char *const variables[] = {"STORYTIME_EDITOR", "VISUAL", "EDITOR"};

    for (size_t i = 0; i < 3; i++) {
        const char *program = getenv(variables[i]);
        *out = program != NULL ? find_known(program) : NULL;
        if (*out != NULL) {
            return program;
        }
        if (program != NULL && program[0] != '\0' && i == 0) {
            *out = &other;
            return program;
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

static int open_at(uv_loop_t *loop, const char *path, int line) {
    const struct editor *editor = NULL;
    const char *program = find_program(&editor);
    char *target = NULL; /* owned */
    char *argv[6] = {(char *)program};
    char plus[32], number[32];
    size_t count = 1;
    int status = 501;

    if (program == NULL) {
        return status;
    }
    snprintf(plus, sizeof(plus), "+%d", line);
    snprintf(number, sizeof(number), "%d", line);
    if (editor->option != NULL) {
        argv[count++] = (char *)editor->option;
    }
    if (editor->place == PLACE_OPTION) {
        argv[count++] = "--line";
        argv[count++] = number;
    } else if (editor->place == PLACE_PLUS) {
        argv[count++] = plus;
    }
    target = editor->place == PLACE_COLON ? sty_asprintf("%s:%d", path, line) : sty_strdup(path);
    argv[count] = target;
    status = target != NULL ? start(loop, argv) : 500;
    sty_free(target);
    return status;
}

int sty_editor_open(uv_loop_t *loop, const char *root, const char *file, int line) {
    char *joined = sty_path_join(root, file);                    /* owned */
    char *path = joined != NULL ? realpath(joined, NULL) : NULL; /* owned; from malloc */
    char *top = realpath(root, NULL);                            /* owned; from malloc */
    int status = 404;

    if (path != NULL && top != NULL && file[0] != '/' && sty_path_is_within(path, top) && strcmp(path, top) != 0) {
        status = open_at(loop, path, line);
    }
    free(top);
    free(path);
    sty_free(joined);
    return status;
}
