/* The states of a build after each event; see src/builder/build_state.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "builder/build_state.h"

/* The state after a list of events that ends with BUILD_EVENTS. */
static enum build_state after(const enum build_event *events) {
    enum build_state state = BUILD_NONE;

    for (; *events != BUILD_EVENTS; events++) {
        state = build_state_after(state, *events);
    }
    return state;
}

#define AFTER(...) after((const enum build_event[]){__VA_ARGS__, BUILD_EVENTS})

static void test_a_build_goes_through_its_states(void **unused) {
    (void)unused;
    assert_int_equal(AFTER(BUILD_IS_ASKED), BUILD_ASKED);
    assert_int_equal(AFTER(BUILD_IS_ASKED, BUILD_BEGINS), BUILD_RUNS);
    assert_int_equal(AFTER(BUILD_IS_ASKED, BUILD_BEGINS, BUILD_ENDS_CODE), BUILD_PUBLISHES);
    assert_int_equal(AFTER(BUILD_IS_ASKED, BUILD_BEGINS, BUILD_ENDS_CODE, BUILD_ENDS), BUILD_NONE);
}

static void test_a_late_build_may_still_succeed(void **unused) {
    (void)unused;
    assert_int_equal(AFTER(BUILD_IS_ASKED, BUILD_BEGINS, BUILD_TAKES_LONG), BUILD_LATE);
    assert_int_equal(AFTER(BUILD_IS_ASKED, BUILD_BEGINS, BUILD_TAKES_LONG, BUILD_ENDS_CODE), BUILD_PUBLISHES);
    assert_int_equal(AFTER(BUILD_IS_ASKED, BUILD_BEGINS, BUILD_TAKES_LONG, BUILD_IS_SUPERSEDED), BUILD_SUPERSEDED_RUNS);
}

static void test_a_superseded_build_stays_superseded_until_it_ends(void **unused) {
    (void)unused;
    assert_int_equal(AFTER(BUILD_IS_ASKED, BUILD_IS_SUPERSEDED), BUILD_SUPERSEDED_ASKED);
    assert_int_equal(AFTER(BUILD_IS_ASKED, BUILD_IS_SUPERSEDED, BUILD_BEGINS), BUILD_SUPERSEDED_RUNS);
    assert_int_equal(AFTER(BUILD_IS_ASKED, BUILD_IS_SUPERSEDED, BUILD_BEGINS, BUILD_TAKES_LONG), BUILD_SUPERSEDED_RUNS);
    for (int state = BUILD_SUPERSEDED_ASKED; state < BUILD_STATES; state++) {
        for (int event = 0; event < BUILD_EVENTS; event++) {
            enum build_state next = build_state_after((enum build_state)state, (enum build_event)event);
            assert_int_equal(build_state_is_superseded(next), event != BUILD_ENDS);
        }
    }
}

static void test_no_event_leads_back(void **unused) {
    (void)unused;
    for (int state = BUILD_ASKED; state < BUILD_STATES; state++) {
        for (int event = 0; event < BUILD_EVENTS; event++) {
            int next = (int)build_state_after((enum build_state)state, (enum build_event)event);
            assert_true(event == BUILD_ENDS ? next == BUILD_NONE : next >= state);
        }
    }
}

static void test_without_a_build_other_events_change_nothing(void **unused) {
    (void)unused;
    for (int event = BUILD_IS_ASKED + 1; event < BUILD_EVENTS; event++) {
        assert_int_equal(build_state_after(BUILD_NONE, (enum build_event)event), BUILD_NONE);
    }
}

static void test_builds_that_must_end_get_less_time(void **unused) {
    (void)unused;
    assert_uint_in_range(build_state_patience(BUILD_LATE), 1, 10000);
    assert_uint_in_range(build_state_patience(BUILD_SUPERSEDED_RUNS), 1, build_state_patience(BUILD_LATE) - 1);
    assert_uint_in_range(build_state_patience(BUILD_SUPERSEDED_PUBLISHES), 1,
                         build_state_patience(BUILD_PUBLISHES) - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_build_goes_through_its_states),
        cmocka_unit_test(test_a_late_build_may_still_succeed),
        cmocka_unit_test(test_a_superseded_build_stays_superseded_until_it_ends),
        cmocka_unit_test(test_no_event_leads_back),
        cmocka_unit_test(test_without_a_build_other_events_change_nothing),
        cmocka_unit_test(test_builds_that_must_end_get_less_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
