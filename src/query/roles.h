/**
 * The roles of WAI-ARIA, and which of them an element has: by its `role` attribute, else by HTML-AAM. Plain C, any
 * thread.
 */
#ifndef STY_QUERY_ROLES_H
#define STY_QUERY_ROLES_H

#include <stdbool.h>
#include <stddef.h>

/** Where an element with a role gets its accessible name from. */
enum sty_naming {
    STY_NAMED_AUTHOR,  /* from the author only: aria-label and the like */
    STY_NAMED_CONTENT, /* from the author, else from its content */
    STY_NAMED_NEVER,   /* it has none: ARIA prohibits that */
};

#define STY_ROLES(X)                                                                                                   \
    X(ALERT, "alert", AUTHOR)                                                                                          \
    X(ALERTDIALOG, "alertdialog", AUTHOR)                                                                              \
    X(APPLICATION, "application", AUTHOR)                                                                              \
    X(ARTICLE, "article", AUTHOR)                                                                                      \
    X(BANNER, "banner", AUTHOR)                                                                                        \
    X(BLOCKQUOTE, "blockquote", AUTHOR)                                                                                \
    X(BUTTON, "button", CONTENT)                                                                                       \
    X(CAPTION, "caption", NEVER)                                                                                       \
    X(CELL, "cell", CONTENT)                                                                                           \
    X(CHECKBOX, "checkbox", CONTENT)                                                                                   \
    X(CODE, "code", NEVER)                                                                                             \
    X(COLUMNHEADER, "columnheader", CONTENT)                                                                           \
    X(COMBOBOX, "combobox", AUTHOR)                                                                                    \
    X(COMPLEMENTARY, "complementary", AUTHOR)                                                                          \
    X(CONTENTINFO, "contentinfo", AUTHOR)                                                                              \
    X(DEFINITION, "definition", NEVER)                                                                                 \
    X(DELETION, "deletion", NEVER)                                                                                     \
    X(DIALOG, "dialog", AUTHOR)                                                                                        \
    X(DIRECTORY, "directory", AUTHOR)                                                                                  \
    X(DOCUMENT, "document", AUTHOR)                                                                                    \
    X(EMPHASIS, "emphasis", NEVER)                                                                                     \
    X(FEED, "feed", AUTHOR)                                                                                            \
    X(FIGURE, "figure", AUTHOR)                                                                                        \
    X(FORM, "form", AUTHOR)                                                                                            \
    X(GENERIC, "generic", NEVER)                                                                                       \
    X(GRID, "grid", AUTHOR)                                                                                            \
    X(GRIDCELL, "gridcell", CONTENT)                                                                                   \
    X(GROUP, "group", AUTHOR)                                                                                          \
    X(HEADING, "heading", CONTENT)                                                                                     \
    X(IMG, "img", AUTHOR)                                                                                              \
    X(INSERTION, "insertion", NEVER)                                                                                   \
    X(LINK, "link", CONTENT)                                                                                           \
    X(LIST, "list", AUTHOR)                                                                                            \
    X(LISTBOX, "listbox", AUTHOR)                                                                                      \
    X(LISTITEM, "listitem", AUTHOR)                                                                                    \
    X(LOG, "log", AUTHOR)                                                                                              \
    X(MAIN, "main", AUTHOR)                                                                                            \
    X(MARK, "mark", NEVER)                                                                                             \
    X(MARQUEE, "marquee", AUTHOR)                                                                                      \
    X(MATH, "math", AUTHOR)                                                                                            \
    X(MENU, "menu", AUTHOR)                                                                                            \
    X(MENUBAR, "menubar", AUTHOR)                                                                                      \
    X(MENUITEM, "menuitem", CONTENT)                                                                                   \
    X(MENUITEMCHECKBOX, "menuitemcheckbox", CONTENT)                                                                   \
    X(MENUITEMRADIO, "menuitemradio", CONTENT)                                                                         \
    X(METER, "meter", AUTHOR)                                                                                          \
    X(NAVIGATION, "navigation", AUTHOR)                                                                                \
    X(NOTE, "note", AUTHOR)                                                                                            \
    X(OPTION, "option", CONTENT)                                                                                       \
    X(PARAGRAPH, "paragraph", NEVER)                                                                                   \
    X(PRESENTATION, "presentation", NEVER)                                                                             \
    X(PROGRESSBAR, "progressbar", AUTHOR)                                                                              \
    X(RADIO, "radio", CONTENT)                                                                                         \
    X(RADIOGROUP, "radiogroup", AUTHOR)                                                                                \
    X(REGION, "region", AUTHOR)                                                                                        \
    X(ROW, "row", CONTENT)                                                                                             \
    X(ROWGROUP, "rowgroup", AUTHOR)                                                                                    \
    X(ROWHEADER, "rowheader", CONTENT)                                                                                 \
    X(SCROLLBAR, "scrollbar", AUTHOR)                                                                                  \
    X(SEARCH, "search", AUTHOR)                                                                                        \
    X(SEARCHBOX, "searchbox", AUTHOR)                                                                                  \
    X(SEPARATOR, "separator", AUTHOR)                                                                                  \
    X(SLIDER, "slider", AUTHOR)                                                                                        \
    X(SPINBUTTON, "spinbutton", AUTHOR)                                                                                \
    X(STATUS, "status", AUTHOR)                                                                                        \
    X(STRONG, "strong", NEVER)                                                                                         \
    X(SUBSCRIPT, "subscript", NEVER)                                                                                   \
    X(SUGGESTION, "suggestion", NEVER)                                                                                 \
    X(SUPERSCRIPT, "superscript", NEVER)                                                                               \
    X(SWITCH, "switch", CONTENT)                                                                                       \
    X(TAB, "tab", CONTENT)                                                                                             \
    X(TABLE, "table", AUTHOR)                                                                                          \
    X(TABLIST, "tablist", AUTHOR)                                                                                      \
    X(TABPANEL, "tabpanel", AUTHOR)                                                                                    \
    X(TERM, "term", NEVER)                                                                                             \
    X(TEXTBOX, "textbox", AUTHOR)                                                                                      \
    X(TIME, "time", NEVER)                                                                                             \
    X(TIMER, "timer", AUTHOR)                                                                                          \
    X(TOOLBAR, "toolbar", AUTHOR)                                                                                      \
    X(TOOLTIP, "tooltip", CONTENT)                                                                                     \
    X(TREE, "tree", AUTHOR)                                                                                            \
    X(TREEGRID, "treegrid", AUTHOR)                                                                                    \
    X(TREEITEM, "treeitem", CONTENT)

enum sty_role {
    STY_ROLE_NONE, /* an element that means nothing by itself, such as a div */
#define STY_ROLE_ENUM(name, text, naming) STY_ROLE_##name,
    STY_ROLES(STY_ROLE_ENUM)
#undef STY_ROLE_ENUM
        STY_ROLE_COUNT,
};

struct sty_tree;

/** A role's name, static; NULL for STY_ROLE_NONE. */
const char *sty_role_name(enum sty_role role);

/** The role with this name (in lower case); "none" gives "presentation", and "image" gives "img". STY_ROLE_NONE:
 * unknown.
 */
enum sty_role sty_role_find(const char *name, size_t size);

enum sty_naming sty_role_naming(enum sty_role role);

/** Compute the role of a node. The roles of its ancestors must be set. */
enum sty_role sty_role_of(const struct sty_tree *tree, size_t node);

/** The level of a heading, or the aria-level of a list item, row or tree item; 0: it has none. */
int sty_role_level(const struct sty_tree *tree, size_t node);

#endif
