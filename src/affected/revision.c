/* Asks git what changed since a revision. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "affected/affected.h"
#include "base/alloc.h"
#include "base/path.h"
#include "base/system.h"

/* A running git, whose output is read from `out`. */
struct git {
    pid_t pid;
    int out;
};

static int start(const char *const *arguments, bool silent, struct git *git) {
    posix_spawn_file_actions_t actions;
    int ends[2];
    int failure = 0;

    *git = (struct git){.pid = -1, .out = -1};
    if (pipe(ends) != 0) { /* not all systems have pipe2() */
        return errno;
    }
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    if (silent) {
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    }
    failure = posix_spawnp(&git->pid, "git", &actions, NULL, (char *const *)arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    git->out = ends[0];
    return failure;
}

/* Read all of its output, and wait for its end. Returns the exit code. */
static int end(struct git *git, struct sty_buf *out) {
    char bytes[4096];
    ssize_t size = 0;
    int code = -1;

    while (git->pid > 0 && ((size = read(git->out, bytes, sizeof(bytes))) > 0 || (size < 0 && errno == EINTR))) {
        sty_buf_append(out, bytes, size > 0 ? (size_t)size : 0);
    }
    close(git->out);
    while (git->pid > 0 && waitpid(git->pid, &code, 0) < 0 && errno == EINTR) {
        continue;
    }
    return code;
}

static int add(const char *top, const char *name, bool existence, struct sty_changes *out, struct sty_error *err) {
    char *path = sty_path_join(top, name); /* owned */
    bool added =
        path != NULL && sty_strlist_add(&out->files, path) && (!existence || sty_strlist_add(&out->existence, path));

    sty_free(path);
    return added ? STY_OK : sty_error_nomem(err);
}

/* Parse "M", a name, "D", a name, ..., each followed by a NUL. */
static int add_differences(const char *top, const struct sty_buf *text, struct sty_changes *out,
                           struct sty_error *err) {
    const char *at = sty_buf_text(text), *end = at + text->size;
    int status = STY_OK;

    while (status == STY_OK && at < end) {
        const char *name = at + strlen(at) + 1;
        if (name < end) {
            status = add(top, name, at[0] != 'M', out, err);
        }
        at = name < end ? name + strlen(name) + 1 : end;
    }
    return status;
}

static int add_unknown(const char *top, const struct sty_buf *text, struct sty_changes *out, struct sty_error *err) {
    const char *at = sty_buf_text(text), *end = at + text->size;
    int status = STY_OK;

    for (; status == STY_OK && at < end; at += strlen(at) + 1) {
        status = add(top, at, true, out, err);
    }
    return status;
}

static bool holds_repository(const char *directory) {
    return sty_path_holds(directory, ".git");
}

/* Ask both questions at the same time. If the histories have no common commit, as in a shallow clone, compare with the
 * revision itself. */
static int ask(const char *top, const char *revision, struct sty_buf *differences, struct sty_buf *unknown,
               struct sty_error *err) {
    const char *diff[] = {
        "git",          "-C",     top,  "diff", "--name-status", "-z", "--no-renames", "--no-ext-diff",
        "--merge-base", revision, "--", NULL};
    const char *plain[] = {"git",           "-C",     top,  "diff", "--name-status", "-z", "--no-renames",
                           "--no-ext-diff", revision, "--", NULL};
    const char *others[] = {"git", "-C", top, "ls-files", "--others", "--exclude-standard", "-z", NULL};
    struct git first, second;
    int failure = start(diff, true, &first);
    int other_failure = start(others, true, &second);
    int code = end(&first, differences);
    int other_code = end(&second, unknown);

    if (failure != 0 || other_failure != 0) {
        return sty_error_set_errno(err, failure != 0 ? failure : other_failure,
                                   "cannot run git; install it, or name the changed files instead");
    }
    if (code != 0) {
        sty_buf_clear(differences);
        start(plain, true, &first);
        code = end(&first, differences);
    }
    return code == 0 && other_code == 0
               ? STY_OK
               : sty_error_set(err, STY_ERR_USAGE,
                               "unknown git revision '%s' in '%s'; in a shallow clone, fetch it first", revision, top);
}

int sty_changes_since(const char *directory, const char *revision, struct sty_changes *out, struct sty_error *err) {
    char *top = sty_path_nearest(directory, holds_repository); /* owned */
    struct sty_buf differences = {0}, unknown = {0};
    int status = STY_OK;

    if (top == NULL || revision[0] == '-' || revision[0] == '\0') {
        status = top == NULL
                     ? sty_error_set(err, STY_ERR_USAGE,
                                     "'%s' is not in a git repository; name the changed files instead", directory)
                     : sty_error_set(err, STY_ERR_USAGE, "'%s' is not a git revision", revision);
    }
    setenv("GIT_OPTIONAL_LOCKS", "0", 1); /* git must not write anything */
    if (status == STY_OK && (status = ask(top, revision, &differences, &unknown, err)) == STY_OK &&
        (status = add_differences(top, &differences, out, err)) == STY_OK) {
        status = add_unknown(top, &unknown, out, err);
    }
    sty_buf_finish(&differences);
    sty_buf_finish(&unknown);
    sty_free(top);
    return status;
}

void sty_changes_finish(struct sty_changes *changes) {
    sty_strlist_finish(&changes->files);
    sty_strlist_finish(&changes->existence);
}
