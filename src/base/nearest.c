#include "base/nearest.h"

#include <stdint.h>
#include <string.h>

/* Texts longer than this many bytes are not compared. */
#define LONGEST 128

size_t sty_edit_distance(const char *one, const char *other) {
    size_t row[LONGEST + 1]; /* the distance of what has been read of `one` from each prefix of `other` */
    size_t width = strlen(other);

    if (width > LONGEST || strlen(one) > LONGEST) {
        return SIZE_MAX;
    }
    for (size_t i = 0; i <= width; i++) {
        row[i] = i;
    }
    for (size_t at = 0; one[at] != '\0'; at++) {
        size_t corner = row[0];
        row[0] = at + 1;
        for (size_t i = 1; i <= width; i++) {
            size_t changed = corner + (one[at] != other[i - 1] ? 1 : 0);
            size_t moved = (row[i] < row[i - 1] ? row[i] : row[i - 1]) + 1;
            corner = row[i];
            row[i] = changed < moved ? changed : moved;
        }
    }
    return row[width];
}

size_t sty_nearest_limit(const char *mistyped) {
    size_t third = strlen(mistyped) / 3;

    return third < 2 ? third + 1 : third;
}

const char *sty_nearest(const char *mistyped, const char *const *names, size_t count) {
    const char *nearest = NULL;
    size_t best = sty_nearest_limit(mistyped) + 1;

    for (size_t i = 0; i < count; i++) {
        size_t away = sty_edit_distance(mistyped, names[i]);
        if (away < best) {
            best = away;
            nearest = names[i];
        }
    }
    return nearest;
}
