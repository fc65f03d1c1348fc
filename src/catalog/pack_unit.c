#include "catalog/pack_unit.h"

#include "base/alloc.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* -- which texts there are -------------------------------------------------------------------------------------------
 */

static const size_t fault_texts[] = {offsetof(struct sty_fault, type), offsetof(struct sty_fault, message),
                                     offsetof(struct sty_fault, file), offsetof(struct sty_fault, traceback),
                                     offsetof(struct sty_fault, hint)};

static const size_t prop_texts[] = {offsetof(struct sty_prop, name),       offsetof(struct sty_prop, type),
                                    offsetof(struct sty_prop, value),      offsetof(struct sty_prop, raw),
                                    offsetof(struct sty_prop, now),        offsetof(struct sty_prop, control),
                                    offsetof(struct sty_prop, description)};

static const size_t assertion_texts[] = {offsetof(struct sty_assertion, name), offsetof(struct sty_assertion, message)};

static const size_t story_texts[] = {
    offsetof(struct sty_story, title),
    offsetof(struct sty_story, description),
    offsetof(struct sty_story, id),
    offsetof(struct sty_story, slug),
    offsetof(struct sty_story, target_name),
    offsetof(struct sty_story, html),
    offsetof(struct sty_story, wrapped),
    offsetof(struct sty_story, document),
    offsetof(struct sty_story, parameters),
    offsetof(struct sty_story, story_source.file),
    offsetof(struct sty_story, story_source.text),
    offsetof(struct sty_story, component_source.file),
    offsetof(struct sty_story, component_source.text),
};

static const size_t parameter_texts[] = {offsetof(struct sty_parameter, name), offsetof(struct sty_parameter, type),
                                         offsetof(struct sty_parameter, value),
                                         offsetof(struct sty_parameter, description)};

static const size_t node_texts[] = {
    offsetof(struct sty_node, name),         offsetof(struct sty_node, title),   offsetof(struct sty_node, description),
    offsetof(struct sty_node, package_path), offsetof(struct sty_node, path),    offsetof(struct sty_node, target_name),
    offsetof(struct sty_node, file),         offsetof(struct sty_node, globals), offsetof(struct sty_node, text),
    offsetof(struct sty_node, docstring),
};

static const size_t static_texts[] = {offsetof(struct sty_static_file, source), offsetof(struct sty_static_file, path)};

/* A new field must be packed, too. These checks count fields in words: those in the arrays above, and those that are
 * packed separately or set later. */
#define WORDS(type) (sizeof(type) / sizeof(char *))
_Static_assert(WORDS(struct sty_fault) == COUNT(fault_texts) + 1, "pack all of a fault");
_Static_assert(WORDS(struct sty_prop) == COUNT(prop_texts) + 1, "pack all of a prop");
_Static_assert(WORDS(struct sty_assertion) == COUNT(assertion_texts) + 1, "pack all of an assertion");
_Static_assert(WORDS(struct sty_story) == COUNT(story_texts) + 12, "pack all of a story");
_Static_assert(WORDS(struct sty_node) == COUNT(node_texts) + 15, "pack all of a node");
_Static_assert(WORDS(struct sty_parameter) == COUNT(parameter_texts), "pack all of a parameter");

/* -- packing --------------------------------------------------------------------------------------------------------
 */

static void pack_fault(const struct sty_fault *fault, struct sty_buf *out) {
    sty_pack_number(out, fault != NULL);
    if (fault != NULL) {
        sty_pack_texts(out, fault, fault_texts, COUNT(fault_texts));
        sty_pack_number(out, (uint64_t)fault->line);
    }
}

static void pack_story(const struct sty_story *story, struct sty_buf *out) {
    sty_pack_texts(out, story, story_texts, COUNT(story_texts));
    sty_pack_list(out, &story->tags);
    sty_pack_number(out, story->layout);
    sty_pack_number(out, story->has_routes);
    sty_pack_number(out, (uint64_t)story->story_source.line);
    sty_pack_number(out, (uint64_t)story->component_source.line);
    pack_fault(story->fault, out);
    sty_pack_number(out, story->prop_count);
    for (size_t i = 0; i < story->prop_count; i++) {
        sty_pack_texts(out, &story->props[i], prop_texts, COUNT(prop_texts));
        sty_pack_number(out, story->props[i].given);
    }
    sty_pack_number(out, story->assertion_count);
    for (size_t i = 0; i < story->assertion_count; i++) {
        sty_pack_texts(out, &story->assertions[i], assertion_texts, COUNT(assertion_texts));
        sty_pack_number(out, story->assertions[i].result);
    }
}

static void pack_node(const struct sty_node *node, struct sty_buf *out) {
    sty_pack_number(out, node->kind);
    sty_pack_texts(out, node, node_texts, COUNT(node_texts));
    sty_pack_number(out, (uint64_t)node->position);
    sty_pack_number(out, node->bequeaths);
    sty_pack_number(out, node->has_context_globals);
    pack_fault(node->fault, out);
    sty_pack_number(out, node->parameter_count);
    for (size_t i = 0; i < node->parameter_count; i++) {
        sty_pack_texts(out, &node->parameters[i], parameter_texts, COUNT(parameter_texts));
    }
    sty_pack_number(out, node->story_count);
    for (size_t i = 0; i < node->story_count; i++) {
        pack_story(&node->stories[i], out);
    }
}

void sty_unit_pack(const struct sty_unit *unit, struct sty_buf *out) {
    sty_pack_text(out, unit->file);
    sty_pack_number(out, unit->node_count);
    for (size_t i = 0; i < unit->node_count; i++) {
        pack_node(unit->nodes[i], out);
    }
}

void sty_static_files_pack(const struct sty_static_file *files, size_t count, struct sty_buf *out) {
    sty_pack_number(out, count);
    for (size_t i = 0; i < count; i++) {
        sty_pack_texts(out, &files[i], static_texts, COUNT(static_texts));
    }
}

/* -- unpacking: what is never NULL in a catalog must not be NULL here ------------------------------------------------
 */

static void need(struct sty_unpack *from, const void *value) {
    from->failed = from->failed || value == NULL;
}

/* A new array for the items that follow; NULL: there are none, or it failed. */
static void *unpack_array(struct sty_unpack *from, size_t item_size, size_t *count) {
    size_t wanted = sty_unpack_count(from);
    void *array = wanted > 0 ? sty_calloc(wanted, item_size) : NULL;

    if (wanted > 0) {
        need(from, array);
    }
    *count = array != NULL ? wanted : 0;
    return array;
}

static unsigned unpack_choice(struct sty_unpack *from, unsigned last) {
    uint64_t choice = sty_unpack_number(from);

    from->failed = from->failed || choice > last;
    return from->failed ? 0 : (unsigned)choice;
}

static struct sty_fault *unpack_fault(struct sty_unpack *from) {
    struct sty_fault *fault = unpack_choice(from, 1) != 0 ? sty_calloc(1, sizeof(*fault)) : NULL;

    if (fault != NULL) {
        sty_unpack_texts(from, fault, fault_texts, COUNT(fault_texts));
        fault->line = (int)sty_unpack_number(from);
    }
    return fault;
}

static void unpack_assertion(struct sty_unpack *from, struct sty_assertion *out) {
    sty_unpack_texts(from, out, assertion_texts, COUNT(assertion_texts));
    out->result = (enum sty_assertion_result)unpack_choice(from, STY_ASSERTION_ERROR);
    need(from, out->name);
}

static void unpack_story(struct sty_unpack *from, struct sty_story *out) {
    sty_unpack_texts(from, out, story_texts, COUNT(story_texts));
    sty_unpack_list(from, &out->tags);
    out->layout = (enum sty_story_layout)unpack_choice(from, STY_LAYOUT_FULLSCREEN);
    out->has_routes = unpack_choice(from, 1) != 0;
    out->story_source.line = (int)sty_unpack_number(from);
    out->component_source.line = (int)sty_unpack_number(from);
    out->fault = unpack_fault(from);
    need(from, out->title);
    need(from, out->fault != NULL ? (const void *)out->fault : out->html);
    out->props = unpack_array(from, sizeof(*out->props), &out->prop_count);
    for (size_t i = 0; i < out->prop_count; i++) {
        sty_unpack_texts(from, &out->props[i], prop_texts, COUNT(prop_texts));
        out->props[i].given = unpack_choice(from, 1) != 0;
        need(from, out->props[i].name);
    }
    out->assertions = unpack_array(from, sizeof(*out->assertions), &out->assertion_count);
    for (size_t i = 0; i < out->assertion_count; i++) {
        unpack_assertion(from, &out->assertions[i]);
    }
}

static void unpack_node(struct sty_unpack *from, struct sty_node *out) {
    out->kind = (enum sty_node_kind)unpack_choice(from, STY_NODE_DOCUMENT);
    sty_unpack_texts(from, out, node_texts, COUNT(node_texts));
    out->position = (int)sty_unpack_number(from);
    out->bequeaths = unpack_choice(from, 1) != 0;
    out->has_context_globals = unpack_choice(from, 1) != 0;
    out->fault = unpack_fault(from);
    need(from, out->name);
    need(from, out->title);
    need(from, out->package_path);
    need(from, out->path);
    out->parameters = unpack_array(from, sizeof(*out->parameters), &out->parameter_count);
    for (size_t i = 0; i < out->parameter_count; i++) {
        sty_unpack_texts(from, &out->parameters[i], parameter_texts, COUNT(parameter_texts));
        need(from, out->parameters[i].name);
    }
    out->stories = unpack_array(from, sizeof(*out->stories), &out->story_count);
    for (size_t i = 0; i < out->story_count; i++) {
        unpack_story(from, &out->stories[i]);
    }
}

bool sty_unit_unpack(const char *bytes, size_t size, struct sty_unit *out) {
    struct sty_unpack from = {.at = bytes, .end = bytes + size};
    size_t count = 0;

    *out = (struct sty_unit){0};
    out->file = sty_unpack_text(&from);
    need(&from, out->file);
    count = sty_unpack_count(&from);
    for (size_t i = 0; i < count && !from.failed; i++) {
        struct sty_node *node = sty_calloc(1, sizeof(*node)); /* stolen */
        need(&from, node);
        if (node != NULL) {
            unpack_node(&from, node);
            from.failed = sty_unit_add(out, node) != STY_OK || from.failed;
        }
    }
    return sty_unpack_is_done(&from);
}

void sty_static_files_unpack(struct sty_unpack *from, struct sty_static_file **out, size_t *count) {
    *out = unpack_array(from, sizeof(**out), count);
    for (size_t i = 0; i < *count; i++) {
        sty_unpack_texts(from, &(*out)[i], static_texts, COUNT(static_texts));
        need(from, (*out)[i].source);
        need(from, (*out)[i].path);
    }
}
