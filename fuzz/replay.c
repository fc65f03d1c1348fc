/* Run a fuzzer's function over the files of its corpus, as a test. usage: replay DIRECTORY */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path) {
    struct sty_buf bytes = {0};
    struct sty_error err = {0};
    int status = sty_path_read_file(path, &bytes, &err);

    if (status == STY_OK) {
        LLVMFuzzerTestOneInput((const uint8_t *)sty_buf_text(&bytes), bytes.size);
    } else {
        fprintf(stderr, "%s\n", sty_error_message(&err));
    }
    sty_error_finish(&err);
    sty_buf_finish(&bytes);
    return status;
}

int main(int argc, char **argv) {
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    struct dirent *entry = NULL;
    size_t count = 0;
    int status = STY_OK;

    if (dir == NULL) {
        fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 2;
    }
    while (status == STY_OK && (entry = readdir(dir)) != NULL) {
        char *path = entry->d_name[0] != '.' ? sty_asprintf("%s/%s", argv[1], entry->d_name) : NULL;
        if (path != NULL) {
            status = replay_file(path);
            count++;
        }
        sty_free(path);
    }
    closedir(dir);
    printf("%zu files\n", count);
    return status == STY_OK && count > 0 ? 0 : 1;
}
