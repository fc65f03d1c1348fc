#include "imports/pack_record.h"

enum flag {
    LOOKS_AROUND = 1,
    IMPORTED_FROM_OUTSIDE = 2,
    STATEFUL = 4,
    FAILED = 8,
    LOADED = 16,
    SETS_UP = 32,
    INTERFERES = 64,
    ALL_FLAGS = 127,
};

static unsigned flags_of(const struct sty_imported *module) {
    return (module->looks_around ? LOOKS_AROUND : 0u) | (module->imported_from_outside ? IMPORTED_FROM_OUTSIDE : 0u) |
           (module->stateful ? STATEFUL : 0u) | (module->failed ? FAILED : 0u) | (module->loaded ? LOADED : 0u) |
           (module->sets_up ? SETS_UP : 0u) | (module->interferes ? INTERFERES : 0u);
}

static void set_flags(struct sty_imported *module, unsigned flags) {
    module->looks_around = (flags & LOOKS_AROUND) != 0;
    module->imported_from_outside = (flags & IMPORTED_FROM_OUTSIDE) != 0;
    module->stateful = (flags & STATEFUL) != 0;
    module->failed = (flags & FAILED) != 0;
    module->loaded = (flags & LOADED) != 0;
    module->sets_up = (flags & SETS_UP) != 0;
    module->interferes = (flags & INTERFERES) != 0;
}

void sty_import_record_pack(const struct sty_import_graph *record, struct sty_buf *out) {
    sty_pack_number(out, HASH_COUNT(record->modules));
    for (const struct sty_imported *module = record->modules; module != NULL; module = module->hh.next) {
        sty_pack_text(out, module->name);
        sty_pack_text(out, module->file);
        sty_pack_number(out, flags_of(module));
        sty_pack_number(out, module->order);
        sty_pack_list(out, &module->packages);
        sty_pack_list(out, &module->brings);
        sty_pack_list(out, &module->foreign);
        sty_pack_list(out, &module->reads);
        sty_pack_list(out, &module->kept);
        sty_pack_list(out, &module->missed);
        sty_pack_number(out, module->imports.count);
        for (size_t i = 0; i < module->imports.count; i++) {
            sty_pack_text(out, module->imports.items[i]->name);
            sty_pack_text(out, module->imports.items[i]->file);
        }
    }
    sty_pack_list(out, &record->renewing);
}

/* A module of that name and file, made if need be. NULL: it failed. */
static struct sty_imported *unpack_name(struct sty_unpack *from, struct sty_import_graph *out) {
    char *name = sty_unpack_text(from), *file = sty_unpack_text(from); /* owned */
    struct sty_imported *module = name != NULL ? sty_import_graph_module(out, name, file) : NULL;

    from->failed = from->failed || module == NULL;
    sty_free(file);
    sty_free(name);
    return module;
}

static void unpack_module(struct sty_unpack *from, struct sty_import_graph *out) {
    struct sty_imported *module = unpack_name(from, out);
    uint64_t flags = sty_unpack_number(from);
    size_t count = 0;

    from->failed = from->failed || flags > ALL_FLAGS || module == NULL || module->packages.count > 0 ||
                   module->brings.count > 0 || module->foreign.count > 0 || module->reads.count > 0 ||
                   module->kept.count > 0 || module->missed.count > 0;
    if (from->failed) {
        return;
    }
    set_flags(module, (unsigned)flags);
    module->order = sty_unpack_number(from);
    sty_unpack_list(from, &module->packages);
    sty_unpack_list(from, &module->brings);
    sty_unpack_list(from, &module->foreign);
    sty_unpack_list(from, &module->reads);
    sty_unpack_list(from, &module->kept);
    sty_unpack_list(from, &module->missed);
    count = sty_unpack_count(from);
    for (size_t i = 0; i < count && !from->failed; i++) {
        struct sty_imported *imported = unpack_name(from, out);
        from->failed = from->failed || !sty_import_graph_add_edge(out, module, imported);
    }
}

void sty_import_record_unpack(struct sty_unpack *from, struct sty_import_graph *out) {
    size_t count = sty_unpack_count(from);

    for (size_t i = 0; i < count && !from->failed; i++) {
        unpack_module(from, out);
    }
    if (!from->failed) {
        sty_unpack_list(from, &out->renewing);
    }
}
