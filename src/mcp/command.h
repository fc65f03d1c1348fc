/**
 * The command line of the process that implements the tools for agents: the user's Python, which runs `_mcp.py` of our
 * package. Plain C; any thread.
 */
#ifndef STY_MCP_COMMAND_H
#define STY_MCP_COMMAND_H

#include "base/error.h"
#include "base/strlist.h"

/** The options of that process. Texts are borrowed. */
struct sty_mcp_options {
    const char *python;                    /* the interpreter; absolute */
    const char *extension;                 /* storytime's for this interpreter; the package lies around it */
    const char *package_dir;               /* of the stories; absolute */
    const char *output_dir;                /* of a running server; NULL: the process builds a catalog itself */
    const char *url;                       /* of a running server, with a final slash; NULL: there is none */
    const struct sty_strlist *static_dirs; /* as src/site/static_dirs.h has them; may be NULL */
};

/** Make the argv for exec: the texts of `out`, with a NULL after the last. Release it with sty_strlist_finish(). */
int sty_mcp_command_make(const struct sty_mcp_options *options, struct sty_strlist *out, struct sty_error *err);

#endif
