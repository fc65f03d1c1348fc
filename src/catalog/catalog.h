/**
 * The catalog as plain C: what discovery and rendering found out, and all that pages are made of.
 *
 * It holds no Python object, so that it outlives the interpreter which filled it, and no page needs Python. It is kept
 * by *units*: a unit is one `stories.py` and what came of it. A rebuild replaces the units that a save reaches and
 * keeps the others; then sty_catalog_link() seats all of them in one tree again. All texts are UTF-8 and owned by what
 * holds them. One thread at a time.
 */
#ifndef STY_CATALOG_CATALOG_H
#define STY_CATALOG_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/strlist.h"

/** A piece of the user's source. */
struct sty_source {
    char *file; /* relative to the package's directory, NULL when unknown */
    int line;   /* 1-based */
    char *text; /* the source lines; NULL when they can't be had */
};

/** A fault of user code, for an error page; never holds a path of the machine. */
struct sty_fault {
    char *type; /* "ValueError" */
    char *message;
    char *file;      /* relative to the package; may be NULL */
    int line;        /* 1-based, 0 unknown */
    char *traceback; /* the user's own frames with source lines, files relative to the package; may be NULL */
    char *hint;      /* what to do; may be NULL */
};

struct sty_prop {
    char *name;
    char *type;  /* "str | None": of the component's annotation, else the value's own; "" where neither is known */
    char *value; /* a repr that is the same in every run; NULL: it has none */
    bool given;  /* by the story; else it is the component's default */
    char *description; /* may be NULL */
    char *raw;         /* the value as an address has it, "!true"; NULL: it has no such form */
    char *now;         /* the same of a value out of an address, where it has another; else NULL */
    char *control;     /* how it can be changed, as JSON; NULL: it is shown alone */
};

/** A parameter of a subject's component. */
struct sty_parameter {
    char *name;
    char *type;        /* the annotation as people write it; may be NULL */
    char *value;       /* the default, as of a prop; NULL: it is required */
    char *description; /* Markdown; may be NULL */
};

enum sty_assertion_result { STY_ASSERTION_PASSED, STY_ASSERTION_FAILED, STY_ASSERTION_ERROR };

struct sty_assertion {
    char *name; /* the callable's name */
    enum sty_assertion_result result;
    char *message; /* first line of the AssertionError, or "Type: message"; NULL when passed */
};

/** How a story stands in its preview; what the parameter `layout` says. */
enum sty_story_layout { STY_LAYOUT_OWN, STY_LAYOUT_PADDED, STY_LAYOUT_CENTERED, STY_LAYOUT_FULLSCREEN };

struct sty_story {
    char *title;       /* resolved, never NULL */
    char *description; /* may be NULL */
    char *id;          /* explicit id; may be NULL */
    char *slug;        /* unique within its subject, names its directory; set by sty_catalog_link() */
    char *target_name; /* "Button"; may be NULL */
    struct sty_strlist tags;
    struct sty_prop *props;
    size_t prop_count;
    struct sty_assertion *assertions;
    size_t assertion_count;
    char *html;       /* the rendered component, exactly; NULL when `fault` is set */
    char *wrapped;    /* that within its decorators; NULL: it has none, or `fault` is set */
    char *document;   /* the whole standalone page, of a themed story or of one that is a document itself; else NULL */
    char *parameters; /* all that hold for it, merged, as a JSON object; NULL: none */
    bool has_routes;  /* functions answer what its preview asks of the server */
    enum sty_story_layout layout; /* one of them, for the preview */
    struct sty_source story_source;
    struct sty_source component_source;
    struct sty_fault *fault; /* rendering failed; may be NULL */
};

enum sty_node_kind { STY_NODE_SITE, STY_NODE_SECTION, STY_NODE_SUBJECT, STY_NODE_BROKEN, STY_NODE_DOCUMENT };

/** A site, section or subject; a `stories.py` that failed (STY_NODE_BROKEN, with `fault`); or a file of Markdown. */
struct sty_node {
    enum sty_node_kind kind;
    char *name;              /* the directory's name; "" for the site */
    char *title;             /* resolved, never NULL */
    char *description;       /* may be NULL */
    char *package_path;      /* "." or ".components.button" */
    char *path;              /* directory below OUT without slashes at its ends: "" or "components/button"; of a
                                document its page: "guides/colours.html" */
    char *target_name;       /* may be NULL */
    char *file;              /* its stories.py or document relative to the package; may be NULL */
    struct sty_fault *fault; /* may be NULL */
    struct sty_story *stories;
    size_t story_count;
    char *docstring; /* of a subject's component, without its parameters; Markdown; may be NULL */
    struct sty_parameter *parameters;
    size_t parameter_count;
    char *globals;            /* of the site: [[name, [values], attribute or null], ...] as JSON; NULL: none */
    bool has_context_globals; /* of the site: the value of one is in its context */
    char *text;               /* of a document: its Markdown; else NULL */
    int position;   /* of a document among its siblings: the number that its file's name begins with; else INT_MAX */
    bool bequeaths; /* nodes below inherit decorators or parameters from it: they are built with it */
    /* since the last publication: */
    bool fresh;    /* it was put into the catalog */
    bool moved;    /* its title or what it lies in is not what it was: pages of all below it show that */
    bool relisted; /* what lies in it is not what it was */
    /* set by sty_catalog_link(): */
    char *under;                /* the path of `parent`; outlives it */
    struct sty_node *parent;    /* NULL for the site */
    struct sty_node **children; /* documents first, then in path order; owned array, borrowed nodes */
    size_t child_count;
    size_t child_capacity;
    bool attached; /* a `docs.md`, which stands on its parent's page and has none of its own */
};

/**
 * One `stories.py`: the node that its provider returned, and those that this one was given as `items` by hand. No
 * nodes: a module without a provider. Or one document; or a directory that holds documents alone, whose `file` ends
 * with a slash and which sty_catalog_link() makes.
 */
struct sty_unit {
    char *file;              /* relative to the package; identifies the unit */
    struct sty_node **nodes; /* owned, and each of them */
    size_t node_count;
    bool notable; /* errors, failed assertions, routes or a document are in it, as few have; set by sty_catalog_put() */
};

/** A file of a `static/` directory, published as it is. */
struct sty_static_file {
    char *source; /* absolute */
    char *path;   /* below OUT: "static/css/site.css" */
};

struct sty_catalog {
    struct sty_unit *units; /* sorted by file */
    size_t unit_count;
    struct sty_static_file *statics; /* sorted by path */
    size_t static_count;
    struct sty_strlist static_roots; /* where static directories are published: "static"; "" is the root */
    char *package;                   /* dotted name */
    char *python_version;            /* "3.14.8" */
    char *tdom_version;              /* "0.1.20", or "native, of storytime 0.1.0" */
    struct sty_node *site;           /* borrowed from its unit; set by sty_catalog_link() */
    bool linked;                     /* all nodes have their places; else sty_catalog_link() must come before pages */
    struct sty_strlist left;         /* since sty_catalog_settle(): paths of nodes that something has gone from */
    bool nodes_changed;              /* since then: some came or went, so that relative links may lead elsewhere */
    bool attachments_changed;        /* since then: documents have pages of their own that had none, or vice versa */
    bool listing_changed;            /* since then: lists of all stories show something else */
    bool docs_changed;               /* since then: what is said of components, and documents, is something else */
    bool without_llms;               /* no llms.txt and llms-full.txt */
};

/**
 * Seat the units' nodes in one tree: the site, its sections, and subjects under the section of their parent directory
 * or under the site; documents under the nearest node at or above their directory. Sets slugs, parents and children
 * anew. STY_ERR_SITE: no Site at the root, or two equal ids in a subject (err names both places); the tree must then
 * not be used.
 */
int sty_catalog_link(struct sty_catalog *catalog, struct sty_error *err);

/**
 * Whether a unit shows the same as another one on pages that are not its own: kinds, places and titles of its nodes,
 * for headings, breadcrumbs and links. While that is so, it changes the pages of its own nodes and of those above them.
 */
bool sty_unit_has_same_places(const struct sty_unit *one, const struct sty_unit *other);

/** Whether it also is the same in lists of all stories: their titles, URLs, descriptions, tags, and what is wrong. */
bool sty_unit_has_same_listing(const struct sty_unit *one, const struct sty_unit *other);

/** Whether it also says the same of components: descriptions, parameters, examples; or is the same document. */
bool sty_unit_has_same_docs(const struct sty_unit *one, const struct sty_unit *other);

/**
 * Put a unit in its place, replacing and releasing one of the same file. `unit` is taken (zeroed) on STY_OK. In a
 * linked catalog, new nodes take the places of the old ones where they fit; else it is not `linked` afterwards.
 */
int sty_catalog_put(struct sty_catalog *catalog, struct sty_unit *unit, struct sty_error *err);

/**
 * Give new nodes the places that old ones of a linked catalog have, with slugs for their stories. true: done, and the
 * old ones may be released. false: they do not fit (other paths, kinds or number, two equal ids), or no memory; nothing
 * has changed that linking does not set anew. For sty_catalog_put().
 */
bool sty_catalog_seat_again(const struct sty_unit *old, struct sty_unit *unit);

/** Remove and release the unit of a file, if there is one. false: no memory, and it stays. */
bool sty_catalog_remove(struct sty_catalog *catalog, const char *file);

/** The unit of a file, or NULL. Borrowed until the next change. */
const struct sty_unit *sty_catalog_find(const struct sty_catalog *catalog, const char *file);

/** All of it is published: no node is fresh any more, and nothing has changed. */
void sty_catalog_settle(struct sty_catalog *catalog);

/** The page of a node below OUT, new: "components/button/index.html". NULL: no memory. */
char *sty_node_page(const struct sty_node *node);

/** How many stories there are, and how many faults (broken files and stories). */
size_t sty_catalog_story_count(const struct sty_catalog *catalog);
size_t sty_catalog_fault_count(const struct sty_catalog *catalog);

/** How many of a story's assertions do not hold: failed, or with another exception. */
size_t sty_story_failing_count(const struct sty_story *story);

/** Append a name for a URL and a directory: lower case, letters and digits, single hyphens. Other scripts are kept. */
void sty_slug_append(struct sty_buf *out, const char *text);

/** Append the name of a file or directory in words: "House rules" of "house_rules". */
void sty_words_append(struct sty_buf *out, const char *name);

/** What names a story's URL: its id (may be NULL), else its title. */
struct sty_slug_wish {
    const char *id;
    const char *title;
};

/**
 * The slugs of a subject's stories, in order: ids first, so that no title ever takes the URL of one away; a title used
 * twice gets "-2", "-3". Each of `slugs` is new (NULL before). STY_ERR_SITE: two ids are equal, and `*equal` names the
 * second of them. STY_ERR_NOMEM.
 */
int sty_slugs_assign(const struct sty_slug_wish *wishes, size_t count, char **slugs, size_t *equal);

/** Append a node that the unit owns from now on; on STY_ERR_NOMEM it has been released. */
int sty_unit_add(struct sty_unit *unit, struct sty_node *node);

void sty_story_finish(struct sty_story *story);
void sty_node_destroy(struct sty_node *node);
void sty_unit_finish(struct sty_unit *unit);
void sty_fault_destroy(struct sty_fault *fault);
void sty_catalog_finish(struct sty_catalog *catalog);

/** Release an array of static files. */
void sty_static_files_finish(struct sty_static_file *files, size_t count);

#endif
