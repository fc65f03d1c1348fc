/** Parses messages that pages send on /ws/reload. Plain C; any thread. */
#ifndef STY_SERVE_MESSAGE_H
#define STY_SERVE_MESSAGE_H

#include <stddef.h>

#include "base/buf.h"

enum sty_page_message {
    STY_PAGE_MESSAGE_HELLO,
    STY_PAGE_MESSAGE_OTHER,   /* JSON, but an unknown message, perhaps of a newer page */
    STY_PAGE_MESSAGE_INVALID, /* no JSON object */
};

/**
 * Parse a message. {"type": "hello", "page": "buttons/index.html"} is STY_PAGE_MESSAGE_HELLO: the page's path below the
 * root is appended to `page`. If the page can't be one of ours, it is STY_PAGE_MESSAGE_OTHER.
 */
enum sty_page_message sty_page_message_parse(const char *bytes, size_t size, struct sty_buf *page);

#endif
