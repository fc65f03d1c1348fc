/**
 * The catalog as plain C: the results of discovery and rendering, which all pages are made from.
 *
 * It holds no Python objects, so it outlives the interpreter that filled it, and pages need no Python. It consists of
 * *units*: one for each `stories.py`, with everything that was made of it. A rebuild replaces the units that a save
 * reaches and keeps the others; then sty_catalog_link() joins all of them in one tree again. All texts are UTF-8, and
 * owned by the struct that they are in. One thread at a time.
 */
#ifndef STY_CATALOG_CATALOG_H
#define STY_CATALOG_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/strlist.h"
#include "catalog/shares.h"

/** A piece of the user's source. */
struct sty_source {
    char *file; /* relative to the package's directory, NULL when unknown */
    int line;   /* 1-based */
    char *text; /* the source lines; NULL if they can't be read */
};

/** An error of user code, for an error page. Never contains a path of this machine. */
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
    char *type;        /* the component's annotation, "str | None", else the value's type; "": unknown */
    char *value;       /* a repr that is the same in every run; NULL: it has none */
    bool given;        /* set by the story; else it is the component's default */
    char *description; /* may be NULL */
    char *raw;         /* the value as written in an address, "!true"; NULL: it has no such form */
    char *now;         /* a changed value from an address, in the same form; else NULL */
    char *control;     /* its control, as JSON; NULL: it is only shown */
};

/** A parameter of a subject's component. */
struct sty_parameter {
    char *name;
    char *type;        /* the annotation as people write it; may be NULL */
    char *value;       /* the default, in the form of a prop's value; NULL: it is required */
    char *description; /* Markdown; may be NULL */
};

enum sty_assertion_result { STY_ASSERTION_PASSED, STY_ASSERTION_FAILED, STY_ASSERTION_ERROR };

struct sty_assertion {
    char *name; /* the callable's name */
    enum sty_assertion_result result;
    char *message; /* first line of the AssertionError, or "Type: message"; NULL when passed */
};

/** How a story is placed in its preview, by the parameter `layout`. */
enum sty_story_layout { STY_LAYOUT_OWN, STY_LAYOUT_PADDED, STY_LAYOUT_CENTERED, STY_LAYOUT_FULLSCREEN };

struct sty_story {
    char *title;       /* resolved, never NULL */
    char *description; /* may be NULL */
    char *id;          /* explicit id; may be NULL */
    char *slug;        /* the name of its directory, unique within its subject; set by sty_catalog_link() */
    char *target_name; /* "Button"; may be NULL */
    struct sty_strlist tags;
    struct sty_prop *props;
    size_t prop_count;
    struct sty_assertion *assertions;
    size_t assertion_count;
    char *html;       /* exactly the rendered component; NULL if `fault` is set */
    char *wrapped;    /* the same in its decorators; NULL: it has none, or `fault` is set */
    char *document;   /* the whole page, if the site has a layout or the story is a document itself; else NULL */
    char *parameters; /* its own and inherited ones, merged, as a JSON object; NULL: none */
    bool has_routes;  /* functions answer requests of its preview */
    enum sty_story_layout layout;
    struct sty_source story_source;
    struct sty_source component_source;
    struct sty_fault *fault; /* rendering failed; may be NULL */
};

enum sty_node_kind { STY_NODE_SITE, STY_NODE_SECTION, STY_NODE_SUBJECT, STY_NODE_BROKEN, STY_NODE_DOCUMENT };

/** A site, section or subject; a `stories.py` that failed (STY_NODE_BROKEN, with `fault`); or a Markdown file. */
struct sty_node {
    enum sty_node_kind kind;
    char *name;              /* the directory's name; "" for the site */
    char *title;             /* resolved, never NULL */
    char *description;       /* may be NULL */
    char *package_path;      /* "." or ".components.button" */
    char *path;              /* its directory below OUT, "" or "components/button"; for a document, its page:
                                "guides/colours.html" */
    char *target_name;       /* may be NULL */
    char *file;              /* its stories.py or document, relative to the package; may be NULL */
    struct sty_fault *fault; /* may be NULL */
    struct sty_story *stories;
    size_t story_count;
    char *docstring; /* subjects: the component's, without the parameters; Markdown; may be NULL */
    struct sty_parameter *parameters;
    size_t parameter_count;
    char *globals;            /* site: [[name, [values], attribute or null], ...] as JSON; NULL: none */
    bool has_context_globals; /* site: the value of a global is in its context */
    char *text;               /* documents: the Markdown; else NULL */
    int position;   /* documents: the number that the file's name begins with, which orders siblings; else INT_MAX */
    bool bequeaths; /* nodes below inherit decorators or parameters from it, so they are built together with it */
    /* since the last publication: */
    bool fresh;    /* it was put into the catalog */
    bool moved;    /* its title or parent has changed, which all pages below it show */
    bool relisted; /* its children have changed */
    /* set by sty_catalog_link(): */
    char *under;                /* the path of `parent`, valid even after that is released */
    struct sty_node *parent;    /* NULL for the site */
    struct sty_node **children; /* documents first, then in path order; owned array, borrowed nodes */
    size_t child_count;
    size_t child_capacity;
    bool attached;             /* a `docs.md`, which is shown on its parent's page and has none of its own */
    struct sty_shares *shares; /* of the lists of all nodes; owned, of a node in a catalog; NULL: none is kept */
};

/**
 * One `stories.py`: the node that its provider returned, and those that user code put into that node's `items`. Without
 * nodes: a module without a provider. Or a document; or a directory that only holds documents, whose `file` ends with a
 * slash, and which sty_catalog_link() creates.
 */
struct sty_unit {
    char *file;              /* relative to the package; identifies the unit */
    struct sty_node **nodes; /* owned, and each of them */
    size_t node_count;
    bool notable; /* it has errors, failed assertions, routes or a document, as few do; set by sty_catalog_put() */
};

/** A static file, which is published as it is. */
struct sty_static_file {
    char *source; /* absolute */
    char *path;   /* below OUT: "static/css/site.css" */
};

struct sty_catalog {
    struct sty_unit *units; /* sorted by file */
    size_t unit_count;
    struct sty_static_file *statics; /* sorted by path */
    size_t static_count;
    struct sty_strlist static_roots; /* the places where static directories are published: "static"; "" is the root */
    char *package;                   /* dotted name */
    char *python_version;            /* "3.14.8" */
    char *tdom_version;              /* "0.1.20", or "native, of storytime 0.2.0" */
    struct sty_node *site;           /* borrowed from its unit; set by sty_catalog_link() */
    bool linked;                     /* all nodes are in the tree; else call sty_catalog_link() before making pages */
    struct sty_strlist left;         /* since sty_catalog_settle(): paths of nodes that have lost children */
    bool nodes_changed;              /* since then: nodes were added or removed, so relative links may lead elsewhere */
    bool attachments_changed;        /* since then: documents have got or lost pages of their own */
    bool listing_changed;            /* since then: lists of all stories have changed */
    bool docs_changed;               /* since then: documents, or the documentation of components, have changed */
    bool without_llms;               /* no llms.txt and llms-full.txt */
};

/**
 * Join the units' nodes in one tree: the site, its sections, subjects under the section of their parent directory or
 * under the site, and documents under the nearest node at or above their directory. Sets all slugs, parents and
 * children. STY_ERR_SITE: there is no Site at the root, two ids in a subject are equal, or two nodes, or a story and a
 * node, have the same path (`err` names both places); do not use the tree then.
 */
int sty_catalog_link(struct sty_catalog *catalog, struct sty_error *err);

/**
 * Whether two units look the same on other nodes' pages, which show kinds, places and titles in headings, breadcrumbs
 * and links. If so, replacing one by the other only changes the pages of its own nodes and of those above them.
 */
bool sty_unit_has_same_places(const struct sty_unit *one, const struct sty_unit *other);

/** Whether they also look the same in lists of all stories: titles, URLs, descriptions, tags and errors. */
bool sty_unit_has_same_listing(const struct sty_unit *one, const struct sty_unit *other);

/** Whether they also document components in the same way (descriptions, parameters, examples), or are the same
 * document.
 */
bool sty_unit_has_same_docs(const struct sty_unit *one, const struct sty_unit *other);

/**
 * Add a unit, replacing and releasing one of the same file. `unit` is taken (zeroed) on STY_OK. In a linked catalog,
 * its nodes take the places of the old ones if they fit; otherwise the catalog is not `linked` afterwards.
 */
int sty_catalog_put(struct sty_catalog *catalog, struct sty_unit *unit, struct sty_error *err);

/**
 * For sty_catalog_put(): give the nodes of a new unit the places of the old one's in a linked catalog, with slugs for
 * their stories. true: done, and the old nodes may be released. false: they do not fit (other paths, kinds or number,
 * other slugs, which must be compared with all paths, or two equal ids), or no memory; link the catalog again.
 */
bool sty_catalog_seat_again(const struct sty_unit *old, struct sty_unit *unit);

/** Remove and release the unit of a file, if there is one. false: no memory, and it stays. */
bool sty_catalog_remove(struct sty_catalog *catalog, const char *file);

/** The unit of a file, or NULL. Borrowed until the next change. */
const struct sty_unit *sty_catalog_find(const struct sty_catalog *catalog, const char *file);

/** Everything has been published: clear all marks of changes. */
void sty_catalog_settle(struct sty_catalog *catalog);

/** The page of a node below OUT, new: "components/button/index.html". NULL: no memory. */
char *sty_node_page(const struct sty_node *node);

/** How many stories there are, and how many faults (broken files and stories). */
size_t sty_catalog_story_count(const struct sty_catalog *catalog);
size_t sty_catalog_fault_count(const struct sty_catalog *catalog);

/** How many of a story's assertions do not hold, because they failed or raised another exception. */
size_t sty_story_failing_count(const struct sty_story *story);

/** Append a text as a name for URLs and directories: letters and digits of any script in lower case, single hyphens. */
void sty_slug_append(struct sty_buf *out, const char *text);

/** Append the name of a file or directory as words: "House rules" for "house_rules". */
void sty_words_append(struct sty_buf *out, const char *name);

/** What a story's slug is made from: its id (may be NULL), else its title. */
struct sty_slug_wish {
    const char *id;
    const char *title;
};

/**
 * Assign the slugs of a subject's stories. Ids come first, so that no title ever takes the URL of an id; repeated
 * titles get "-2", "-3". Each of `slugs` is new (NULL before). STY_ERR_SITE: two ids are equal; `*equal` is the index
 * of the second. STY_ERR_NOMEM.
 */
int sty_slugs_assign(const struct sty_slug_wish *wishes, size_t count, char **slugs, size_t *equal);

/** Append a node, which the unit owns from now on; on STY_ERR_NOMEM it has been released. */
int sty_unit_add(struct sty_unit *unit, struct sty_node *node);

void sty_story_finish(struct sty_story *story);
void sty_node_destroy(struct sty_node *node);
void sty_unit_finish(struct sty_unit *unit);
void sty_fault_destroy(struct sty_fault *fault);
void sty_catalog_finish(struct sty_catalog *catalog);

/** Release an array of static files. */
void sty_static_files_finish(struct sty_static_file *files, size_t count);

#endif
