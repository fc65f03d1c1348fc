/* What systems do differently, as far as a process sees it by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/system.h"

enum { SIZE = 8 << 20 };

static bool always(void *data) {
    return true;
}

static bool never(void *data) {
    return false;
}

/* How many page faults a forked process has when it writes to all of the memory, after it was told to copy some. */
static long faults_of_child(char *memory, size_t most, bool (*goes_on)(void *data)) {
    struct rusage before, after;
    long faults = -1;
    int ends[2];
    pid_t pid = 0;

    assert_int_equal(pipe(ends), 0);
    if ((pid = fork()) == 0) {
        sty_system_copy_shared_memory(most, goes_on, NULL);
        getrusage(RUSAGE_SELF, &before);
        memset(memory, 2, SIZE);
        getrusage(RUSAGE_SELF, &after);
        faults = after.ru_minflt - before.ru_minflt;
        _exit(write(ends[1], &faults, sizeof(faults)) == sizeof(faults) ? 0 : 1);
    }
    assert_true(pid > 0);
    assert_int_equal(read(ends[0], &faults, sizeof(faults)), sizeof(faults));
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    close(ends[0]);
    close(ends[1]);
    return faults;
}

static void test_copied_memory_is_written_without_page_faults(void **state) {
    const long pages = SIZE / sysconf(_SC_PAGESIZE);
    char *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_true(memory != MAP_FAILED);
    madvise(memory, SIZE, MADV_NOHUGEPAGE);
    memset(memory, 1, SIZE);
    assert_true(PORTABLE || faults_of_child(memory, (size_t)16 * SIZE, always) < pages / 8);
    assert_true(faults_of_child(memory, (size_t)16 * SIZE, never) >= pages);
    assert_true(faults_of_child(memory, SIZE / 4, always) >= pages / 2);
    assert_int_equal(memory[SIZE - 1], 1);
    munmap(memory, SIZE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copied_memory_is_written_without_page_faults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
