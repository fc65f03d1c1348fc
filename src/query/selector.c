#include "query/selector.h"

#include <lexbor/css/css.h>
#include <lexbor/selectors/selectors.h>

/** Longer selectors are refused. */
#define LONGEST 10000

struct search {
    sty_match_fn found;
    void *data;
};

static lxb_status_t on_match(lxb_dom_node_t *node, lxb_css_selector_specificity_t specificity, void *context) {
    const struct search *search = context;

    return search->found(sty_tree_number(node), search->data) ? LXB_STATUS_OK : LXB_STATUS_ERROR_MEMORY_ALLOCATION;
}

static int search_for(const lxb_css_selector_list_t *list, lxb_dom_node_t *root, struct search *search,
                      struct sty_error *err) {
    lxb_selectors_t *selectors = lxb_selectors_create();
    lxb_status_t status = lxb_selectors_init(selectors);

    if (status == LXB_STATUS_OK) {
        lxb_selectors_opt_set(selectors, LXB_SELECTORS_OPT_MATCH_FIRST);
        status = lxb_selectors_find(selectors, root, list, on_match, search);
    }
    lxb_selectors_destroy(selectors, true);
    return status == LXB_STATUS_OK ? STY_OK : sty_error_nomem(err);
}

int sty_select(const struct sty_tree *tree, size_t scope, const char *selector, size_t size, sty_match_fn found,
               void *data, struct sty_error *err) {
    lxb_css_parser_t *parser = lxb_css_parser_create();
    lxb_css_selector_list_t *list = NULL;
    struct search search = {found, data};
    /* For node 0, search from the document, so that "html" is found; for other nodes, only inside of them. */
    lxb_dom_node_t *root = scope != 0 ? lxb_dom_interface_node(tree->nodes[scope].element)
                                      : lxb_dom_interface_node(tree->nodes[0].element)->parent;
    int status = STY_ERR_NOMEM;

    if (lxb_css_parser_init(parser, NULL) != LXB_STATUS_OK) {
        lxb_css_parser_destroy(parser, true);
        return sty_error_nomem(err);
    }
    if (size <= LONGEST) {
        list = lxb_css_selectors_parse(parser, (const lxb_char_t *)selector, size);
    }
    if (list == NULL || lxb_css_parser_status(parser) != LXB_STATUS_OK) {
        status =
            sty_error_set(err, STY_ERR_USAGE, "invalid CSS selector: '%.*s'", (int)(size < 200 ? size : 200), selector);
    } else {
        status = search_for(list, root, &search, err);
    }
    lxb_css_selector_list_destroy_memory(list);
    lxb_css_parser_destroy(parser, true);
    return status;
}
