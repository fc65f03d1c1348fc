#include "app/progress.h"

#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#include "base/alloc.h"
#include "site/build.h"

#define TITLE "Building the catalog"

static void tell(struct sty_server *server, const struct sty_server_progress *progress) {
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    yyjson_mut_val *root = yyjson_mut_obj(doc);
    char *text = NULL; /* owned; from malloc */

    yyjson_mut_doc_set_root(doc, root);
    yyjson_mut_obj_add_str(doc, root, "type", "progress");
    if (progress != NULL) {
        yyjson_mut_obj_add_str(doc, root, "title", progress->title);
        yyjson_mut_obj_add_str(doc, root, "text", progress->text);
        yyjson_mut_obj_add_uint(doc, root, "done", progress->done);
        yyjson_mut_obj_add_uint(doc, root, "total", progress->total);
        yyjson_mut_obj_add_bool(doc, root, "failed", progress->failed);
    }
    if ((text = yyjson_mut_write(doc, YYJSON_WRITE_NOFLAG, NULL)) != NULL) {
        sty_server_broadcast(server, text, strlen(text));
    }
    free(text);
    yyjson_mut_doc_free(doc);
    sty_server_set_progress(server, progress);
}

void sty_progress_show(struct sty_server *server, unsigned step, uint64_t count, uint64_t total) {
    static const char *const texts[] = {
        [STY_BUILD_IMPORTS] = "Importing stories",
        [STY_BUILD_STORIES] = "Rendering stories",
        [STY_BUILD_PAGES] = "Writing pages",
    };
    const char *text = step < sizeof(texts) / sizeof(*texts) ? texts[step] : "";
    char *line =
        sty_asprintf("%s: %llu of %llu", text, (unsigned long long)count, (unsigned long long)total); /* owned */

    if (line != NULL) {
        tell(server, &(struct sty_server_progress){.title = TITLE, .text = line, .done = count, .total = total});
    }
    sty_free(line);
}

void sty_progress_begin(struct sty_server *server) {
    tell(server, &(struct sty_server_progress){.title = TITLE, .text = "Starting Python"});
}

void sty_progress_fail(struct sty_server *server) {
    tell(server, &(struct sty_server_progress){
                     .title = "The catalog could not be built",
                     .text = "The log says why. This page updates after the next build.",
                     .failed = true,
                 });
}

void sty_progress_end(struct sty_server *server) {
    tell(server, NULL);
}
