#include "app/editor.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/path.h"
#include "base/strlist.h"

enum place { PLACE_COLON, PLACE_OPTION, PLACE_PLUS }; /* FILE:LINE, --line LINE FILE, +LINE FILE */

/* Editors with a window of their own, and how they take a line. Others need a terminal. */
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

static bool split(const char *text, struct sty_strlist *words) {
    size_t length = 0;

    for (text += strspn(text, " \t"); *text != '\0'; text += length + strspn(text + length, " \t")) {
        length = strcspn(text, " \t");
        if (!sty_strlist_take(words, sty_strndup(text, length))) {
            return false;
        }
    }
    return words->count > 0;
}

/* Find the editor: its program and options as words, and how it takes a line. $STORYTIME_EDITOR is started even if it
 * is unknown. NULL: there is none. */
static const struct editor *find_command(struct sty_strlist *words) {
    static const struct editor other = {.place = PLACE_COLON};
    static const char *const variables[] = {"STORYTIME_EDITOR", "VISUAL", "EDITOR"};

    for (size_t i = 0; i < 3; i++) {
        const char *command = getenv(variables[i]);
        const struct editor *known = NULL;
        sty_strlist_clear(words);
        if (command == NULL || !split(command, words)) {
            continue;
        }
        known = find_known(words->items[0]);
        if (known != NULL || i == 0) {
            return known != NULL ? known : &other;
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
        log_warning("app", "Cannot start the editor '%s': %s", argv[0], uv_strerror(status));
        if (process != NULL) {
            uv_close((uv_handle_t *)process, on_closed);
        }
        return 501;
    }
    uv_unref((uv_handle_t *)process);
    return 204;
}

/* Append the arguments for a file and a line. The path is absolute, so it is never taken for an option. */
static bool add_place(const struct editor *editor, const char *path, int line, struct sty_strlist *words) {
    bool added = editor->option == NULL || sty_strlist_add(words, editor->option);

    switch (editor->place) {
    case PLACE_COLON:
        return added && sty_strlist_take(words, sty_asprintf("%s:%d", path, line));
    case PLACE_OPTION:
        return added && sty_strlist_add(words, "--line") && sty_strlist_take(words, sty_asprintf("%d", line)) &&
               sty_strlist_add(words, path);
    case PLACE_PLUS:
        return added && sty_strlist_take(words, sty_asprintf("+%d", line)) && sty_strlist_add(words, path);
    }
    return false;
}

static int open_at(uv_loop_t *loop, const char *path, int line) {
    struct sty_strlist words = {0};
    const struct editor *editor = find_command(&words);
    char **argv = NULL; /* owned; its texts are those of `words` */
    int status = 501;

    if (editor != NULL) {
        status = 500;
        if (add_place(editor, path, line, &words) && (argv = sty_calloc(words.count + 1, sizeof(*argv))) != NULL) {
            memcpy(argv, words.items, words.count * sizeof(*argv));
            status = start(loop, argv);
        }
    }
    sty_free(argv);
    sty_strlist_finish(&words);
    return status;
}

static bool is_file(const char *path) {
    struct stat info;

    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

int sty_editor_open(uv_loop_t *loop, const char *root, const char *file, int line) {
    char *joined = sty_path_join(root, file);                    /* owned */
    char *path = joined != NULL ? realpath(joined, NULL) : NULL; /* owned; from malloc */
    char *top = realpath(root, NULL);                            /* owned; from malloc */
    int status = 404;

    if (path != NULL && top != NULL && file[0] != '/' && sty_path_is_within(path, top) && is_file(path)) {
        status = open_at(loop, path, line);
    }
    free(top);
    free(path);
    sty_free(joined);
    return status;
}
