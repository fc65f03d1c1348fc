#include "mcp/command.h"

#include <limits.h>
#include <uv.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/version.h"

/* Import our package from its own directory, never from the current one. */
static const char script[] = "import sys\n"
                             "parent = sys.argv[1]\n"
                             "sys.path[:] = [path for path in sys.path if path] + [parent]\n"
                             "from storytime import _mcp\n"
                             "sys.exit(_mcp.main(sys.argv[2:]))\n";

/* The directory that contains our package, new. */
static char *package_parent(const char *extension) {
    char *package = sty_path_dirname(extension); /* owned */
    char *parent = package != NULL ? sty_path_dirname(package) : NULL;

    sty_free(package);
    return parent;
}

static bool add_pair(struct sty_strlist *out, const char *name, const char *value) {
    return value == NULL || (sty_strlist_add(out, name) && sty_strlist_add(out, value));
}

int sty_mcp_command_make(const struct sty_mcp_options *options, struct sty_strlist *out, struct sty_error *err) {
    char *parent = package_parent(options->extension); /* owned */
    char program[PATH_MAX];
    size_t size = sizeof(program);
    bool done = uv_exepath(program, &size) == 0 && sty_strlist_add(out, options->python) &&
                sty_strlist_add(out, "-c") && sty_strlist_add(out, script) && sty_strlist_take(out, parent) &&
                add_pair(out, "--program", program) && add_pair(out, "--version", STY_VERSION) &&
                add_pair(out, "--package", options->package_dir) && add_pair(out, "--output", options->output_dir) &&
                add_pair(out, "--url", options->url);
    char **grown = NULL;

    for (size_t i = 0; done && options->static_dirs != NULL && i < options->static_dirs->count; i++) {
        done = add_pair(out, "--static-dir", options->static_dirs->items[i]);
    }
    if (done && (grown = sty_grow(out->items, &out->capacity, out->count + 1, sizeof(*grown))) != NULL) {
        out->items = grown;
        out->items[out->count] = NULL;
        return STY_OK;
    }
    return sty_error_nomem(err);
}
