#include "site/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"

/* Files that changed lately: as many as somebody works on at a time. */
#define MOST_RECENT 8

struct sty_site_memory *sty_site_memory_create(void) {
    struct sty_site_memory *memory = sty_calloc(1, sizeof(*memory));

    if (memory == NULL) {
        return NULL;
    }
    memory->everything = "it is the first";
    if ((memory->published = sty_published_create()) == NULL) {
        sty_free(memory);
        return NULL;
    }
    return memory;
}

void sty_site_memory_destroy(struct sty_site_memory *memory) {
    if (memory == NULL) {
        return;
    }
    sty_catalog_finish(&memory->catalog);
    sty_import_graph_finish(&memory->graph);
    sty_published_destroy(memory->published);
    sty_buf_finish(&memory->frame);
    sty_strlist_finish(&memory->changed);
    sty_strlist_finish(&memory->dropped);
    sty_strlist_finish(&memory->recent);
    sty_free(memory->package_dir);
    sty_free(memory->root_module);
    sty_free(memory);
}

/* -- before a build --------------------------------------------------------------------------------------------------
 */

static void remove_text(struct sty_strlist *list, const char *text) {
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], text) == 0) {
            sty_free(list->items[i]);
            memmove(&list->items[i], &list->items[i + 1], (list->count - i - 1) * sizeof(*list->items));
            list->count--;
            return;
        }
    }
}

static bool note_changed(struct sty_site_memory *memory, const char *file) {
    remove_text(&memory->recent, file);
    if (memory->recent.count == MOST_RECENT) {
        remove_text(&memory->recent, memory->recent.items[0]);
    }
    return sty_strlist_add(&memory->recent, file) &&
           (sty_strlist_contains(&memory->changed, file) || sty_strlist_add(&memory->changed, file));
}

static bool is_python(const char *file) {
    size_t size = strlen(file);

    return size > 3 && strcmp(file + size - 3, ".py") == 0;
}

static bool is_root_reached(const struct sty_site_memory *memory) {
    const struct sty_imported *root = sty_import_graph_find(&memory->graph, memory->root_module);

    return root == NULL || root->reached;
}

/* Why the changes that are not built yet reach everything; NULL: they don't, and what they reach is marked. */
static const char *reach(struct sty_site_memory *memory) {
    const char *why = NULL;

    if (memory->tree_read) {
        return "a story looks at the tree of stories";
    }
    for (size_t i = 0; i < memory->changed.count; i++) {
        if (!is_python(memory->changed.items[i])) {
            return "a file changed that is no module";
        }
    }
    why = sty_import_graph_reach(&memory->graph, &memory->changed);
    return why == NULL && is_root_reached(memory) ? "the site itself is reached" : why;
}

const char *sty_site_memory_note(struct sty_site_memory *memory, const struct sty_strlist *changed,
                                 const struct sty_strlist *existence) {
    for (size_t i = 0; i < changed->count; i++) {
        if (!note_changed(memory, changed->items[i])) {
            sty_site_memory_forget(memory, "there is no memory");
        }
    }
    if (existence->count > 0) {
        sty_site_memory_forget(memory, "files came or went");
    } else if (memory->complete && memory->changed.count == 0) {
        sty_site_memory_forget(memory, "it was asked for");
    } else if (memory->complete) {
        memory->everything = reach(memory);
    }
    return memory->everything;
}

bool sty_site_memory_accepts(const struct sty_site_memory *memory, const struct sty_strlist *loaded) {
    for (size_t i = 0; i < loaded->count; i++) {
        const struct sty_imported *module = sty_import_graph_find(&memory->graph, loaded->items[i]);
        if (memory->everything != NULL || module == NULL || module->reached) {
            return false;
        }
    }
    return true;
}

void sty_site_memory_forget(struct sty_site_memory *memory, const char *why) {
    memory->complete = false;
    memory->everything = why;
}

/* -- during a build --------------------------------------------------------------------------------------------------
 */

/* As discovery goes through directories: names in order, so that a slash comes before everything else. */
static int by_path(const void *a, const void *b) {
    const unsigned char *one = *(const unsigned char *const *)a, *other = *(const unsigned char *const *)b;

    while (*one != '\0' && *one == *other) {
        one++;
        other++;
    }
    return (*one == '/' ? 1 : *one) - (*other == '/' ? 1 : *other);
}

/* "buttons/stories.py" of a module below the package, borrowed; NULL: it is no `stories.py` there. */
static const char *stories_file(const struct sty_site_memory *memory, const struct sty_imported *module) {
    size_t size = strlen(memory->package_dir);
    const char *file = module->file;

    if (file == NULL || strcmp(sty_path_basename(file), "stories.py") != 0 ||
        strncmp(file, memory->package_dir, size) != 0 || file[size] != '/') {
        return NULL;
    }
    return sty_catalog_find(&memory->catalog, file + size + 1) != NULL ? file + size + 1 : NULL;
}

bool sty_site_memory_reached(const struct sty_site_memory *memory, struct sty_strlist *directories, size_t *site,
                             bool *ordered) {
    bool done = sty_strlist_add(directories, "stories.py");

    *ordered = false;
    for (const struct sty_imported *module = memory->graph.modules; done && module != NULL; module = module->hh.next) {
        const char *file = module->reached ? stories_file(memory, module) : NULL;
        *ordered = *ordered || (module->reached && sty_import_graph_is_ordered(module));
        if (file != NULL && !sty_strlist_contains(directories, file)) {
            done = sty_strlist_add(directories, file);
        }
    }
    if (directories->count > 1) {
        qsort(directories->items, directories->count, sizeof(*directories->items), by_path);
    }
    for (size_t i = 0; i < directories->count; i++) {
        char *slash = strrchr(directories->items[i], '/');
        if (slash == NULL) {
            *site = i;
            slash = directories->items[i];
        }
        *slash = '\0';
    }
    return done;
}

bool sty_site_memory_drop_unit(struct sty_site_memory *memory, const char *file) {
    const struct sty_unit *unit = sty_catalog_find(&memory->catalog, file);
    bool done = true;

    for (size_t n = 0; unit != NULL && done && n < unit->node_count; n++) {
        const struct sty_node *node = unit->nodes[n];
        const char *slash = node->path[0] != '\0' ? "/" : "";
        done = sty_strlist_take(&memory->dropped, sty_asprintf("%s%sindex.html", node->path, slash));
        for (size_t i = 0; done && i < node->story_count; i++) {
            const char *slug = node->stories[i].slug;
            done = slug == NULL ||
                   (sty_strlist_take(&memory->dropped, sty_asprintf("%s%s%s/index.html", node->path, slash, slug)) &&
                    sty_strlist_take(&memory->dropped, sty_asprintf("%s%s%s/preview.html", node->path, slash, slug)));
        }
    }
    return done;
}

void sty_site_memory_complete(struct sty_site_memory *memory, const char *package_dir, const char *package_name) {
    if (memory->package_dir == NULL) {
        memory->package_dir = sty_strdup(package_dir);
        memory->root_module = sty_asprintf("%s.stories", package_name);
    }
    memory->complete = memory->package_dir != NULL && memory->root_module != NULL;
    memory->everything = memory->complete ? NULL : "there is no memory";
    sty_strlist_clear(&memory->changed);
}

/* -- after a build ---------------------------------------------------------------------------------------------------
 */

struct plan {
    struct sty_imported_list modules; /* needed, and not reached */
    struct sty_strlist *out;
    bool failed;
};

/* What a module imports, and those in turn, but for what is reached. */
static void need(struct plan *plan, struct sty_imported *module) {
    struct sty_imported **grown = NULL;

    if (module->needed || module->reached || module->order == 0) {
        return;
    }
    module->needed = true;
    grown = sty_grow(plan->modules.items, &plan->modules.capacity, plan->modules.count + 1, sizeof(*grown));
    if (grown == NULL) {
        plan->failed = true;
        return;
    }
    plan->modules.items = grown;
    plan->modules.items[plan->modules.count++] = module;
}

static void need_all(struct plan *plan) {
    for (size_t i = 0; i < plan->modules.count && !plan->failed; i++) {
        const struct sty_imported *module = plan->modules.items[i];
        for (size_t n = 0; n < module->imports.count; n++) {
            need(plan, module->imports.items[n]);
        }
    }
}

static void add_foreign(struct plan *plan, const struct sty_imported *module) {
    for (size_t i = 0; i < module->foreign.count; i++) {
        if (!sty_strlist_contains(plan->out, module->foreign.items[i])) {
            plan->failed = !sty_strlist_add(plan->out, module->foreign.items[i]) || plan->failed;
        }
    }
}

static int by_order(const void *a, const void *b) {
    const struct sty_imported *one = *(struct sty_imported *const *)a, *other = *(struct sty_imported *const *)b;

    return one->order < other->order ? -1 : one->order > other->order;
}

/*
 * Libraries first: those of the modules that will be executed, as far as is known which. Then modules of the user's, of
 * which none changes what another holds: those that do are reached together with all that depend on them. Last the
 * site's, which imports what it needs in an order of its own.
 */
bool sty_site_memory_plan(struct sty_site_memory *memory, struct sty_strlist *out) {
    struct plan plan = {.out = out};
    bool known = memory->recent.count > 0 && sty_import_graph_reach(&memory->graph, &memory->recent) == NULL;
    struct sty_imported *root = sty_import_graph_find(&memory->graph, memory->root_module);

    for (struct sty_imported *module = memory->graph.modules; module != NULL; module = module->hh.next) {
        module->needed = false;
    }
    for (struct sty_imported *module = memory->graph.modules; module != NULL; module = module->hh.next) {
        if (!known || module->reached) {
            add_foreign(&plan, module);
        }
        for (size_t i = 0; known && module->reached && i < module->imports.count; i++) {
            need(&plan, module->imports.items[i]);
        }
    }
    need_all(&plan);
    if (plan.modules.count > 1) {
        qsort(plan.modules.items, plan.modules.count, sizeof(*plan.modules.items), by_order);
    }
    for (size_t i = 0; i < plan.modules.count; i++) {
        plan.failed = !sty_strlist_add(out, plan.modules.items[i]->name) || plan.failed;
    }
    if (known && root != NULL && !root->reached) {
        plan.failed = !sty_strlist_add(out, root->name) || plan.failed;
    }
    sty_free(plan.modules.items);
    return !plan.failed;
}
