#include "tdom/render.h"

static bool run_step(const struct tdom_program *program, const struct tdom_step *step, const struct tdom_filler *filler,
                     void *data, struct sty_buf *out) {
    switch (step->kind) {
    case TDOM_STEP_LITERAL:
        sty_buf_append(out, program->text.data + step->text.start, step->text.size);
        return true;
    case TDOM_STEP_VALUE:
        return filler->value(data, step, out);
    case TDOM_STEP_RAW:
        return filler->raw(data, step, out);
    case TDOM_STEP_ATTRIBUTE:
        return filler->attribute(data, step, out);
    case TDOM_STEP_TEMPLATED:
        return filler->templated(data, step, out);
    case TDOM_STEP_ATTRIBUTES:
        return filler->attributes(data, step, out);
    case TDOM_STEP_COMPONENT:
        return filler->component(data, step, out);
    case TDOM_STEP_NO_DOCTYPE:
        return filler->no_doctype(data, step, out);
    }
    return false;
}

bool tdom_render(const struct tdom_program *program, const struct tdom_filler *filler, void *data, struct sty_buf *out,
                 const struct tdom_step **failed) {
    for (size_t i = 0; i < program->step_count; i++) {
        if (!run_step(program, &program->steps[i], filler, data, out)) {
            if (failed != NULL) {
                *failed = &program->steps[i];
            }
            return false;
        }
    }
    return !out->failed;
}
