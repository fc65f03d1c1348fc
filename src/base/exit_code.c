#include "base/exit_code.h"

#include "base/error.h"

int sty_exit_code_of(int status) {
    switch (status) {
    case STY_OK:
        return EXIT_DONE;
    case STY_ERR_LISTEN:
        return EXIT_NO_PORT;
    case STY_ERR_USAGE:
    case STY_ERR_REFUSED:
        return EXIT_USAGE;
    default:
        return EXIT_FAULTS;
    }
}
