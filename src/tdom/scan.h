/**
 * Finding one's way in a template's source: names, attributes and whole tags, as html.parser's regular expressions find
 * them; nothing is kept. Inner header of the parser; plain C, any thread.
 *
 * Offsets are into the source; where nothing is found, a function says which offset stands for that.
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

/** Whether a tag's name may begin there: with a letter, or with an interpolation. */
bool tdom_begins_name(struct tdom_source source, size_t at);

/** Whether a text stands there, in any case; only that in the case given. */
bool tdom_source_has(struct tdom_source source, size_t at, const char *what);
bool tdom_source_has_exactly(struct tdom_source source, size_t at, const char *what);

/** The next such byte or text at or behind `at`; the source's size: there is none. */
size_t tdom_find_byte(struct tdom_source source, size_t at, char byte);
size_t tdom_find_text(struct tdom_source source, size_t at, const char *what);

/** The next interpolation at or behind `at`; `end`: there is none before it. */
size_t tdom_find_slot(struct tdom_source source, size_t at, size_t end);

/** How many interpolations there are between two offsets. */
size_t tdom_count_slots(struct tdom_source source, size_t start, size_t end);

/** Where the name at `at` ends: at a space, "/" or ">", or with the source. */
size_t tdom_scan_name(struct tdom_source source, size_t at);

/** The attribute at `at`, which is not 0: where it ends; `at`: there is none. */
size_t tdom_scan_attribute(struct tdom_source source, size_t at, struct tdom_scanned_attribute *out);

/** Skip spaces and slashes before an attribute, but not the slash of "/>". */
size_t tdom_skip_to_attribute(struct tdom_source source, size_t at);

/** Where the tag whose name begins at `at` ends, behind its ">"; 0: it is not complete. */
size_t tdom_scan_tag(struct tdom_source source, size_t at);

#endif
