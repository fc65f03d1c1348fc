#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/nearest.h"
#include "cli/command.h"
#include "site/static_dirs.h"

/* The width of help texts, in characters. */
#define HELP_WIDTH 100

static const struct option_spec *find_option(const struct command *command, const char *name, size_t size) {
    for (const struct option_spec *option = command->options; option->name != NULL; option++) {
        if ((strlen(option->name) == size && strncmp(option->name, name, size) == 0) ||
            (option->letter != NULL && strlen(option->letter) == size && strncmp(option->letter, name, size) == 0)) {
            return option;
        }
    }
    return NULL;
}

static int usage_error(const struct command *command, const char *format, const char *what) {
    fprintf(stderr, "storytime %s: ", command->name);
    fprintf(stderr, format, what);
    fprintf(stderr, "\nTry 'storytime %s --help'.\n", command->name);
    return EXIT_USAGE + 1;
}

static int unknown_option(const struct command *command, const char *argument) {
    const char *names[32];
    const char *nearest = NULL;
    size_t count = 0;
    char what[256];

    for (const struct option_spec *option = command->options; option->name != NULL && count < 32; option++) {
        names[count++] = option->name + 2;
    }
    nearest = strncmp(argument, "--", 2) == 0 ? sty_nearest(argument + 2, names, count) : NULL;
    if (nearest == NULL) {
        return usage_error(command, "unknown option '%s'", argument);
    }
    snprintf(what, sizeof(what), "'%.100s'; did you mean '--%s'?", argument, nearest);
    return usage_error(command, "unknown option %s", what);
}

static int set_port(const struct command *command, const char *value, int *out) {
    char *end = NULL;
    long port = strtol(value, &end, 10);

    if (*value == '\0' || *end != '\0' || port < 0 || port > 65535) {
        return usage_error(command, "--port must be a number from 0 to 65535, not '%s'", value);
    }
    *out = (int)port;
    return 0;
}

static int set_descriptor(const struct command *command, const char *value, int *out) {
    char *end = NULL;
    long fd = strtol(value, &end, 10);

    if (*value == '\0' || *end != '\0' || fd < 3 || fd > 65535) {
        return usage_error(command, "--fd must be a descriptor's number, 3 or greater, not '%s'", value);
    }
    *out = (int)fd;
    return 0;
}

static int set_seconds(const struct command *command, const char *value, double *out) {
    char *end = NULL;
    double seconds = strtod(value, &end);

    if (*value == '\0' || *end != '\0' || !(seconds > 0 && seconds <= 86400)) {
        return usage_error(command, "--build-timeout must be a number of seconds above 0, not '%s'", value);
    }
    *out = seconds;
    return 0;
}

int options_set(const struct command *command, const struct option_spec *option, const char *value,
                struct options *out) {
    void *field = (char *)out + option->offset;

    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return 0;
    case OPTION_TEXT:
        *(const char **)field = value;
        return 0;
    case OPTION_TEXTS:
        return sty_strlist_add(field, value) ? 0 : EXIT_FAULTS + 1;
    case OPTION_PORT:
        return set_port(command, value, field);
    case OPTION_DESCRIPTOR:
        return set_descriptor(command, value, field);
    case OPTION_SECONDS:
        return set_seconds(command, value, field);
    }
    return 0;
}

/* Handle "--no-open", with which the command line switches off what the configuration switches on. */
static int unset_flag(const struct command *command, const char *argument, struct options *out) {
    char name[64];
    const struct option_spec *option = NULL;

    snprintf(name, sizeof(name), "--%s", argument + 5);
    option = find_option(command, name, strlen(name));
    if (option == NULL || option->kind != OPTION_FLAG) {
        return unknown_option(command, argument);
    }
    out->given |= 1u << (option - command->options);
    *(bool *)((char *)out + option->offset) = false;
    return 0;
}

/* Parse the option at argv[*at], with its value after "=" or in the next argument. */
static int parse_option(const struct command *command, int argc, char **argv, int *at, struct options *out) {
    const char *argument = argv[*at];
    const char *equals = strncmp(argument, "--", 2) == 0 ? strchr(argument, '=') : NULL;
    size_t size = equals != NULL ? (size_t)(equals - argument) : strlen(argument);
    const struct option_spec *option = find_option(command, argument, size);

    if (option == NULL && strncmp(argument, "--no-", 5) == 0) {
        return unset_flag(command, argument, out);
    }
    if (option == NULL) {
        return unknown_option(command, argument);
    }
    out->given |= 1u << (option - command->options);
    if (option->kind == OPTION_FLAG) {
        return equals != NULL ? usage_error(command, "%s takes no value", option->name)
                              : options_set(command, option, NULL, out);
    }
    if (equals != NULL) {
        return options_set(command, option, equals + 1, out);
    }
    if (*at + 1 >= argc) {
        return usage_error(command, "%s needs a value", option->name);
    }
    return options_set(command, option, argv[++*at], out);
}

static int check_count(const struct command *command, const struct options *options) {
    if (options->arguments.count < command->least) {
        return usage_error(command, "missing arguments: %s", command->arguments);
    }
    if (options->arguments.count > command->most) {
        return usage_error(command, "unexpected argument '%s'", options->arguments.items[command->most]);
    }
    if (options->verbose && options->quiet) {
        return usage_error(command, "%s cannot be combined", "-v and -q");
    }
    return 0;
}

int options_parse(const struct command *command, int argc, char **argv, struct options *out) {
    bool only_arguments = false;
    int status = 0;

    *out = (struct options){.port = -1};
    for (int at = 0; at < argc && status == 0; at++) {
        if (!only_arguments && (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0)) {
            command_print_help(command);
            return EXIT_DONE + 1;
        }
        if (!only_arguments && strcmp(argv[at], "--") == 0) {
            only_arguments = true;
        } else if (!only_arguments && argv[at][0] == '-' && argv[at][1] != '\0') {
            status = parse_option(command, argc, argv, &at, out);
        } else if (!sty_strlist_add(&out->arguments, argv[at])) {
            status = EXIT_FAULTS + 1;
        }
    }
    return status == 0 ? check_count(command, out) : status;
}

void options_finish(struct options *options) {
    sty_strlist_finish(&options->arguments);
    sty_strlist_finish(&options->allowed_hosts);
    sty_strlist_finish(&options->cors_origins);
    sty_strlist_finish(&options->static_dirs);
}

int static_dirs_of(const struct options *options, struct sty_strlist *out, struct sty_error *err) {
    int status = STY_OK;

    for (size_t i = 0; status == STY_OK && i < options->static_dirs.count; i++) {
        status = sty_static_dirs_add(out, options->static_dirs.items[i], err);
    }
    return status;
}

/* Print a text from a column on, with line breaks at blanks. The first line has been printed up to that column. */
static void print_wrapped(const char *text, int column) {
    for (int left = HELP_WIDTH - column; *text != '\0'; left = HELP_WIDTH - column) {
        int size = (int)strcspn(text, " ");
        while (text[size] != '\0' && size + 1 + (int)strcspn(text + size + 1, " ") <= left) {
            size += 1 + (int)strcspn(text + size + 1, " ");
        }
        printf("%.*s\n%*s", size, text, text[size] != '\0' ? column : 0, "");
        text += size + (text[size] != '\0' ? 1 : 0);
    }
}

static void print_option(const char *left, const char *help) {
    printf("  %-26s ", left);
    print_wrapped(help, 2 + 26 + 1);
}

void command_print_help(const struct command *command) {
    printf("usage: storytime %s %s [options]\n\n%s\n\n%s\noptions:\n", command->name, command->arguments,
           command->summary, command->help);
    for (const struct option_spec *option = command->options; option->name != NULL; option++) {
        char left[64];
        snprintf(left, sizeof(left), "%s%s%s%s%s", option->letter != NULL ? option->letter : "",
                 option->letter != NULL ? ", " : "", option->name, option->value != NULL ? " " : "",
                 option->value != NULL ? option->value : "");
        print_option(left, option->help);
    }
    print_option("-h, --help", "show this help and exit");
}

void apply_log_options(const struct options *options) {
    sty_log_apply(options->verbose ? STY_LOG_DEBUG : options->quiet ? STY_LOG_WARNING : STY_LOG_INFO);
}
