/**
 * Scans a template's source for names, attributes and whole tags, with the results of html.parser's regular
 * expressions. Keeps no state. Private to the parser; plain C, any thread.
 *
 * Offsets are into the source. Each function says which offset means that nothing was found.
 */
#ifndef STY_TDOM_SCAN_H
#define STY_TDOM_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/** Stands for an interpolation; UTF-8 never has this byte. */
#define TDOM_SLOT '\xFF'

struct tdom_source {
    const char *text;
    size_t size;
};

struct tdom_scanned_attribute {
    size_t name_start, name_end;
    bool has_value;
    size_t value_start, value_end; /* without the quotes */
};

bool tdom_is_space(char byte);

/** Whether a tag's name may begin at an offset, which is true for a letter or an interpolation. */
bool tdom_begins_name(struct tdom_source source, size_t at);

/** Whether a text is at an offset. The first ignores the case of letters. */
bool tdom_source_has(struct tdom_source source, size_t at, const char *what);
bool tdom_source_has_exactly(struct tdom_source source, size_t at, const char *what);

/** The next occurrence of a byte or text at or after `at`; the source's size: there is none. */
size_t tdom_find_byte(struct tdom_source source, size_t at, char byte);
size_t tdom_find_text(struct tdom_source source, size_t at, const char *what);

/** The next interpolation at or after `at`; `end`: there is none before that. */
size_t tdom_find_slot(struct tdom_source source, size_t at, size_t end);

/** How many interpolations there are between two offsets. */
size_t tdom_count_slots(struct tdom_source source, size_t start, size_t end);

/** The end of the name at `at`: a space, "/", ">", or the end of the source. */
size_t tdom_scan_name(struct tdom_source source, size_t at);

/** Scan the attribute at `at`, which is not 0. Returns where it ends; `at`: there is none. */
size_t tdom_scan_attribute(struct tdom_source source, size_t at, struct tdom_scanned_attribute *out);

/** Skip spaces and slashes before an attribute, but not the slash of "/>". */
size_t tdom_skip_to_attribute(struct tdom_source source, size_t at);

/** The end, after its ">", of the tag whose name begins at `at`; 0: it is not complete. */
size_t tdom_scan_tag(struct tdom_source source, size_t at);

#endif
