/**
 * A builder without Python: speaks the protocol, and does what the first word of PACKAGE/stories.py says.
 *
 *     TEXT         publishes an index.html with that text, and a large file
 *     focus TEXT   the same, announced in two parts
 *     noise TEXT   the same, among lines that are no messages
 *     fail         the build fails
 *     die          the process ends while it builds
 *     hang         builds for ever, and listens to nobody
 *     refuse TEXT  an extension refuses subinterpreters, unless builds have processes of their own
 */
#ifndef STY_TEST_FAKE_BUILDER_H
#define STY_TEST_FAKE_BUILDER_H

#include <stddef.h>

/** What main() does when it is started as a builder, with these settings. */
int fake_builder_main(const char *settings);

/** How large its large file is: one that is read for its ETag by another thread. */
#define FAKE_LARGE_FILE ((size_t)3 * 1024 * 1024)

/** Put a file in place, as readers are never to see half of it. Ends the process where that fails. */
void put_file(const char *directory, const char *name, const char *bytes, size_t size);

#endif
