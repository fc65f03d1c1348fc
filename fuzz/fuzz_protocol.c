/* Fuzz the messages between server and builder: one that can be read is the same after it was written and read again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "builder/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(const char *line, size_t size) {
    struct sty_message message, again;
    struct sty_error err = {0};
    struct sty_buf first = {0}, second = {0};

    if (sty_message_parse(line, size, &message, &err) == STY_OK) {
        sty_message_write(&message, &first);
        if (sty_message_parse(first.data, first.size - 1, &again, &err) != STY_OK) {
            abort();
        }
        sty_message_write(&again, &second);
        if (first.size != second.size || memcmp(first.data, second.data, first.size) != 0 ||
            memchr(first.data, '\n', first.size) != first.data + first.size - 1) {
            abort();
        }
        sty_message_finish(&again);
        sty_message_finish(&message);
    } else if (err.status != STY_ERR_PROTOCOL) {
        abort();
    }
    sty_error_finish(&err);
    sty_buf_finish(&first);
    sty_buf_finish(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct sty_buf input = {0};
    const char *line = NULL;
    size_t begin = 0, length = 0, total = 0;

    sty_buf_append(&input, data, size);
    while (sty_protocol_next_line(&input, &begin, &line, &length)) {
        check_line(line, length);
        total += length + 1;
    }
    if (total + input.size != size) {
        abort(); /* an incomplete last line stays in the buffer */
    }
    sty_buf_finish(&input);
    return 0;
}
