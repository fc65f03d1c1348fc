#include "builder/command.h"

#include "base/alloc.h"

/*
 * Load the extension by its path instead of searching for it. The current directory, which is the first entry of
 * sys.path with `python -c`, is removed before anything is imported, so that files there cannot shadow modules.
 */
static char bootstrap[] = "import sys\n"
                          "if sys.path[:1] == ['']:\n"
                          "    del sys.path[0]\n"
                          "from importlib.machinery import ExtensionFileLoader, ModuleSpec\n"
                          "def run(name, path, task, settings):\n"
                          "    loader = ExtensionFileLoader(name, path)\n"
                          "    spec = ModuleSpec(name, loader, origin=path)\n"
                          "    spec.has_location = True\n"
                          "    module = sys.modules[name] = loader.create_module(spec)\n"
                          "    module.__file__, module.__spec__, module.__loader__ = path, spec, loader\n"
                          "    module.__package__ = 'storytime'\n"
                          "    loader.exec_module(module)\n"
                          "    sys.argv[:] = ['']\n"
                          "    return module._main(task, settings)\n"
                          "sys.exit(run('storytime._native', *sys.argv[1:]))\n";

int sty_builder_command_make(const struct sty_builder_python *python, const char *task,
                             const struct sty_builder_settings *settings, struct sty_builder_command *out,
                             struct sty_error *err) {
    struct sty_buf text = {0};

    *out = (struct sty_builder_command){0};
    sty_builder_settings_write(settings, &text);
    if (text.failed || (out->settings = sty_buf_steal(&text)) == NULL) {
        sty_buf_finish(&text);
        return sty_error_nomem(err);
    }
    *out = (struct sty_builder_command){
        .argv = {(char *)python->program, "-c", bootstrap, (char *)python->extension, (char *)task, out->settings},
        .settings = out->settings,
    };
    return STY_OK;
}

void sty_builder_command_finish(struct sty_builder_command *command) {
    sty_free(command->settings);
    *command = (struct sty_builder_command){0};
}
