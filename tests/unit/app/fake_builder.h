/**
 * A builder without Python. It speaks the protocol, and does what the first word of PACKAGE/stories.py says:
 *
 *     TEXT         publish an index.html with that text, and a large file
 *     focus TEXT   the same, announced in two parts
 *     noise TEXT   the same, among lines that are not messages
 *     fail         report that the build failed
 *     die          end the process during the build
 *     hang         build forever, without reading messages
 *     refuse TEXT  report that an extension refuses subinterpreters, unless builds run in processes; then publish TEXT
 */
#ifndef STY_TEST_FAKE_BUILDER_H
#define STY_TEST_FAKE_BUILDER_H

#include <stddef.h>

/** The main() of a builder with these settings. Returns the exit code. */
int fake_builder_main(const char *settings);

/** The size of the large file: the server reads one of that size on another thread to make its ETag. */
#define FAKE_LARGE_FILE ((size_t)3 * 1024 * 1024)

/** Write a file and rename it into place, so that readers never see half of it. Aborts if that fails. */
void put_file(const char *directory, const char *name, const char *bytes, size_t size);

#endif
