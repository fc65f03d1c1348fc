#include "tdom/parser.h"

#include <string.h>
#include <strings.h>

#include "base/alloc.h"

/* -- comments, declarations, instructions -- */

/* "<!--", up to "-->" or "--!>". A ">" or "->" right behind it makes an empty comment. */
static bool parse_comment(struct tdom_parser *self, size_t start, size_t *next) {
    const size_t text = start + 4;

    *next = 0;
    if (tdom_source_has(self->source, text, ">") || tdom_source_has(self->source, text, "->")) {
        *next = text + (self->source.text[text] == '>' ? 1 : 2);
        return tdom_parser_add_comment(self, text, text);
    }
    for (size_t at = tdom_find_text(self->source, text, "--"); at < self->source.size;
         at = tdom_find_text(self->source, at + 1, "--")) {
        if (tdom_source_has(self->source, at, "-->") || tdom_source_has(self->source, at, "--!>")) {
            *next = at + (self->source.text[at + 2] == '>' ? 3 : 4);
            return tdom_parser_add_comment(self, text, at);
        }
    }
    return true;
}

/* "<!...": a comment, a CDATA section (dropped) or a doctype. Anything else is read as a comment, as in browsers. */
static bool parse_declaration(struct tdom_parser *self, size_t start, size_t *next) {
    const bool doctype = tdom_source_has(self->source, start, "<!doctype");
    size_t end = 0;

    if (tdom_source_has(self->source, start, "<!--")) {
        return parse_comment(self, start, next);
    }
    if (tdom_source_has_exactly(self->source, start, "<![CDATA[")) {
        end = tdom_find_text(self->source, start + 9, "]]>");
        *next = end < self->source.size ? end + 3 : 0;
        tdom_parser_drop(self, start, *next);
        return true;
    }
    end = tdom_find_byte(self->source, doctype ? start + 9 : start + 2, '>');
    *next = end < self->source.size ? end + 1 : 0;
    if (*next == 0) {
        return true;
    }
    return doctype ? tdom_parser_add_doctype(self, start + 2, end) : tdom_parser_add_comment(self, start + 2, end);
}

/* Add a comment that is not closed, without the part of "--!>" that it ends with. */
static bool parse_incomplete_comment(struct tdom_parser *self, size_t start) {
    size_t end = self->source.size;

    for (const char *const *suffix = (const char *const[]){"--!", "--", "-", NULL}; *suffix != NULL; suffix++) {
        size_t length = strlen(*suffix);
        if (end - start >= length && memcmp(self->source.text + end - length, *suffix, length) == 0) {
            end -= length;
            break;
        }
    }
    return tdom_parser_add_comment(self, start, end);
}

/* Handle markup that the end of the source cuts off. Tags are dropped, as in browsers. */
static bool parse_incomplete(struct tdom_parser *self, size_t start) {
    const struct tdom_source source = self->source;
    const size_t end = source.size;

    if (tdom_source_has(source, start, "</") && start + 2 == end) {
        return tdom_parser_add_text(self, start, end, TDOM_READ_RAW);
    }
    if (tdom_begins_name(source, start + 1) || tdom_source_has(source, start, "<?") ||
        tdom_source_has_exactly(source, start, "<![CDATA[") ||
        (tdom_source_has(source, start, "</") && tdom_begins_name(source, start + 2))) {
        tdom_parser_drop(self, start, end);
        return true;
    }
    if (tdom_source_has(source, start, "<!--")) {
        return parse_incomplete_comment(self, start + 4);
    }
    return tdom_source_has(source, start, "<!doctype") ? tdom_parser_add_doctype(self, start + 2, end)
                                                       : tdom_parser_add_comment(self, start + 2, end);
}

/* Drop "<?...>". *next receives where it ends; 0: it is not complete. */
static void skip_instruction(struct tdom_parser *self, size_t start, size_t *next) {
    size_t end = tdom_find_byte(self->source, start + 2, '>');

    *next = end < self->source.size ? end + 1 : 0;
    tdom_parser_drop(self, start, *next);
}

/* Parse what begins with "<". *next receives where it ends. */
static bool parse_markup(struct tdom_parser *self, size_t start, size_t *next) {
    bool done = true;

    if (tdom_begins_name(self->source, start + 1)) {
        done = tdom_parser_start_tag(self, start, next);
    } else if (tdom_source_has(self->source, start, "</")) {
        done = tdom_parser_end_tag(self, start, next);
    } else if (tdom_source_has(self->source, start, "<!")) {
        done = parse_declaration(self, start, next);
    } else if (tdom_source_has(self->source, start, "<?")) {
        skip_instruction(self, start, next);
    } else {
        *next = start + 1;
        return tdom_parser_add_text(self, start, start + 1, TDOM_READ_RAW);
    }
    if (done && *next == 0) {
        *next = self->source.size;
        done = parse_incomplete(self, start);
    }
    return done;
}

/* -- the whole source -- */

/* Whether the end tag of an element that contains only text is at an offset. */
static bool ends_text(const struct tdom_parser *self, const struct tdom_open_tag *open, size_t at) {
    const char *text = self->source.text;
    const size_t length = open->name_end - open->name_start;
    const size_t behind = at + 2 + length;

    return behind < self->source.size && strncasecmp(text + at + 2, text + open->name_start, length) == 0 &&
           (tdom_is_space(text[behind]) || text[behind] == '/' || text[behind] == '>');
}

/* Where the text at `at` ends: at the next "<", or at the end tag of an element that contains only text. */
static size_t find_text_end(const struct tdom_parser *self, size_t at) {
    if (self->content == TDOM_NORMAL || self->depth == 0) {
        return tdom_find_byte(self->source, at, '<');
    }
    if (self->content == TDOM_PLAINTEXT) {
        return self->source.size;
    }
    for (at = tdom_find_text(self->source, at, "</"); at < self->source.size;
         at = tdom_find_text(self->source, at + 1, "</")) {
        if (ends_text(self, &self->stack[self->depth - 1], at)) {
            break;
        }
    }
    return at;
}

/* Check for elements that are still open, and for misplaced interpolations. */
static bool check_end(struct tdom_parser *self) {
    if (self->depth > 0) {
        const struct tdom_open_tag *open = &self->stack[self->depth - 1];
        return tdom_parser_fail(self, TDOM_FAULT_VALUE, open->name_start - 1,
                                "Invalid HTML structure: unclosed tags remain: <%s> is never closed.",
                                tdom_shown(self->source, open->name_start, open->name_end).text);
    }
    if (self->slots_used != tdom_count_slots(self->source, 0, self->source.size)) {
        return tdom_parser_fail(self, TDOM_FAULT_VALUE, self->misplaced,
                                "An interpolation cannot be used here: it is in a closing tag, in markup that is never "
                                "closed, in a processing instruction or in a CDATA section.");
    }
    return true;
}

static bool parse_source(struct tdom_parser *self) {
    size_t at = 0;

    while (at < self->source.size) {
        size_t end = find_text_end(self, at);
        bool decoded = self->content == TDOM_NORMAL || self->content == TDOM_ESCAPABLE;
        if (end > at && !tdom_parser_add_text(self, at, end, decoded ? TDOM_READ_TEXT : TDOM_READ_RAW)) {
            return false;
        }
        at = end;
        if (at < self->source.size && !parse_markup(self, at, &at)) {
            return false;
        }
    }
    return check_end(self);
}

bool tdom_parse(const char *source, size_t size, tdom_lower_fn lower, struct tdom_parse *out,
                struct tdom_fault *fault) {
    struct tdom_parser self = {.source = {source, size}, .lower = lower, .out = out, .fault = fault, .misplaced = size};
    bool done = false;

    *out = (struct tdom_parse){0};
    *fault = (struct tdom_fault){0};
    sty_buf_reserve(&out->pool, 1); /* so that the pool is never NULL, even if all spans are empty */
    /* A byte of the source becomes at most six in the pool, whose offsets have 32 bits. */
    done = size < UINT32_MAX / 8 ? parse_source(&self) : tdom_parser_fail_memory(&self);
    sty_free(self.stack);
    if (!done) {
        tdom_parse_finish(out);
    }
    return done;
}

void tdom_parse_finish(struct tdom_parse *parse) {
    sty_buf_finish(&parse->pool);
    sty_free(parse->strings);
    sty_free(parse->attributes);
    sty_free(parse->nodes);
    *parse = (struct tdom_parse){0};
}
