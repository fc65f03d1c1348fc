/** The client for live reload: what a server adds to pages, which are published without it. Any thread. */
#ifndef STY_PAGES_LIVE_H
#define STY_PAGES_LIVE_H

/** Where the server must offer the script. */
#define STY_LIVE_SCRIPT "/__storytime/live.js"

/**
 * HTML for the head of a page, a format with the number of the build (unsigned long long): by it a page knows whether
 * it missed one while it was loaded. "{token}" and "{root}", the way from the page to the root, are for the server to
 * replace. Static.
 */
#define STY_LIVE_HEAD                                                                                                  \
    "<script defer data-storytime data-token=\"{token}\" data-build=\"%llu\" "                                         \
    "src=\"{root}__storytime/live.js\"></script>\n"

#endif
