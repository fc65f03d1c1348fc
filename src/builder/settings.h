/**
 * What a Python process of storytime is started for, as one text: the program writes it, the extension reads it. Plain
 * C; any thread.
 */
#ifndef STY_BUILDER_SETTINGS_H
#define STY_BUILDER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/strlist.h"

/** What of it counts depends on the task; texts may be NULL. */
struct sty_builder_settings {
    const char *package;                   /* dotted name or directory */
    const char *output_dir;                /* absolute, but for a build, which takes it from its current directory */
    const char *mode;                      /* a builder's: "direct", "subinterpreters", "auto", "process" or "render" */
    const struct sty_strlist *static_dirs; /* as src/site/static_dirs.h has them; may be NULL */
    const char *globals;                   /* a build's: as in struct sty_build_options */
    int log_level;                         /* enum sty_log_level */
    bool with_assertions;
    bool without_llms;
    bool force;
    bool strict;                        /* a build's: assertions that fail are errors */
    void *references;                   /* what the texts are borrowed from, after reading; NULL otherwise */
    struct sty_strlist own_static_dirs; /* what `static_dirs` is then */
};

/** Append them as JSON; `out->failed` says whether memory was out. */
void sty_builder_settings_write(const struct sty_builder_settings *settings, struct sty_buf *out);

/** Read them. STY_OK: `out` is for sty_builder_settings_finish(). STY_ERR_PROTOCOL: these are none. */
int sty_builder_settings_read(const char *text, size_t size, struct sty_builder_settings *out, struct sty_error *err);

void sty_builder_settings_finish(struct sty_builder_settings *settings);

#endif
