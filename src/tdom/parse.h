/**
 * The parser: turns a template's literal strings into a flat list of nodes. Plain C, any thread.
 *
 * The source is one UTF-8 text. Each interpolation in it is the byte TDOM_SLOT, which never occurs in UTF-8. The parser
 * follows the tokenizer of the HTML standard, as Python's html.parser implements it, and treats an interpolation as a
 * letter. The tree must be balanced: every element, except for void ones, is closed by its own end tag or by `/>`.
 */
#ifndef STY_TDOM_PARSE_H
#define STY_TDOM_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "tdom/htmlspec.h"
#include "tdom/scan.h"

#define TDOM_NONE UINT32_MAX

/** A range of bytes in the pool of a parse. */
struct tdom_span {
    uint32_t start;
    uint32_t size;
};

/** Text with `count` interpolations, the first of which is `first_slot`, and the `count` + 1 strings around them. */
struct tdom_ref {
    uint32_t strings; /* index of the first of its spans */
    uint32_t count;   /* of interpolations */
    uint32_t first_slot;
};

enum tdom_attribute_kind {
    TDOM_ATTRIBUTE_BARE,         /* disabled */
    TDOM_ATTRIBUTE_LITERAL,      /* id="x" */
    TDOM_ATTRIBUTE_INTERPOLATED, /* id={x} */
    TDOM_ATTRIBUTE_TEMPLATED,    /* id="a-{x}" */
    TDOM_ATTRIBUTE_SPREAD,       /* {x} */
};

/** Attributes whose values merge (class, style) or become several attributes (data, aria). */
enum tdom_special {
    TDOM_SPECIAL_NONE,
    TDOM_SPECIAL_CLASS,
    TDOM_SPECIAL_STYLE,
    TDOM_SPECIAL_DATA,
    TDOM_SPECIAL_ARIA,
};

struct tdom_attribute {
    enum tdom_attribute_kind kind;
    enum tdom_special special;
    uint32_t offset;       /* where it begins in the source */
    struct tdom_span name; /* in lower case; empty for TDOM_ATTRIBUTE_SPREAD */
    struct tdom_ref value; /* LITERAL: one string; INTERPOLATED and SPREAD: only `first_slot` is used */
};

enum tdom_node_kind {
    TDOM_NODE_TEXT,
    TDOM_NODE_COMMENT,
    TDOM_NODE_DOCTYPE,
    TDOM_NODE_START, /* the start tag of an element; unless it is void, a TDOM_NODE_END follows */
    TDOM_NODE_END,
    TDOM_NODE_COMPONENT,
};

struct tdom_node {
    enum tdom_node_kind kind;
    enum tdom_content content; /* TEXT: the kind of content that its element has */
    struct tdom_span name;     /* START, END: the tag in lower case; DOCTYPE: the text */
    struct tdom_ref text;      /* TEXT, COMMENT */
    uint32_t offset;           /* DOCTYPE: where it begins in the source */
    uint32_t attributes, attribute_count;
    /* COMPONENT: the interpolations of its start tag and end tag (or TDOM_NONE), and the range of its children in the
     * source (`children_start` is TDOM_NONE if it has no end tag). */
    uint32_t start_slot, end_slot;
    uint32_t children_start, children_end;
    uint32_t children_slot; /* the first interpolation among the children */
};

struct tdom_parse {
    struct sty_buf pool; /* decoded texts and names */
    struct tdom_span *strings;
    size_t string_count, string_capacity;
    struct tdom_attribute *attributes;
    size_t attribute_count, attribute_capacity;
    struct tdom_node *nodes;
    size_t node_count, node_capacity;
};

enum tdom_fault_kind { TDOM_FAULT_NONE, TDOM_FAULT_VALUE, TDOM_FAULT_NOT_IMPLEMENTED, TDOM_FAULT_MEMORY };

/** Why a template can't be parsed. */
struct tdom_fault {
    enum tdom_fault_kind kind;
    size_t offset;     /* in the source */
    char message[240]; /* interpolations are TDOM_SLOT, as in the source */
};

/** Append a name that is not ASCII, in lower case by the rules of Unicode. false: no memory. */
typedef bool (*tdom_lower_fn)(const char *name, size_t size, struct sty_buf *out);

/**
 * Parse a source. Without `lower` (NULL), names that are not ASCII stay as they are. true: release `out` with
 * tdom_parse_finish(). false: `fault` says why, and there is nothing to release.
 */
bool tdom_parse(const char *source, size_t size, tdom_lower_fn lower, struct tdom_parse *out, struct tdom_fault *fault);

/** The special attribute that has this name. */
enum tdom_special tdom_special_of(const char *name, size_t size);

void tdom_parse_finish(struct tdom_parse *parse);

#endif
