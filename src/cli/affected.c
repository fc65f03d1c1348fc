#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <yyjson.h>

#include "affected/affected.h"
#include "base/alloc.h"
#include "base/log.h"
#include "base/path.h"
#include "base/system.h"
#include "cli/command.h"
#include "cli/setup.h"

/* A question, and everything that is needed to answer it. */
struct question {
    struct options *options;
    struct sty_strlist files; /* FILE arguments */
    struct setup setup;
    struct sty_strlist static_dirs;
    char *output_dir; /* owned, absolute */
    struct sty_graph_file graph;
    struct sty_affected_package package;
    struct sty_changes changes;
    struct sty_strlist early; /* ids of stories, and `stories.py` files, that are reached by the earlier graph */
    const char *everything;   /* why everything counts as reached, static; NULL: it does not */
};

/* -- arguments ----------------------------------------------------------------------------------------------------- */

/* Whether an argument is PACKAGE rather than a file that changed. */
static bool names_package(const char *argument) {
    struct sty_package package = {0};
    bool names = access(argument, F_OK) != 0 || sty_path_is_directory(argument);

    names = names && sty_package_resolve(argument, &package, NULL) == STY_OK &&
            sty_path_holds(package.directory, "stories.py");
    sty_package_finish(&package);
    return names;
}

/* Keep PACKAGE as an argument, and move files to `files`. */
static int take_files(struct question *self, struct sty_error *err) {
    struct sty_strlist *arguments = &self->options->arguments;
    struct sty_strlist all = *arguments;
    bool done = true;

    *arguments = (struct sty_strlist){0};
    for (size_t i = 0; done && i < all.count; i++) {
        char *path = NULL;
        if (i == 0 && (names_package(all.items[0]) || (all.count == 1 && self->options->since != NULL))) {
            done = sty_strlist_add(arguments, all.items[0]);
            continue;
        }
        path = sty_path_absolute(all.items[i]);
        done = sty_strlist_take(&self->files, path);
    }
    sty_strlist_finish(&all);
    if (done && self->files.count == 0 && self->options->since == NULL) {
        return sty_error_set(err, STY_ERR_USAGE, "nothing to compare: name the changed files, or give --since REV");
    }
    return done ? STY_OK : sty_error_nomem(err);
}

static int set_up(struct question *self, struct sty_error *err) {
    const struct options *options = self->options;
    int status = options->as_json + options->as_paths + options->as_tests > 1
                     ? sty_error_set(err, STY_ERR_USAGE, "--json, --paths and --tests cannot be combined")
                     : take_files(self, err);

    if (status == STY_OK && (status = setup_find(&affected_command, self->options, &self->setup, err)) >= 0) {
        status = static_dirs_of(self->options, &self->static_dirs, err);
    }
    if (status == STY_OK && self->setup.package.directory == NULL) {
        status = sty_error_set(err, STY_ERR_USAGE,
                               "no package given: name one, or set `package` in [tool.storytime] of pyproject.toml");
    }
    if (status == STY_OK) {
        char *output_dir = built_output(self->options->output, &self->setup.configuration); /* owned */
        self->output_dir = output_dir != NULL ? sty_path_absolute(output_dir) : NULL;
        self->setup.package.static_dirs = &self->static_dirs;
        status = self->output_dir != NULL ? STY_OK : sty_error_nomem(err);
        sty_free(output_dir);
    }
    return status;
}

/* -- the graph ------------------------------------------------------------------------------------------------------
 */

/* Run a build to its end; what it prints goes to stderr. */
static int run_build(char *const *argv, struct sty_error *err) {
    posix_spawn_file_actions_t actions;
    pid_t pid = 0;
    int code = 0, failure = 0;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    failure = posix_spawn(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) {
        return sty_error_set_errno(err, failure, "cannot run '%s'", argv[0]);
    }
    while (waitpid(pid, &code, 0) < 0 && errno == EINTR) {
        continue;
    }
    return WIFEXITED(code) && WEXITSTATUS(code) <= EXIT_FAULTS
               ? STY_OK
               : sty_error_set(err, STY_ERR_REFUSED, "the catalog could not be built");
}

static int build(struct question *self, struct sty_error *err) {
    const struct sty_builder_settings settings = {
        .package = self->setup.package_name,
        .output_dir = self->output_dir,
        .static_dirs = &self->static_dirs,
        .log_level = STY_LOG_WARNING,
        .with_assertions = true,
    };
    const struct sty_builder_python program = python_of(&self->setup.python);
    struct sty_builder_command command = {0};
    int status = sty_builder_command_make(&program, STY_TASK_BUILD, &settings, &command, err);

    if (status == STY_OK) {
        status = run_build(command.argv, err);
        sty_builder_command_finish(&command);
    }
    return status;
}

/* Read the graph. `*why` (static) says why it can't answer, or is NULL. */
static int read_graph(struct question *self, const char **why, bool *libraries, struct sty_error *err) {
    const char *package_dir = self->setup.package.directory;
    struct sty_error missing = {0};
    int status = sty_graph_file_read(self->output_dir, package_dir, &self->graph, &missing);

    *why = status == STY_ERR_IO ? "it has not been built" : "another release of storytime built it";
    sty_error_finish(&missing);
    if (status != STY_OK) {
        return status == STY_ERR_NOMEM ? sty_error_nomem(err) : STY_OK;
    }
    status = sty_affected_package_scan(&self->setup.package, self->output_dir, &self->package, err);
    *why = status == STY_OK ? sty_graph_file_staleness(&self->graph, &self->package, libraries) : NULL;
    return status;
}

/* Changed modules may have stopped doing to others what they did when the earlier graph was made. So ask that graph as
 * well, with everything that has changed since. */
static int ask_earlier(struct question *self, struct sty_error *err) {
    struct sty_changes changes = {0};
    int status = sty_affected_changes_add(&self->graph, &self->changes, &changes, err);

    if (status == STY_OK) {
        status = sty_affected_mark(&self->graph, &self->package, &changes, &self->everything, err);
    }
    for (size_t i = 0; status == STY_OK && i < self->graph.unit_count; i++) {
        const struct sty_graph_unit *unit = &self->graph.units[i];
        bool added = !unit->reached || sty_strlist_add(&self->early, unit->file);
        for (size_t n = 0; added && n < unit->story_count; n++) {
            added = !unit->stories[n].reached || sty_strlist_add(&self->early, unit->stories[n].id);
        }
        status = added ? STY_OK : sty_error_nomem(err);
    }
    sty_changes_finish(&changes);
    return status;
}

static void add_early(struct question *self) {
    for (size_t i = 0; self->early.count > 0 && i < self->graph.unit_count; i++) {
        struct sty_graph_unit *unit = &self->graph.units[i];
        unit->reached = unit->reached || sty_strlist_contains(&self->early, unit->file);
        for (size_t n = 0; n < unit->story_count; n++) {
            struct sty_graph_story *story = &unit->stories[n];
            story->reached = story->reached || sty_strlist_contains(&self->early, story->id);
        }
    }
}

static void forget_graph(struct question *self) {
    sty_graph_file_finish(&self->graph);
    sty_affected_package_finish(&self->package);
}

/* Find a graph that is up to date; if there is none, run a build. */
static int find_graph(struct question *self, struct sty_error *err) {
    const char *why = NULL;
    bool libraries = false;
    int status = read_graph(self, &why, &libraries, err);

    if (status != STY_OK || why == NULL) {
        return status;
    }
    if (self->options->no_build) {
        return sty_error_set(err, STY_ERR_REFUSED, "'%s' is not up to date (%s): run storytime build", self->output_dir,
                             why);
    }
    log_info("affected", "Building '%s' first: %s", self->output_dir, why);
    if (self->graph.package != NULL && strcmp(self->graph.package, self->setup.package.name) == 0 &&
        (status = ask_earlier(self, err)) != STY_OK) {
        return status;
    }
    forget_graph(self);
    self->everything = libraries ? "installed libraries have changed since the last build" : self->everything;
    if ((status = build(self, err)) == STY_OK && (status = read_graph(self, &why, &libraries, err)) == STY_OK &&
        why != NULL) {
        self->everything = why; /* it is out of date again, as something keeps changing */
    }
    return status == STY_OK && self->graph.package == NULL
               ? sty_error_set(err, STY_ERR_IO, "the build did not leave its import graph in '%s'", self->output_dir)
               : status;
}

static int find_changes(struct question *self, struct sty_error *err) {
    bool done = true;

    for (size_t i = 0; done && i < self->files.count; i++) {
        done = sty_strlist_add(&self->changes.files, self->files.items[i]) &&
               sty_strlist_add(&self->changes.existence, self->files.items[i]);
    }
    if (!done) {
        return sty_error_nomem(err);
    }
    return self->options->since != NULL
               ? sty_changes_since(self->setup.package.directory, self->options->since, &self->changes, err)
               : STY_OK;
}

/* -- answers --------------------------------------------------------------------------------------------------------
 */

static size_t count_stories(const struct question *self, bool reached) {
    size_t count = 0;

    for (size_t i = 0; i < self->graph.unit_count; i++) {
        for (size_t n = 0; n < self->graph.units[i].story_count; n++) {
            count += !reached || self->graph.units[i].stories[n].reached ? 1 : 0;
        }
    }
    return count;
}

/* Whether a reached `stories.py` is broken, so that it has no stories. */
static bool is_broken(const struct sty_graph_unit *unit) {
    return unit->reached && unit->kind == STY_NODE_BROKEN && !unit->empty;
}

static void print_json(const struct question *self) {
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    yyjson_mut_val *root = yyjson_mut_obj(doc), *stories = yyjson_mut_arr(doc), *broken = yyjson_mut_arr(doc);

    yyjson_mut_doc_set_root(doc, root);
    for (size_t i = 0; i < self->graph.unit_count; i++) {
        const struct sty_graph_unit *unit = &self->graph.units[i];
        for (size_t n = 0; n < unit->story_count; n++) {
            if (unit->stories[n].reached) {
                yyjson_mut_val *story = yyjson_mut_arr_add_obj(doc, stories);
                yyjson_mut_obj_add_str(doc, story, "id", unit->stories[n].id);
                yyjson_mut_obj_add_str(doc, story, "title", unit->stories[n].title);
                yyjson_mut_obj_add_str(doc, story, "path", unit->stories[n].path);
                yyjson_mut_obj_add_str(doc, story, "file", unit->file);
            }
        }
        if (is_broken(unit)) {
            yyjson_mut_arr_add_str(doc, broken, unit->file);
        }
    }
    yyjson_mut_obj_add_val(doc, root, "stories", stories);
    yyjson_mut_obj_add_val(doc, root, "broken", broken);
    yyjson_mut_obj_add_uint(doc, root, "of", count_stories(self, false));
    yyjson_mut_obj_add_str(doc, root, "everything", self->everything);
    if (self->everything == NULL) {
        yyjson_mut_obj_add_null(doc, root, "everything");
    }
    yyjson_mut_write_fp(stdout, doc, YYJSON_WRITE_PRETTY_TWO_SPACES | YYJSON_WRITE_NEWLINE_AT_END, NULL, NULL);
    yyjson_mut_doc_free(doc);
}

/* Print a story's test id, made as in the pytest plugin: white space becomes one blank, and a repeated title gets a
 * number. */
static void print_test(const struct sty_graph_unit *unit, size_t story) {
    const struct sty_graph_story *own = &unit->stories[story];
    size_t same = 1;

    for (size_t i = 0; i < story; i++) {
        same += strcmp(unit->stories[i].subject, own->subject) == 0 && strcmp(unit->stories[i].title, own->title) == 0;
    }
    printf("%s::", own->subject);
    for (const char *at = own->title + strspn(own->title, " \t\n"); *at != '\0';) {
        size_t size = strcspn(at, " \t\n");
        printf("%.*s", (int)size, at);
        at += size;
        at += strspn(at, " \t\n");
        fputs(*at != '\0' ? " " : "", stdout);
    }
    printf(same > 1 ? "-%zu\n" : "\n", same);
}

static void print_stories(const struct question *self) {
    for (size_t i = 0; i < self->graph.unit_count; i++) {
        const struct sty_graph_unit *unit = &self->graph.units[i];
        for (size_t n = 0; n < unit->story_count; n++) {
            if (unit->stories[n].reached && self->options->as_tests) {
                print_test(unit, n);
            } else if (unit->stories[n].reached) {
                puts(self->options->as_paths ? unit->stories[n].path : unit->stories[n].id);
            }
        }
        if (is_broken(unit) && self->options->as_tests) {
            printf("%.*s\n", (int)(strlen(unit->file) - strlen("/stories.py")), unit->file);
        }
    }
}

static void answer(const struct question *self) {
    size_t reached = count_stories(self, true), all = count_stories(self, false);

    if (self->options->as_json) {
        print_json(self);
    } else {
        print_stories(self);
    }
    if (self->everything != NULL) {
        log_info("affected", "All %zu stories: %s", all, self->everything);
    } else {
        log_info("affected", "%zu of %zu stories", reached, all);
    }
}

static int ask(struct question *self, struct sty_error *err) {
    int status = set_up(self, err);

    if (status == STY_OK && (status = find_changes(self, err)) == STY_OK &&
        (status = find_graph(self, err)) == STY_OK) {
        if (self->everything != NULL) {
            sty_affected_mark_all(&self->graph);
        } else {
            status = sty_affected_mark(&self->graph, &self->package, &self->changes, &self->everything, err);
            add_early(self);
        }
    }
    return status;
}

static int run(struct options *options) {
    struct question question = {.options = options};
    struct sty_error err = {0};
    int status = ask(&question, &err);

    if (status == STY_OK) {
        answer(&question);
    }
    if (status != STY_OK) {
        sty_log_failure("affected", &err);
    }
    forget_graph(&question);
    sty_changes_finish(&question.changes);
    sty_strlist_finish(&question.early);
    sty_strlist_finish(&question.static_dirs);
    sty_strlist_finish(&question.files);
    setup_finish(&question.setup);
    sty_free(question.output_dir);
    sty_error_finish(&err);
    return sty_exit_code_of(status);
}

static const struct option_spec affected_options[] = {
    {"--since", NULL, OPTION_TEXT, offsetof(struct options, since), "REV",
     "take the files that differ from this Git revision; for a branch, from where you branched off"},
    {"--json", NULL, OPTION_FLAG, offsetof(struct options, as_json), NULL, "print ids, titles and paths as JSON"},
    {"--paths", NULL, OPTION_FLAG, offsetof(struct options, as_paths), NULL,
     "print paths as they appear in URLs, such as actions/button/primary"},
    {"--tests", NULL, OPTION_FLAG, offsetof(struct options, as_tests), NULL,
     "print ids of tests for pytest --storytime, such as actions/button::Primary"},
    {"--output", NULL, OPTION_TEXT, offsetof(struct options, output), "OUT", "the catalog's directory"},
    {"--no-build", NULL, OPTION_FLAG, offsetof(struct options, no_build), NULL,
     "if the catalog is missing or out of date, exit with code 2 instead of building it"},
    OPTION_STATIC_DIR,
    OPTION_PYTHON,
    OPTIONS_OF_LOG,
    {0},
};

const struct command affected_command = {
    .name = "affected",
    .arguments = "[PACKAGE] [FILE...]",
    .least = 0,
    .most = SIZE_MAX,
    .summary = "Print the stories that changed files affect.",
    .help =
        "Name the files, or let --since take them from Git. They may be of any kind: modules, templates, data, static\n"
        "files. The last build of the catalog tells what they affect; if there is none, or if it is out of date, the\n"
        "catalog is built first. Prints one id per line. The exit code is 0 even if no story is affected.\n\n"
        "  storytime affected --since origin/main\n"
        "  storytime affected shop/stories shop/button.py shop/static/shop.css\n",
    .options = affected_options,
    .run = run,
};
