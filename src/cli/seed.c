#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cli/command.h"
#include "seed/seed.h"

#define MOST_STORIES 1000000

/* The number of stories for a word or a number; 0 is the gallery as it is. -1: it is neither. */
static long stories_of(const char *size) {
    char *end = NULL;
    long number = 0;

    if (strcmp(size, "small") == 0) {
        return 0;
    }
    if (strcmp(size, "medium") == 0) {
        return 300;
    }
    if (strcmp(size, "large") == 0) {
        return 3000;
    }
    number = isdigit((unsigned char)size[0]) ? strtol(size, &end, 10) : -1;
    return number < 1 || *end != '\0' || number > MOST_STORIES ? -1 : number;
}

static int run(struct options *options) {
    const char *directory = options->arguments.items[1];
    long stories = stories_of(options->arguments.items[0]);
    struct sty_error err = {0};
    int status = STY_OK;

    if (stories < 0) {
        fprintf(stderr,
                "storytime seed: the size must be small, medium, large or a number of stories from 1 to %d, not "
                "'%s'\nTry 'storytime seed --help'.\n",
                MOST_STORIES, options->arguments.items[0]);
        return EXIT_USAGE;
    }
    if ((status = sty_seed_write((size_t)stories, directory, &err)) != STY_OK) {
        sty_log_failure("seed", &err);
        sty_error_finish(&err);
        return status == STY_ERR_IO || status == STY_ERR_NOMEM ? EXIT_FAULTS : EXIT_USAGE;
    }
    log_info("seed", "Wrote %zu stories. To see them, run: storytime serve %s --use-subinterpreters",
             stories == 0 ? sty_seed_gallery_size() : (size_t)stories, directory);
    return EXIT_DONE;
}

static const struct option_spec seed_options[] = {
    OPTIONS_OF_LOG,
    {0},
};

const struct command seed_command = {
    .name = "seed",
    .arguments = "{small|medium|large|N} DIR",
    .least = 2,
    .most = 2,
    .summary = "Write an example catalog, to start from or to measure with.",
    .help =
        "small is the built-in gallery; medium has 300 stories, large 3,000; a number gives that many. DIR must be\n"
        "new or empty, and Python must be able to import its name.\n\n"
        "  storytime seed small my_catalog\n",
    .options = seed_options,
    .run = run,
};
