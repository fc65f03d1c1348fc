/** The client for live reload, which the server adds to pages; published files do not contain it. Any thread. */
#ifndef STY_PAGES_LIVE_H
#define STY_PAGES_LIVE_H

/** Where the server must offer the script. */
#define STY_LIVE_SCRIPT "/__storytime/live.js"

/**
 * HTML for the head of a page: a format for the number of the build (unsigned long long), which tells a page whether it
 * missed a build while it was loaded. The server replaces "{token}", and "{root}" by the way from the page to the root.
 */
#define STY_LIVE_HEAD                                                                                                  \
    "<script defer data-storytime data-token=\"{token}\" data-build=\"%llu\" "                                         \
    "src=\"{root}__storytime/live.js\"></script>\n"

/** In the head of a preview whose story has routes, also in published files: the client and the server look for it. */
#define STY_PREVIEW_ROUTES "<meta name=\"storytime-routes\" content=\"\">"

#endif
