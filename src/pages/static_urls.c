#include "pages/static_urls.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/percent.h"

#define PREFIX "static/"
#define PREFIX_SIZE (sizeof(PREFIX) - 1)

struct rewriter {
    const char *root;
    const char *path; /* of the node; NULL: a static file is rewritten, in which "static/" has no meaning */
    const struct sty_catalog *catalog;
    struct sty_buf *out;
};

static int compare_path(const void *path, const void *file) {
    return strcmp(path, ((const struct sty_static_file *)file)->path);
}

static bool is_published(const struct sty_catalog *catalog, const char *path) {
    return catalog->static_count > 0 &&
           bsearch(path, catalog->statics, catalog->static_count, sizeof(*catalog->statics), compare_path) != NULL;
}

/* Append the path that a URL names: decoded, without query and fragment. */
static void add_decoded(const char *text, size_t size, struct sty_buf *out) {
    size_t plain = 0;

    while (plain < size && text[plain] != '?' && text[plain] != '#') {
        plain++;
    }
    sty_percent_decode(text, plain, out);
}

/* Append the address of "static/<name>", from the nearest `static` directory at or above the node with such a file. */
static void add_target(struct rewriter *self, const char *name, size_t size) {
    size_t above = strlen(self->path);
    struct sty_buf target = {0};

    while (above > 0) {
        sty_buf_clear(&target);
        sty_buf_add(&target, PREFIX);
        sty_buf_append(&target, self->path, above);
        sty_buf_putc(&target, '/');
        add_decoded(name, size, &target);
        if (is_published(self->catalog, sty_buf_text(&target))) {
            break;
        }
        while (above > 0 && self->path[--above] != '/') {
        }
    }
    sty_buf_add(self->out, self->root);
    sty_buf_add(self->out, PREFIX);
    if (above > 0) {
        sty_buf_append(self->out, self->path, above);
        sty_buf_putc(self->out, '/');
    }
    sty_buf_append(self->out, name, size);
    self->out->failed = self->out->failed || target.failed;
    sty_buf_finish(&target);
}

/* Whether a path below the root of the catalog names a published file. */
static bool names_published(struct rewriter *self, const char *text, size_t size) {
    struct sty_buf name = {0};
    bool found = false;

    add_decoded(text, size, &name);
    found = !name.failed && name.size > 0 && is_published(self->catalog, sty_buf_text(&name));
    self->out->failed = self->out->failed || name.failed;
    sty_buf_finish(&name);
    return found;
}

/* Whether a URL begins with the place of a static directory. For the root, only existing files count, as the
 * application's pages have addresses there, too. */
static bool is_in_static_dir(struct rewriter *self, const char *text, size_t size) {
    const struct sty_strlist *roots = &self->catalog->static_roots;

    if (size < 2 || text[0] != '/' || text[1] == '/') {
        return false;
    }
    for (size_t i = 0; i < roots->count; i++) {
        size_t length = strlen(roots->items[i]);
        if (length == 0
                ? names_published(self, text + 1, size - 1)
                : size > length + 2 && memcmp(text + 1, roots->items[i], length) == 0 && text[1 + length] == '/') {
            return true;
        }
    }
    return false;
}

/* Append a URL; if it means a published file, make it relative to the page. */
static void add_address(struct rewriter *self, const char *text, size_t size) {
    if (self->path != NULL && size >= PREFIX_SIZE && memcmp(text, PREFIX, PREFIX_SIZE) == 0) {
        add_target(self, text + PREFIX_SIZE, size - PREFIX_SIZE);
    } else if (is_in_static_dir(self, text, size)) {
        sty_buf_add(self->out, self->root);
        sty_buf_append(self->out, text + 1, size - 1);
    } else {
        sty_buf_append(self->out, text, size);
    }
}

/* Append a value that is a single URL. */
static void add_url(struct rewriter *self, const char *text, size_t size) {
    size_t space = 0, length = 0;

    while (space < size && isspace((unsigned char)text[space])) {
        space++;
    }
    for (length = size - space; length > 0 && isspace((unsigned char)text[space + length - 1]); length--) {
    }
    sty_buf_append(self->out, text, space);
    add_address(self, text + space, length);
    sty_buf_append(self->out, text + space + length, size - space - length);
}

/* Append a value that is a list of URLs, each followed by a comma, or by white space and a width or density. As in
 * browsers, any other comma belongs to the URL. */
static void add_srcset(struct rewriter *self, const char *text, size_t size) {
    while (size > 0) {
        size_t begin = 0, end = 0, next = 0;
        while (begin < size && (text[begin] == ',' || isspace((unsigned char)text[begin]))) {
            begin++;
        }
        for (next = begin; next < size && !isspace((unsigned char)text[next]); next++) {
        }
        for (end = next; end > begin && text[end - 1] == ','; end--) {
        }
        if (end == next) {
            const char *comma = memchr(text + next, ',', size - next);
            next = comma != NULL ? (size_t)(comma - text) : size;
        }
        sty_buf_append(self->out, text, begin);
        add_address(self, text + begin, end - begin);
        sty_buf_append(self->out, text + end, next - end);
        text += next;
        size -= next;
    }
}

/* The length of what introduces a URL in CSS at the beginning of `text`: "url(", or "@import" and a quotation mark,
 * which may be an HTML entity. 0: no URL follows. */
static size_t css_opening(const char *text, size_t size) {
    static const char *const quotes[] = {"\"", "'", "&quot;", "&apos;", "&#34;", "&#39;"};
    bool import = size > 7 && strncasecmp(text, "@import", 7) == 0;
    size_t at = import ? 7 : size > 4 && strncasecmp(text, "url(", 4) == 0 ? 4 : 0;
    bool quoted = false;

    while (at > 0 && at < size && isspace((unsigned char)text[at])) {
        at++;
    }
    for (size_t i = 0; at > 0 && !quoted && i < sizeof(quotes) / sizeof(*quotes); i++) {
        size_t length = strlen(quotes[i]);
        quoted = size - at > length && memcmp(text + at, quotes[i], length) == 0;
        at += quoted ? length : 0;
    }
    return import && !quoted ? 0 : at;
}

/* Append CSS with the URLs in url(...) and after @import rewritten. */
static void add_css(struct rewriter *self, const char *text, size_t size) {
    size_t copied = 0;

    for (size_t at = 0; at < size; at++) {
        size_t opening = text[at] == '@' || text[at] == 'u' || text[at] == 'U' ? css_opening(text + at, size - at) : 0;
        size_t length = 0;
        if (opening == 0) {
            continue;
        }
        at += opening;
        while (at + length < size && strchr("\"')& \t\r\n", text[at + length]) == NULL) {
            length++;
        }
        sty_buf_append(self->out, text + copied, at - copied);
        add_address(self, text + at, length);
        at += length;
        copied = at--; /* the end of the URL may be the beginning of the next one */
    }
    sty_buf_append(self->out, text + copied, size - copied);
}

static bool name_is(const char *name, size_t size, const char *wanted) {
    return strlen(wanted) == size && strncasecmp(name, wanted, size) == 0;
}

static void add_value(struct rewriter *self, const char *name, size_t name_size, const char *value, size_t size) {
    static const char *const urls[] = {"src",    "href",       "poster",     "data",
                                       "action", "formaction", "xlink:href", "background"};

    for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
        if (name_is(name, name_size, urls[i])) {
            add_url(self, value, size);
            return;
        }
    }
    if (name_is(name, name_size, "srcset") || name_is(name, name_size, "imagesrcset")) {
        add_srcset(self, value, size);
    } else if (name_is(name, name_size, "style")) {
        add_css(self, value, size);
    } else {
        sty_buf_append(self->out, value, size);
    }
}

/* Append the attribute at `at`: its name, and its value if it has one. Returns what follows it. */
static const char *add_an_attribute(struct rewriter *self, const char *at) {
    const char *name = at;
    size_t name_size = strcspn(at, " \t\r\n\f=>");
    const char *value = NULL;
    size_t size = 0;

    at = name + name_size;
    at += strspn(at, " \t\r\n\f");
    if (*at != '=') {
        sty_buf_append(self->out, name, name_size);
        return name + name_size;
    }
    at += 1 + strspn(at + 1, " \t\r\n\f");
    sty_buf_append(self->out, name, (size_t)(at - name));
    if (*at == '"' || *at == '\'') {
        char quote[] = {*at, '\0'};
        value = at + 1;
        size = strcspn(value, quote);
        sty_buf_putc(self->out, *at);
        add_value(self, name, name_size, value, size);
        at = value + size;
        if (*at != '\0') {
            sty_buf_putc(self->out, *at++);
        }
        return at;
    }
    size = strcspn(at, " \t\r\n\f>");
    add_value(self, name, name_size, at, size);
    return at + size;
}

/* Append the start tag at `at`. Returns what follows it. */
static const char *add_start_tag(struct rewriter *self, const char *at) {
    size_t size = strcspn(at, " \t\r\n\f>");

    sty_buf_append(self->out, at, size);
    at += size;
    while (*at != '\0' && *at != '>') {
        size = strspn(at, " \t\r\n\f/=");
        sty_buf_append(self->out, at, size);
        at += size;
        if (*at != '\0' && *at != '>') {
            at = add_an_attribute(self, at);
        }
    }
    if (*at == '>') {
        sty_buf_putc(self->out, *at++);
    }
    return at;
}

/* The end tag of an element whose content is text, at or after `at`. */
static const char *find_end_tag(const char *at, const char *name, size_t size) {
    for (; (at = strstr(at, "</")) != NULL; at += 2) {
        if (strncasecmp(at + 2, name, size) == 0 && !isalnum((unsigned char)at[2 + size])) {
            return at;
        }
    }
    return NULL;
}

/* Append a tag, and the text of an element that contains no elements. Returns what follows. */
static const char *add_element(struct rewriter *self, const char *at) {
    static const char *const raw[] = {"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"};
    const char *name = at + 1;
    size_t size = strcspn(name, " \t\r\n\f/>");

    at = add_start_tag(self, at);
    for (size_t i = 0; i < sizeof(raw) / sizeof(*raw); i++) {
        if (name_is(name, size, raw[i])) {
            const char *end = find_end_tag(at, name, size);
            size_t length = end != NULL ? (size_t)(end - at) : strlen(at);
            if (name_is(name, size, "style")) {
                add_css(self, at, length);
            } else {
                sty_buf_append(self->out, at, length);
            }
            return at + length;
        }
    }
    return at;
}

void sty_static_urls_rewrite(const char *html, const char *root, const char *path, const struct sty_catalog *catalog,
                             struct sty_buf *out) {
    struct rewriter self = {.root = root, .path = path, .catalog = catalog, .out = out};
    const char *at = html;

    if (strstr(html, PREFIX) == NULL && catalog->static_roots.count == 0) {
        sty_buf_add(out, html);
        return;
    }
    while (*at != '\0') {
        size_t text = strcspn(at, "<");
        sty_buf_append(out, at, text);
        at += text;
        if (strncmp(at, "<!--", 4) == 0) {
            const char *end = strstr(at, "-->");
            size_t size = end != NULL ? (size_t)(end - at) : strlen(at);
            sty_buf_append(out, at, size);
            at += size;
        } else if (*at == '<' && isalpha((unsigned char)at[1])) {
            at = add_element(&self, at);
        } else if (*at != '\0') {
            sty_buf_putc(out, *at++);
        }
    }
}

void sty_static_urls_rewrite_css(const char *css, size_t size, const char *path, const struct sty_catalog *catalog,
                                 struct sty_buf *out) {
    struct sty_buf root = {0};
    struct rewriter self = {.catalog = catalog, .out = out};

    for (const char *at = path; *at != '\0'; at++) {
        if (*at == '/') {
            sty_buf_add(&root, "../");
        }
    }
    self.root = sty_buf_text(&root);
    if (size > 0) {
        add_css(&self, css, size);
    }
    out->failed = out->failed || root.failed;
    sty_buf_finish(&root);
}
