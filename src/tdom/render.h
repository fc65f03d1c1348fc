/**
 * Runs a program: copies literal text, and calls functions for everything else. Plain C; any thread, if each has its
 * own buffer.
 *
 * Each function appends the output of its step. If it returns false, the run ends; it then keeps the reason in `data`.
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
 * Append a program's output. false: a step failed, and `*failed` (`failed` may be NULL) is that step; or memory ran
 * out, and `out->failed` is set.
 */
bool tdom_render(const struct tdom_program *program, const struct tdom_filler *filler, void *data, struct sty_buf *out,
                 const struct tdom_step **failed);

#endif
