/**
 * The private header of the parser: its state, and the functions that its three files share. parse_nodes.c adds to the
 * output, parse_tags.c reads tags, parse.c all other markup. Plain C.
 *
 * Functions that return bool return false if a fault was set, which ends the parse.
 */
#ifndef STY_TDOM_PARSER_H
#define STY_TDOM_PARSER_H

#include "tdom/parse.h"
#include "tdom/scan.h"

/** An element or component that is not closed yet. */
struct tdom_open_tag {
    size_t node;
    size_t name_start, name_end; /* in the source */
};

struct tdom_parser {
    struct tdom_source source;
    tdom_lower_fn lower;
    struct tdom_parse *out;
    struct tdom_fault *fault;
    enum tdom_content content; /* of the innermost open element */
    struct tdom_open_tag *stack;
    size_t depth, capacity;
    size_t slots_used;                  /* how many interpolations were in a valid place */
    size_t misplaced;                   /* the offset of the first that was not; the source's size: none so far */
    size_t counted_to, slots_before_it; /* an offset, and how many interpolations come before it */
};

/** How to read literal text: as it is, or with its character references decoded. */
enum tdom_reading { TDOM_READ_RAW, TDOM_READ_TEXT, TDOM_READ_ATTRIBUTE };

/* -- parse_nodes.c -- */

/** Set the fault, unless there is one already. Returns false, for the caller to return. */
bool tdom_parser_fail(struct tdom_parser *self, enum tdom_fault_kind kind, size_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool tdom_parser_fail_memory(struct tdom_parser *self);

/** A piece of the source for a message, cut if it is long. */
struct tdom_shown {
    char text[64];
};
struct tdom_shown tdom_shown(struct tdom_source source, size_t start, size_t end);

/** The index of the interpolation at an offset, or of the first one after it. */
uint32_t tdom_parser_slot_at(struct tdom_parser *self, size_t offset);

/** Drop the source from `start` to `end`; interpolations in it are misplaced. */
void tdom_parser_drop(struct tdom_parser *self, size_t start, size_t end);

/** Keep the source from `start` to `end` as text with interpolations. */
bool tdom_parser_keep_text(struct tdom_parser *self, size_t start, size_t end, enum tdom_reading reading,
                           struct tdom_ref *out);

/** Keep a name, in lower case. */
bool tdom_parser_keep_name(struct tdom_parser *self, size_t start, size_t end, struct tdom_span *out);

/** Add an empty node of a kind; the pointer is valid until the next call. NULL: no memory, and the fault is set. */
struct tdom_node *tdom_parser_add_node(struct tdom_parser *self, enum tdom_node_kind kind);

/** Add text. It is joined to a text node right before it: `a < b` comes in three pieces. */
bool tdom_parser_add_text(struct tdom_parser *self, size_t start, size_t end, enum tdom_reading reading);
bool tdom_parser_add_comment(struct tdom_parser *self, size_t start, size_t end);

/** Add a doctype: the text between "<!" and ">", which begins with "doctype". */
bool tdom_parser_add_doctype(struct tdom_parser *self, size_t start, size_t end);

/* -- parse_tags.c -- */

/** Parse "<name ..." or "</...". *next receives where the tag ends; 0: it is incomplete, and nothing was added. */
bool tdom_parser_start_tag(struct tdom_parser *self, size_t start, size_t *next);
bool tdom_parser_end_tag(struct tdom_parser *self, size_t start, size_t *next);

#endif
