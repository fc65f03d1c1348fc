#include "tdom/htmlspec.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* https://html.spec.whatwg.org/multipage/parsing.html, "adjust SVG attributes" and the tag names of foreign content;
 * sorted as if they were in lower case. */
static const char *const svg_tags[] = {
    "altGlyph",
    "altGlyphDef",
    "altGlyphItem",
    "animateColor",
    "animateMotion",
    "animateTransform",
    "clipPath",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feConvolveMatrix",
    "feDiffuseLighting",
    "feDisplacementMap",
    "feDistantLight",
    "feDropShadow",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feImage",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
    "fePointLight",
    "feSpecularLighting",
    "feSpotLight",
    "feTile",
    "feTurbulence",
    "foreignObject",
    "glyphRef",
    "linearGradient",
    "radialGradient",
    "textPath",
};

static const char *const svg_attributes[] = {
    "attributeName",
    "attributeType",
    "baseFrequency",
    "baseProfile",
    "calcMode",
    "clipPathUnits",
    "diffuseConstant",
    "edgeMode",
    "filterUnits",
    "glyphRef",
    "gradientTransform",
    "gradientUnits",
    "kernelMatrix",
    "kernelUnitLength",
    "keyPoints",
    "keySplines",
    "keyTimes",
    "lengthAdjust",
    "limitingConeAngle",
    "markerHeight",
    "markerUnits",
    "markerWidth",
    "maskContentUnits",
    "maskUnits",
    "numOctaves",
    "pathLength",
    "patternContentUnits",
    "patternTransform",
    "patternUnits",
    "pointsAtX",
    "pointsAtY",
    "pointsAtZ",
    "preserveAlpha",
    "preserveAspectRatio",
    "primitiveUnits",
    "refX",
    "refY",
    "repeatCount",
    "repeatDur",
    "requiredExtensions",
    "requiredFeatures",
    "specularConstant",
    "specularExponent",
    "spreadMethod",
    "startOffset",
    "stdDeviation",
    "stitchTiles",
    "surfaceScale",
    "systemLanguage",
    "tableValues",
    "targetX",
    "targetY",
    "textLength",
    "viewBox",
    "viewTarget",
    "xChannelSelector",
    "yChannelSelector",
    "zoomAndPan",
};

struct word {
    const char *text;
    size_t size;
};

/* The word may contain NULs, which end strncasecmp() early, so the lengths are compared as well. */
static int compare_word(const void *key, const void *item) {
    const struct word *word = key;
    const char *name = *(const char *const *)item;
    const size_t length = strlen(name);
    int order = strncasecmp(word->text, name, length < word->size ? length : word->size);

    return order != 0 ? order : (word->size > length) - (word->size < length);
}

/* The spelling of a word that is in lower case; NULL: it is not in the table. */
static const char *find_spelling(const char *const *table, size_t count, const char *text, size_t size) {
    const struct word word = {text, size};
    const char *const *found = bsearch(&word, table, count, sizeof(*table), compare_word);

    for (size_t i = 0; found != NULL && i < size; i++) {
        if (text[i] == '\0' || (text[i] >= 'A' && text[i] <= 'Z')) {
            return NULL; /* only a name in lower case is respelled */
        }
    }
    return found != NULL ? *found : NULL;
}

const char *tdom_svg_tag(const char *name, size_t size) {
    return find_spelling(svg_tags, sizeof(svg_tags) / sizeof(*svg_tags), name, size);
}

const char *tdom_svg_attribute(const char *name, size_t size) {
    return find_spelling(svg_attributes, sizeof(svg_attributes) / sizeof(*svg_attributes), name, size);
}

static bool is_one_of(const char *const *names, const char *name, size_t size) {
    for (; *names != NULL; names++) {
        if (strlen(*names) == size && memcmp(*names, name, size) == 0) {
            return true;
        }
    }
    return false;
}

bool tdom_is_void(const char *name, size_t size) {
    static const char *const names[] = {"area", "base", "br",    "col",    "embed", "hr",  "img", "input",
                                        "link", "meta", "param", "source", "track", "wbr", NULL};

    return is_one_of(names, name, size);
}

enum tdom_content tdom_content_of(const char *name, size_t size) {
    static const char *const raw[] = {"xmp", "iframe", "noembed", "noframes", NULL};
    static const char *const escapable[] = {"textarea", "title", NULL};

    if (size == 6 && memcmp(name, "script", size) == 0) {
        return TDOM_SCRIPT;
    }
    if (size == 5 && memcmp(name, "style", size) == 0) {
        return TDOM_STYLE;
    }
    if (size == 9 && memcmp(name, "plaintext", size) == 0) {
        return TDOM_PLAINTEXT;
    }
    if (is_one_of(raw, name, size)) {
        return TDOM_UNPARSED;
    }
    return is_one_of(escapable, name, size) ? TDOM_ESCAPABLE : TDOM_NORMAL;
}
