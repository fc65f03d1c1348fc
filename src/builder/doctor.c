#include "builder/doctor.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/exit_code.h"
#include "isolation/runtime.h"
#include "python/describe.h"
#include "site/build.h"
#include "site/package.h"

static void say_module(const char *name) {
    char *text = sty_python_describe_module(name); /* owned */

    printf("%-22s %s\n", name, text != NULL ? text : "out of memory");
    sty_free(text);
}

int sty_doctor(const struct sty_builder_settings *settings, const char *own_dir) {
    struct sty_package package = {0};
    struct sty_error err = {0};
    int status = sty_package_resolve(settings->package, &package, &err);

    if (status >= 0) {
        const struct sty_runtime_options runtime = {.import_dir = package.import_dir, .own_dir = own_dir};
        status = sty_runtime_enter(&runtime, &err);
    }
    if (status >= 0) {
        say_module("tdom");
    } else {
        printf("%-22s %s\n", "fault", sty_error_message(&err));
    }
    fflush(stdout);
    sty_package_finish(&package);
    sty_error_finish(&err);
    return status >= 0 ? EXIT_DONE : EXIT_FAULTS;
}
