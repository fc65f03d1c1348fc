/**
 * Running a program: literal text is copied, everything else asked for. Plain C; on any thread, one buffer each.
 *
 * Each function appends what its step stands for, and returns whether that went well; the first that does not ends the
 * run. What failed, it keeps for itself, in `data`.
 */
#ifndef STY_TDOM_RENDER_H
#define STY_TDOM_RENDER_H

#include "tdom/program.h"

struct tdom_filler {
    bool (*value)(void *data, const struct tdom_step *step, struct sty_buf *out);
    bool (*raw)(void *data, const struct tdom_step *step, struct sty_buf *out);
    bool (*attribute)(void *data, const struct tdom_step *step, struct sty_buf *out);
    bool (*templated)(void *data, const struct tdom_step *step, struct sty_buf *out);
    bool (*attributes)(void *data, const struct tdom_step *step, struct sty_buf *out);
    bool (*component)(void *data, const struct tdom_step *step, struct sty_buf *out);
    bool (*no_doctype)(void *data, const struct tdom_step *step, struct sty_buf *out);
};

/**
 * Append a program's output. false: a step failed, which *failed receives (it may be NULL); or memory did, which `out`
 * says.
 */
bool tdom_render(const struct tdom_program *program, const struct tdom_filler *filler, void *data, struct sty_buf *out,
                 const struct tdom_step **failed);

#endif
