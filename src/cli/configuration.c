#include "cli/configuration.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <yyjson.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/nearest.h"
#include "base/path.h"
#include "cli/probe.h"

#define FILE_NAME "pyproject.toml"
#define TABLE "tool.storytime"
#define MOST_KEYS 40

/* The script below prints the table, or a line with this prefix that says what is wrong. */
#define FAULT "fault: "
static const char script[] = "import json, sys, tomllib\n"
                             "try:\n"
                             "    with open(sys.argv[1], 'rb') as file:\n"
                             "        table = tomllib.load(file).get('tool', {}).get('storytime', {})\n"
                             "    print(json.dumps(table, default=str))\n"
                             "except (OSError, ValueError) as error:\n"
                             "    print('" FAULT "' + ' '.join(str(error).split()))\n";

/* Whether a directory's file seems to have our table. Otherwise, no interpreter is started to parse it. */
static bool has_table(const char *directory) {
    char *path = sty_path_join(directory, FILE_NAME); /* owned */
    struct sty_buf text = {0};
    bool found = path != NULL && sty_path_read_file(path, &text, NULL) == STY_OK &&
                 (strstr(sty_buf_text(&text), TABLE) != NULL ||
                  (strstr(sty_buf_text(&text), "[tool]") != NULL && strstr(sty_buf_text(&text), "storytime") != NULL));

    sty_buf_finish(&text);
    sty_free(path);
    return found;
}

bool configuration_find(const char *directory, struct configuration *out) {
    *out = (struct configuration){.directory = sty_path_nearest(directory, has_table)};
    out->file = out->directory != NULL ? sty_path_join(out->directory, FILE_NAME) : NULL;
    return out->file != NULL;
}

int configuration_read(struct configuration *configuration, const char *python, struct sty_error *err) {
    struct sty_buf said = {0};
    char *reason = probe_run(python, script, configuration->file, &said); /* owned */
    const char *text = sty_buf_text(&said);
    int status = STY_OK;

    if (reason != NULL) {
        status = sty_error_set_code(err, STY_ERR_USAGE, "STY106", "'%s' cannot read '%s': %s", python,
                                    configuration->file, reason);
    } else if (strncmp(text, FAULT, sizeof(FAULT) - 1) == 0) {
        status = sty_error_set_code(err, STY_ERR_USAGE, "STY106", "'%s' is not valid TOML: %.*s", configuration->file,
                                    (int)strcspn(text + sizeof(FAULT) - 1, "\n"), text + sizeof(FAULT) - 1);
    } else {
        sty_free(configuration->json);
        configuration->json = sty_strndup(text, strcspn(text, "\n"));
        status = configuration->json != NULL ? STY_OK : sty_error_nomem(err);
    }
    sty_free(reason);
    sty_buf_finish(&said);
    return status;
}

/* -- keys ---------------------------------------------------------------------------------------------------------- */

/* The key of an option in the table: "port"; "with-assertions" for --no-with-assertions; "allowed-hosts" for an option
 * that may be repeated. */
static void key_of(const struct option_spec *option, char *out, size_t size, bool *inverse) {
    *inverse = option->kind == OPTION_FLAG && strncmp(option->name, "--no-", 5) == 0;
    snprintf(out, size, "%s%s", option->name + (*inverse ? 5 : 2), option->kind == OPTION_TEXTS ? "s" : "");
}

static const struct option_spec *find_option(const struct command *command, const char *key, bool *inverse) {
    for (const struct option_spec *option = command->options; option->name != NULL; option++) {
        char name[64];
        key_of(option, name, sizeof(name), inverse);
        if (strcmp(name, key) == 0) {
            return option;
        }
    }
    return NULL;
}

static bool is_known(const char *key) {
    bool inverse = false;

    return strcmp(key, "package") == 0 || strcmp(key, "output") == 0 ||
           find_option(&serve_command, key, &inverse) != NULL || find_option(&build_command, key, &inverse) != NULL;
}

static void warn_unknown(const struct configuration *configuration, const char *key) {
    char names[MOST_KEYS][64];
    const char *list[MOST_KEYS] = {"package", "output"};
    const struct command *const commands[] = {&serve_command, &build_command};
    const char *nearest = NULL;
    size_t count = 2;

    for (size_t i = 0; i < 2; i++) {
        for (const struct option_spec *option = commands[i]->options; option->name != NULL && count < MOST_KEYS;
             option++) {
            bool inverse = false;
            key_of(option, names[count], sizeof(names[count]), &inverse);
            list[count] = names[count];
            count++;
        }
    }
    nearest = sty_nearest(key, list, count);
    log_warning("configuration", "%s: [" TABLE "] has an unknown key '%s'%s%s%s", configuration->file, key,
                nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
}

static void warn_type(const struct configuration *configuration, const char *key, const char *wanted) {
    log_warning("configuration", "%s: '%s' in [" TABLE "] must be %s; it is ignored", configuration->file, key, wanted);
}

/* A path of the table as an absolute path, new. */
static char *absolute_path(const struct configuration *configuration, const char *path) {
    char *joined = sty_path_join(configuration->directory, path); /* owned */
    char *absolute = joined != NULL ? sty_path_absolute(joined) : NULL;

    sty_free(joined);
    return absolute;
}

/* Keep a text in the configuration, for options that borrow it. NULL: no memory. */
static const char *keep(struct configuration *configuration, char *text) {
    return text != NULL && sty_strlist_take(&configuration->texts, text) ? text : NULL;
}

static int set_text(struct configuration *configuration, const struct command *command,
                    const struct option_spec *option, yyjson_val *value, struct options *options) {
    const char *text = yyjson_get_str(value);
    bool path = strcmp(option->name, "--python") == 0 &&
                (strchr(text, '/') != NULL || sty_path_holds(configuration->directory, text));
    const char *kept = keep(configuration, path ? absolute_path(configuration, text) : sty_strdup(text));

    return kept != NULL ? options_set(command, option, kept, options) : 1;
}

/* "FROM:TO" with an absolute FROM, from a table or a text; new. NULL: it is neither, or there is no memory. */
static char *static_dir(const struct configuration *configuration, yyjson_val *item) {
    const char *from = yyjson_is_obj(item) ? yyjson_get_str(yyjson_obj_get(item, "from")) : yyjson_get_str(item);
    const char *to = yyjson_is_obj(item) ? yyjson_get_str(yyjson_obj_get(item, "to")) : NULL;
    char *absolute = from != NULL ? absolute_path(configuration, from) : NULL; /* owned */
    char *text =
        absolute != NULL ? sty_asprintf("%s%s%s", absolute, to != NULL ? ":" : "", to != NULL ? to : "") : NULL;

    sty_free(absolute);
    return text;
}

static int set_texts(struct configuration *configuration, const struct command *command,
                     const struct option_spec *option, yyjson_val *value, struct options *options) {
    yyjson_val *item = NULL;
    yyjson_arr_iter iterator = yyjson_arr_iter_with(value);
    bool is_static_dir = strcmp(option->name, "--static-dir") == 0;

    while ((item = yyjson_arr_iter_next(&iterator)) != NULL) {
        char *directory = is_static_dir ? static_dir(configuration, item) : NULL; /* owned */
        const char *text = is_static_dir ? directory : yyjson_get_str(item);
        bool taken = text != NULL && options_set(command, option, text, options) == 0;
        sty_free(directory);
        if (!taken) {
            return 1;
        }
    }
    return 0;
}

/* Set a number by the code for the command line, which checks its limits. */
static int set_number(const struct command *command, const struct option_spec *option, yyjson_val *value,
                      struct options *options) {
    char text[32];

    snprintf(text, sizeof(text), "%g", yyjson_get_num(value));
    return options_set(command, option, text, options);
}

static const char *wanted_type(enum option_kind kind) {
    switch (kind) {
    case OPTION_FLAG:
        return "true or false";
    case OPTION_TEXT:
        return "a string";
    case OPTION_TEXTS:
        return "a list of strings";
    case OPTION_PORT:
        return "a number from 0 to 65535";
    case OPTION_DESCRIPTOR:
        return "a file descriptor's number";
    case OPTION_SECONDS:
        return "a number of seconds above 0";
    }
    return "";
}

/* false: the value is not of the option's type. */
static bool set_option(struct configuration *configuration, const struct command *command,
                       const struct option_spec *option, bool inverse, yyjson_val *value, struct options *options) {
    switch (option->kind) {
    case OPTION_FLAG:
        if (!yyjson_is_bool(value)) {
            return false;
        }
        *(bool *)((char *)options + option->offset) = yyjson_get_bool(value) != inverse;
        return true;
    case OPTION_TEXT:
        return yyjson_is_str(value) && set_text(configuration, command, option, value, options) == 0;
    case OPTION_TEXTS:
        return yyjson_is_arr(value) && set_texts(configuration, command, option, value, options) == 0;
    case OPTION_PORT:
    case OPTION_DESCRIPTOR:
        return yyjson_is_int(value) && set_number(command, option, value, options) == 0;
    case OPTION_SECONDS:
        return yyjson_is_num(value) && set_number(command, option, value, options) == 0;
    }
    return false;
}

/* Whether a package is given by its dotted name, and not as a path: "app.stories", but not "." or ".storybook". */
static bool is_dotted(const char *name) {
    return name[0] != '.' && strchr(name, '/') == NULL;
}

/* Set the package: a directory, relative to the file's, or a dotted name, perhaps of a directory below the file's. */
static int set_package(struct configuration *configuration, const char *name, struct sty_error *err) {
    char *relative = sty_strdup(name); /* owned */
    char *path = NULL;                 /* owned */

    for (char *at = relative; at != NULL && is_dotted(name) && *at != '\0'; at++) {
        *at = *at == '.' ? '/' : *at;
    }
    path = relative != NULL ? absolute_path(configuration, relative) : NULL;
    sty_free(relative);
    if (path == NULL) {
        return sty_error_nomem(err);
    }
    if (access(path, F_OK) != 0 && is_dotted(name)) {
        sty_free(path);
        path = sty_strdup(name); /* to be found on Python's path */
    }
    configuration->package = path;
    return path != NULL ? STY_OK : sty_error_nomem(err);
}

static int set_output(struct configuration *configuration, const char *name, struct sty_error *err) {
    configuration->output_dir = absolute_path(configuration, name);
    return configuration->output_dir != NULL ? STY_OK : sty_error_nomem(err);
}

static int apply_key(struct configuration *configuration, const struct command *command, const char *key,
                     yyjson_val *value, struct options *options, struct sty_error *err) {
    bool inverse = false;
    const struct option_spec *option = find_option(command, key, &inverse);
    unsigned bit = option != NULL ? 1u << (option - command->options) : 0;

    if (strcmp(key, "package") == 0 || strcmp(key, "output") == 0) {
        if (!yyjson_is_str(value)) {
            warn_type(configuration, key, "a string");
            return STY_OK;
        }
        return key[0] == 'p' ? set_package(configuration, yyjson_get_str(value), err)
                             : set_output(configuration, yyjson_get_str(value), err);
    }
    if (!is_known(key)) {
        warn_unknown(configuration, key);
    } else if (option != NULL && !(options->given & bit)) {
        if (set_option(configuration, command, option, inverse, value, options)) {
            configuration->taken |= bit;
        } else {
            warn_type(configuration, key, wanted_type(option->kind));
        }
    }
    return STY_OK;
}

int configuration_apply(struct configuration *configuration, const struct command *command, struct options *options,
                        struct sty_error *err) {
    yyjson_doc *doc = yyjson_read(configuration->json, strlen(configuration->json), YYJSON_READ_NOFLAG);
    yyjson_obj_iter iterator = yyjson_obj_iter_with(yyjson_doc_get_root(doc));
    yyjson_val *key = NULL;
    int status = STY_OK;

    while (status == STY_OK && (key = yyjson_obj_iter_next(&iterator)) != NULL) {
        status = apply_key(configuration, command, yyjson_get_str(key), yyjson_obj_iter_get_val(key), options, err);
    }
    yyjson_doc_free(doc);
    return status;
}

void configuration_finish(struct configuration *configuration) {
    sty_free(configuration->file);
    sty_free(configuration->directory);
    sty_free(configuration->json);
    sty_free(configuration->package);
    sty_free(configuration->output_dir);
    sty_strlist_finish(&configuration->texts);
    *configuration = (struct configuration){0};
}
