#include "cli/command.h"

int main(int argc, char **argv) {
    return sty_cli_main(argc, argv);
}
