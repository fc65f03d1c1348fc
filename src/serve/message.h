/** What a page says on /ws/reload, as plain text. Any thread. */
#ifndef STY_SERVE_MESSAGE_H
#define STY_SERVE_MESSAGE_H

#include <stddef.h>

#include "base/buf.h"

enum sty_page_message {
    STY_PAGE_MESSAGE_HELLO,
    STY_PAGE_MESSAGE_OTHER,   /* JSON, but nothing that is known here: a newer page may know more */
    STY_PAGE_MESSAGE_INVALID, /* no JSON object */
};

/**
 * {"type": "hello", "page": "buttons/index.html"}: STY_PAGE_MESSAGE_HELLO, and the page's path below the root is
 * appended to `page`. A page that can't be one of ours is STY_PAGE_MESSAGE_OTHER.
 */
enum sty_page_message sty_page_message_parse(const char *bytes, size_t size, struct sty_buf *page);

#endif
