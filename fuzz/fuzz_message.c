/* Fuzz the messages that a page sends over its WebSocket. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "serve/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct sty_buf page = {0};
    enum sty_page_message kind = sty_page_message_parse((const char *)data, size, &page);
    const char *path = sty_buf_text(&page);

    if (kind == STY_PAGE_MESSAGE_HELLO && (page.size == 0 || strlen(path) != page.size || path[0] == '/' ||
                                           path[0] == '.' || strstr(path, "/.") != NULL)) {
        abort();
    }
    sty_buf_finish(&page);
    return 0;
}
