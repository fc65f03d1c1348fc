#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "catalog/catalog.h"

/* A unit "button/stories.py" with a subject of one story. */
static struct sty_unit make_unit(const char *title, const char *story_title) {
    struct sty_unit unit = {.file = sty_strdup("button/stories.py")};
    struct sty_node *node = sty_calloc(1, sizeof(*node));

    node->kind = STY_NODE_SUBJECT;
    node->name = sty_strdup("button");
    node->path = sty_strdup("button");
    node->title = sty_strdup(title);
    node->package_path = sty_strdup(".button");
    node->file = sty_strdup("button/stories.py");
    node->stories = sty_calloc(1, sizeof(*node->stories));
    node->story_count = 1;
    node->stories[0].title = sty_strdup(story_title);
    node->stories[0].slug = sty_strdup("first");
    node->stories[0].html = sty_strdup("<b>one</b>");
    assert_int_equal(sty_unit_add(&unit, node), STY_OK);
    return unit;
}

struct fixture {
    struct sty_unit one, other;
};

static int set_up(void **state) {
    static struct fixture fixture;

    fixture.one = make_unit("Button", "First");
    fixture.other = make_unit("Button", "First");
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;

    sty_unit_finish(&fixture->one);
    sty_unit_finish(&fixture->other);
    return 0;
}

static struct sty_story *story_of(struct sty_unit *unit) {
    return &unit->nodes[0]->stories[0];
}

static void replace(char **text, const char *other) {
    sty_free(*text);
    *text = other != NULL ? sty_strdup(other) : NULL;
}

static void check(const struct fixture *fixture, bool places, bool listing) {
    assert_int_equal(sty_unit_has_same_places(&fixture->one, &fixture->other), places);
    assert_int_equal(sty_unit_has_same_listing(&fixture->one, &fixture->other), listing);
}

static void other_html_does_not_change_the_listing(void **state) {
    struct fixture *fixture = *state;

    replace(&story_of(&fixture->other)->html, "<b>two</b>");
    check(fixture, true, true);
}

static void a_title_of_a_node_shows_everywhere(void **state) {
    struct fixture *fixture = *state;

    replace(&fixture->other.nodes[0]->title, "Buttons");
    check(fixture, false, false);
}

static void a_place_shows_everywhere(void **state) {
    struct fixture *fixture = *state;

    replace(&fixture->other.nodes[0]->path, "button/more");
    check(fixture, false, false);
}

static void the_title_of_a_story_is_listed(void **state) {
    struct fixture *fixture = *state;

    replace(&story_of(&fixture->other)->title, "Second");
    check(fixture, true, false);
}

static void descriptions_are_listed(void **state) {
    struct fixture *fixture = *state;

    replace(&story_of(&fixture->other)->description, "said");
    check(fixture, true, false);
    replace(&story_of(&fixture->one)->description, "said");
    check(fixture, true, true);
    replace(&fixture->one.nodes[0]->description, "said");
    check(fixture, true, false);
}

static void tags_are_listed(void **state) {
    struct fixture *fixture = *state;

    sty_strlist_add(&story_of(&fixture->one)->tags, "new");
    check(fixture, true, false);
    sty_strlist_add(&story_of(&fixture->other)->tags, "old");
    check(fixture, true, false);
}

static void faults_and_failed_assertions_are_listed(void **state) {
    struct fixture *fixture = *state;
    struct sty_story *story = story_of(&fixture->other);

    story->fault = sty_calloc(1, sizeof(*story->fault));
    check(fixture, true, false);
    sty_fault_destroy(story->fault);
    story->fault = NULL;
    story->assertions = sty_calloc(2, sizeof(*story->assertions));
    story->assertion_count = 2;
    check(fixture, true, true); /* they pass */
    story->assertions[0].result = STY_ASSERTION_FAILED;
    check(fixture, true, false);
}

static void the_number_of_failing_assertions_is_listed(void **state) {
    struct fixture *fixture = *state;
    struct sty_story *stories[] = {story_of(&fixture->one), story_of(&fixture->other)};

    for (size_t i = 0; i < 2; i++) {
        stories[i]->assertions = sty_calloc(2, sizeof(*stories[i]->assertions));
        stories[i]->assertion_count = 2;
        stories[i]->assertions[0].result = STY_ASSERTION_FAILED;
    }
    check(fixture, true, true);
    stories[1]->assertions[1].result = STY_ASSERTION_ERROR;
    check(fixture, true, false);
}

static void a_story_that_is_gone_changes_the_listing(void **state) {
    struct fixture *fixture = *state;

    sty_story_finish(story_of(&fixture->other));
    fixture->other.nodes[0]->story_count = 0;
    check(fixture, true, false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(other_html_does_not_change_the_listing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_title_of_a_node_shows_everywhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_place_shows_everywhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_title_of_a_story_is_listed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(descriptions_are_listed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tags_are_listed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(faults_and_failed_assertions_are_listed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_number_of_failing_assertions_is_listed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_story_that_is_gone_changes_the_listing, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
