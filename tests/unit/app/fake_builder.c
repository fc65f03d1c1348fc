#include "fake_builder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"
#include "builder/protocol.h"
#include "builder/settings.h"
#include "builder/worker.h"

static void say_bytes(const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t written = write(STY_BUILDER_SOCKET, bytes, size);
        if (written <= 0) {
            _exit(0); /* the server has gone */
        }
        bytes += written;
        size -= (size_t)written;
    }
}

static void say(const struct sty_message *message) {
    struct sty_buf line = {0};

    sty_message_write(message, &line);
    say_bytes(line.data, line.size);
    sty_buf_finish(&line);
}

void put_file(const char *directory, const char *name, const char *bytes, size_t size) {
    char *path = sty_path_join(directory, name);
    char *fresh = sty_asprintf("%s/.%s.new", directory, name);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size || close(fd) != 0 || rename(fresh, path) != 0) {
        perror(path);
        abort();
    }
    sty_free(fresh);
    sty_free(path);
}

static void publish(const char *out, const char *text) {
    char *page = sty_asprintf("<!doctype html><html><head></head><body>%s</body></html>", text);
    char *large = sty_malloc(FAKE_LARGE_FILE);

    memset(large, text[strlen(text) - 1], FAKE_LARGE_FILE);
    put_file(out, "large.bin", large, FAKE_LARGE_FILE);
    put_file(out, "index.html", page, strlen(page));
    sty_free(large);
    sty_free(page);
}

static void publish_and_say(uint64_t id, const char *out, const char *text, bool in_two_parts) {
    struct sty_message done = {.type = STY_MESSAGE_DONE, .id = id, .summary = (char *)"published"};

    sty_strlist_add(&done.written, "index.html");
    publish(out, text);
    if (in_two_parts) {
        struct sty_message focus = {.type = STY_MESSAGE_FOCUS, .id = id, .written = done.written};
        say(&focus);
    }
    say(&(struct sty_message){.type = STY_MESSAGE_PUBLISHING, .id = id});
    sty_strlist_add(&done.written, "large.bin");
    say(&done);
    sty_strlist_finish(&done.written);
}

/* Show a page ahead, and begin again. */
static void change_my_mind(uint64_t id, const char *out) {
    struct sty_message focus = {.type = STY_MESSAGE_FOCUS, .id = id};

    publish(out, "Premature");
    sty_strlist_add(&focus.written, "index.html");
    say(&focus);
    say(&(struct sty_message){.type = STY_MESSAGE_STARTED, .id = id});
    sty_strlist_finish(&focus.written);
}

/* Publish, but do not end before the server has said that a newer build is wanted. */
static void end_late(uint64_t id, const char *out, const char *text) {
    char cancel[256];

    publish(out, text);
    say(&(struct sty_message){.type = STY_MESSAGE_PUBLISHING, .id = id});
    if (read(STY_BUILDER_SOCKET, cancel, sizeof(cancel)) <= 0) {
        _exit(0);
    }
    publish_and_say(id, out, text, false);
}

static void say_refused(uint64_t id) {
    struct sty_message done = {.type = STY_MESSAGE_DONE, .id = id, .refused = true};

    sty_strlist_add(&done.faults, "an extension refuses");
    say(&done);
    sty_strlist_finish(&done.faults);
}

static void say_failed(uint64_t id) {
    struct sty_message failed = {.type = STY_MESSAGE_FAILED, .id = id};

    sty_error_set(&failed.error, STY_ERR_SITE, "fails as it was told");
    say(&failed);
    sty_error_finish(&failed.error);
}

static void build(const struct sty_builder_settings *settings, uint64_t id) {
    static const char noise[] = "noise\n{\n[]\n{\"type\":\"done\"}\n{\"type\":\"done\",\"id\":-1}\n\xff\n\n";
    char *path = sty_path_join(settings->package, "stories.py");
    struct sty_buf script = {0};
    const char *text = NULL, *blank = NULL;

    sty_path_read_file(path, &script, NULL);
    text = sty_buf_text(&script);
    blank = strchr(text, ' ');
    say(&(struct sty_message){.type = STY_MESSAGE_STARTED, .id = id});
    if (strcmp(text, "hang") == 0) {
        for (;;) {
            pause();
        }
    } else if (strcmp(text, "die") == 0) {
        _exit(7);
    } else if (strcmp(text, "fail") == 0) {
        say_failed(id);
    } else if (strncmp(text, "refuse ", 7) == 0 && strcmp(settings->mode, "process") != 0) {
        say_refused(id);
    } else if (strncmp(text, "late ", 5) == 0) {
        end_late(id, settings->output_dir, blank + 1);
    } else {
        if (strncmp(text, "noise ", 6) == 0) {
            say_bytes(noise, sizeof(noise) - 1);
        } else if (strncmp(text, "again ", 6) == 0) {
            change_my_mind(id, settings->output_dir);
        }
        publish_and_say(id, settings->output_dir, blank != NULL ? blank + 1 : text, strncmp(text, "focus ", 6) == 0);
    }
    sty_buf_finish(&script);
    sty_free(path);
}

/* Obey a message of the server. false: the builder must end. */
static bool obey(const struct sty_builder_settings *settings, const char *line, size_t size) {
    struct sty_message message;
    struct sty_error err = {0};
    bool go_on = true;

    if (sty_message_parse(line, size, &message, &err) != STY_OK) {
        fprintf(stderr, "the server said: %s\n", sty_error_message(&err));
        abort();
    }
    if (message.type == STY_MESSAGE_BUILD) {
        build(settings, message.id);
    } else if (message.type == STY_MESSAGE_END) {
        go_on = false;
    }
    sty_message_finish(&message);
    return go_on;
}

int fake_builder_main(const char *text) {
    struct sty_builder_settings settings = {0};
    struct sty_buf input = {0};
    const char *line = NULL;
    size_t begin = 0, size = 0;
    ssize_t got = 0;
    bool go_on = true;

    if (sty_builder_settings_read(text, strlen(text), &settings, NULL) != STY_OK) {
        return 2;
    }
    say(&(struct sty_message){.type = STY_MESSAGE_READY, .package_dir = (char *)settings.package});
    while (go_on && sty_buf_reserve(&input, 4096) &&
           (got = read(STY_BUILDER_SOCKET, input.data + input.size, 4096)) > 0) {
        input.size += (size_t)got;
        while (go_on && sty_protocol_next_line(&input, &begin, &line, &size)) {
            go_on = obey(&settings, line, size);
        }
    }
    sty_buf_finish(&input);
    sty_builder_settings_finish(&settings);
    return 0;
}
