/**
 * The settings of a Python process that storytime starts, passed as one text: the program writes it, the extension
 * reads it. Plain C; any thread.
 */
#ifndef STY_BUILDER_SETTINGS_H
#define STY_BUILDER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/strlist.h"

/** Which fields count depends on the task. Texts are borrowed and may be NULL. */
struct sty_builder_settings {
    const char *package;                   /* dotted name or directory */
    const char *output_dir;                /* absolute; the task "build" also takes one relative to its directory */
    const char *mode;                      /* builder: "direct", "subinterpreters", "auto", "process" or "render" */
    const struct sty_strlist *static_dirs; /* as src/site/static_dirs.h has them; may be NULL */
    const char *globals;                   /* build: as in struct sty_build_options */
    int log_level;                         /* enum sty_log_level */
    bool with_assertions;
    bool without_llms;
    bool force;
    bool strict;                        /* build: failing assertions are errors */
    void *references;                   /* after reading, owns the texts; else NULL */
    struct sty_strlist own_static_dirs; /* after reading, what `static_dirs` points to */
};

/** Append the settings as JSON; `out->failed` tells whether memory ran out. */
void sty_builder_settings_write(const struct sty_builder_settings *settings, struct sty_buf *out);

/** Read settings. STY_OK: release `out` with sty_builder_settings_finish(). STY_ERR_PROTOCOL: the text is no settings.
 */
int sty_builder_settings_read(const char *text, size_t size, struct sty_builder_settings *out, struct sty_error *err);

void sty_builder_settings_finish(struct sty_builder_settings *settings);

#endif
