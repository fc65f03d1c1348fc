/**
 * The command line of the process that has the tools for agents: the user's Python, which runs `_mcp.py` of our
 * package. Plain C; any thread.
 */
#ifndef STY_MCP_COMMAND_H
#define STY_MCP_COMMAND_H

#include "base/error.h"
#include "base/strlist.h"

/** What that process has to know. Texts are borrowed. */
struct sty_mcp_options {
    const char *python;                    /* the interpreter; absolute */
    const char *extension;                 /* of storytime, for this interpreter: the package lies around it */
    const char *package_dir;               /* of the stories; absolute */
    const char *output_dir;                /* of a server; NULL: it makes a catalog of its own */
    const char *url;                       /* of a server, with a slash at its end; NULL: there is none */
    const struct sty_strlist *static_dirs; /* as src/site/static_dirs.h has them; may be NULL */
};

/** argv for exec, with a NULL behind it: `out` is for sty_strlist_finish(). */
int sty_mcp_command_make(const struct sty_mcp_options *options, struct sty_strlist *out, struct sty_error *err);

#endif
