#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/version.h"
#include "cli/command.h"

static const struct command *const commands[] = {&serve_command,    &build_command, &init_command,  &seed_command,
                                                 &affected_command, &mcp_command,   &doctor_command};

#define COMMAND_COUNT (sizeof(commands) / sizeof(*commands))

static void print_help(FILE *stream) {
    fprintf(stream, "usage: storytime COMMAND ...\n\nA catalog of the web components that you write in Python, "
                    "rebuilt on every save.\n\n"
                    "commands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        fprintf(stream, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
    }
    fprintf(stream, "\noptions:\n  --version  show the version and exit\n  --help     show this help, or with a "
                    "command, its own\n\n"
                    "To begin:\n  storytime serve --use-subinterpreters\n");
}

static int run_command(const struct command *command, int argc, char **argv) {
    struct options options;
    int status = options_parse(command, argc, argv, &options);
    int code = 0;

    if (status != 0) {
        options_finish(&options);
        return status - 1;
    }
    apply_log_options(&options);
    code = command->run(&options);
    options_finish(&options);
    return code;
}

static int unknown_command(const char *name) {
    const char *names[COMMAND_COUNT];
    const char *nearest = NULL;

    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        names[i] = commands[i]->name;
    }
    nearest = sty_nearest(name, names, COMMAND_COUNT);
    fprintf(stderr, "storytime: unknown command '%s'%s%s%s\nTry 'storytime --help'.\n", name,
            nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
    return EXIT_USAGE;
}

int sty_cli_main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "";

    if (strcmp(name, "--version") == 0) {
        printf("storytime %s\n", STY_VERSION);
        return EXIT_DONE;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help(stdout);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(name, commands[i]->name) == 0) {
            return run_command(commands[i], argc - 2, argv + 2);
        }
    }
    if (name[0] != '\0') {
        return unknown_command(name);
    }
    print_help(stderr);
    return EXIT_USAGE;
}
