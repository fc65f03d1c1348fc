#include "app/refusal.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"

#define NAME ".storytime/refused-subinterpreters"
#define LONGEST 1000

char *sty_refusal_read(const char *output_dir) {
    char *path = sty_path_join(output_dir, NAME); /* owned */
    FILE *file = path != NULL ? fopen(path, "re") : NULL;
    char line[LONGEST + 2] = "";

    if (file != NULL) {
        if (fgets(line, sizeof(line), file) != NULL) {
            line[strcspn(line, "\n")] = '\0';
        }
        fclose(file);
    }
    sty_free(path);
    return line[0] != '\0' ? sty_strdup(line) : NULL;
}

void sty_refusal_write(const char *output_dir, const char *reason) {
    char *path = sty_path_join(output_dir, NAME); /* owned */
    FILE *file = path != NULL ? fopen(path, "we") : NULL;
    size_t length = strcspn(reason, "\n");

    if (file != NULL) {
        fprintf(file, "%.*s\n", (int)(length < LONGEST ? length : LONGEST), reason);
        fclose(file);
    }
    sty_free(path);
}

void sty_refusal_forget(const char *output_dir) {
    char *path = sty_path_join(output_dir, NAME); /* owned */

    if (path != NULL) {
        unlink(path);
    }
    sty_free(path);
}
