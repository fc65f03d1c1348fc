/**
 * A template's program: a flat list of steps that write literal text, escaped already, and fill in values. Plain C. A
 * program never changes, and several threads may run it at the same time, even recursively.
 */
#ifndef STY_TDOM_PROGRAM_H
#define STY_TDOM_PROGRAM_H

#include "tdom/parse.h"

/** The language of the elements around a template. SVG spells some names in mixed case. */
enum tdom_namespace { TDOM_HTML, TDOM_SVG, TDOM_MATH };

enum tdom_step_kind {
    TDOM_STEP_LITERAL,    /* `text`, which is copied to the output */
    TDOM_STEP_VALUE,      /* interpolation `slot`, as the content of an element */
    TDOM_STEP_RAW,        /* `ref`: text of a script, style, title or textarea element, or of a comment */
    TDOM_STEP_ATTRIBUTE,  /* ` name="..."` from interpolation `slot`; `text` is " name" */
    TDOM_STEP_TEMPLATED,  /* ` name="..."` from `ref`; `text` is " name" */
    TDOM_STEP_ATTRIBUTES, /* `count` attributes from `first` on, which may be merged */
    TDOM_STEP_COMPONENT,  /* node `first` of the parse */
    TDOM_STEP_NO_DOCTYPE, /* node `first`, a doctype inside SVG or MathML: an error when the step runs */
};

struct tdom_step {
    enum tdom_step_kind kind;
    enum tdom_namespace space;
    enum tdom_content content; /* of RAW */
    uint32_t slot;
    uint32_t first, count; /* ATTRIBUTE, TEMPLATED: the attribute, and how many its tag has from there on */
    struct tdom_span text; /* a range in the program's `text` */
    struct tdom_ref ref;
};

struct tdom_program {
    struct tdom_parse parse;
    struct sty_buf text; /* the texts of LITERAL steps and the names of attributes */
    struct tdom_step *steps;
    size_t step_count, step_capacity;
};

/** Compile a template for a namespace. Results as for tdom_parse(); release `out` with tdom_program_finish(). */
bool tdom_program_compile(const char *source, size_t size, enum tdom_namespace space, tdom_lower_fn lower,
                          struct tdom_program *out, struct tdom_fault *fault);

void tdom_program_finish(struct tdom_program *program);

/** A string of a reference: the `index`-th of ref->count + 1. Borrowed from the program, not NUL-terminated. */
const char *tdom_program_string(const struct tdom_program *program, const struct tdom_ref *ref, uint32_t index,
                                size_t *size);

#endif
