#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <time.h>

#include "markdown/markdown.h"

static const struct sty_markdown_options files = {.raw_html = true, .shallowest = 1};
static const struct sty_markdown_options texts = {.shallowest = 3};

static void assert_renders(const char *text, const struct sty_markdown_options *options, const char *expected) {
    struct sty_buf out = {0};

    sty_markdown_render(text, strlen(text), options, NULL, &out);
    assert_false(out.failed);
    assert_string_equal(sty_buf_text(&out), expected);
    sty_buf_finish(&out);
}

static void commonmark_is_rendered(void **state) {
    assert_renders("*a* **b** `c<` \\* &amp; ~~d~~", &files,
                   "<p><em>a</em> <strong>b</strong> <code>c&lt;</code> * &amp; <del>d</del></p>\n");
    assert_renders("3. a\n4. b\n\n- c\n- [x] d\n", &files,
                   "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n<ul>\n<li>c</li>\n<li class=\"task\"><input "
                   "type=\"checkbox\" disabled aria-label=\"Done\" checked> d</li>\n</ul>\n");
    assert_renders("> a  \n> b\n\n---\n", &files, "<blockquote>\n<p>a<br>\nb</p>\n</blockquote>\n<hr>\n");
    assert_renders("```py x\na < b\n```\n", &files, "<pre tabindex=\"0\"><code>a &lt; b\n</code></pre>\n");
    assert_renders(
        "a | b\n:-:|--:\n1 | 2\n", &files,
        "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead>\n<tr><th scope=\"col\" class=\"centre\">a</th>"
        "<th scope=\"col\" class=\"right\">b</th></tr>\n</thead>\n<tbody>\n<tr><td class=\"centre\">1</td>"
        "<td class=\"right\">2</td></tr>\n</tbody>\n</table></div>\n");
}

static void addresses_are_encoded(void **state) {
    assert_renders("[a](<x y&z> \"t&lt;\") ![b *c*](p.png)", &files,
                   "<p><a href=\"x%20y&amp;z\" title=\"t&lt;\">a</a> <img src=\"p.png\" alt=\"b c\"></p>\n");
    assert_renders("https://a.example/?b", &files,
                   "<p><a href=\"https://a.example/?b\">https://a.example/?b</a></p>\n");
}

static void html_is_only_kept_in_files(void **state) {
    assert_renders("a <b>c</b>", &files, "<p>a <b>c</b></p>\n");
    assert_renders("<div>\nx\n</div>\n", &files, "<div>\nx\n</div>\n");
    assert_renders("a <b>c</b>", &texts, "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n");
    assert_renders("[a](java&#10;script:alert(1)) [b](JavaScript:x)", &texts,
                   "<p><a href=\"#\">a</a> <a href=\"#\">b</a></p>\n");
}

static void headings_have_ids_of_their_own(void **state) {
    static const char *const taken[] = {"search", NULL};
    static const char text[] = "# Same\n## It's `f()` & more\n# Same\n# Same-1\n# Search\n# ?\n";
    static const char *const ids[] = {"same", "its-f--more", "same-1", "same-1-1", "search-1", "section"};
    const struct sty_markdown_options options = {.raw_html = true, .shallowest = 2, .taken = taken};
    struct sty_markdown_headings headings = {0};
    struct sty_buf out = {0};

    sty_markdown_render(text, strlen(text), &options, &headings, &out);
    assert_int_equal(headings.count, 6);
    for (size_t i = 0; i < headings.count; i++) {
        assert_string_equal(headings.items[i].id, ids[i]);
        assert_int_equal(headings.items[i].level, 2);
    }
    assert_string_equal(headings.items[1].text, "It's f() & more");
    assert_non_null(strstr(sty_buf_text(&out), "<h2 id=\"its-f--more\">It&#39;s <code>f()</code> &amp; more <a "
                                               "class=\"anchor\" href=\"#its-f--more\""));
    sty_markdown_headings_finish(&headings);
    sty_buf_finish(&out);
}

static void a_heading_that_repeats_the_title_is_left_out(void **state) {
    const struct sty_markdown_options options = {.raw_html = true, .shallowest = 2, .left_out = "Button"};

    assert_renders("# Button\n\na\n", &options, "<p>a</p>\n");
    assert_renders("a\n\n# Button\n", &options, "<p>a</p>\n<h2>Button</h2>\n");
}

static void a_text_is_summarized(void **state) {
    static const char text[] = "> # No\n\nOne *two*\n`three` &lt;b> <i>x</i>\n\n## Title & *more*\n\nNext\n";
    struct sty_buf heading = {0}, paragraph = {0};

    sty_markdown_summarize(text, strlen(text), true, &heading, &paragraph);
    assert_string_equal(sty_buf_text(&heading), "Title & more");
    assert_string_equal(sty_buf_text(&paragraph), "One two three <b> x");
    sty_buf_finish(&heading);
    sty_buf_finish(&paragraph);
}

/* The processor time in seconds to render `count` repetitions of a text. */
static double measure(const char *piece, size_t count) {
    struct sty_markdown_headings headings = {0};
    struct sty_buf text = {0}, out = {0};
    clock_t begin = 0;

    for (size_t i = 0; i < count; i++) {
        sty_buf_add(&text, piece);
    }
    begin = clock();
    sty_markdown_render(text.data, text.size, &files, &headings, &out);
    assert_false(out.failed);
    sty_markdown_headings_finish(&headings);
    sty_buf_finish(&text);
    sty_buf_finish(&out);
    return (double)(clock() - begin) / CLOCKS_PER_SEC;
}

/* Sixteen times the text should take about 16 times as long; with quadratic time it would be 256. */
static void time_grows_linearly(void **state) {
    static const char *const pieces[] = {
        "[",     "![a](", "*a _b ",       "`a",        "> ",   "- a\n",  "<",       "&",
        "# a\n", "a|",    "[a]: b\n[a] ", "***",       "<!--", "~~a ",   "\n```\n", "[a](b) ",
        "1. ",   "   \n", "https://a.b ", "<a href='", "\\",   "a\n-\n",
    };

    for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
        size_t count = 32768 / strlen(pieces[i]);
        double few = measure(pieces[i], count), many = measure(pieces[i], 16 * count);
        if (many > 0.2 && many > 80 * few) {
            fail_msg("'%s': %.3f s for 32 KiB, and %.3f s for 512 KiB", pieces[i], few, many);
        }
    }
}

static void a_text_that_is_too_large_is_cut(void **state) {
    struct sty_buf text = {0}, out = {0};

    while (text.size < STY_MARKDOWN_LARGEST + 10) {
        sty_buf_add(&text, "\xe2\x82\xac");
    }
    sty_markdown_render(text.data, text.size, &files, NULL, &out);
    assert_non_null(strstr(out.data, "\xe2\x82\xac</p>\n<p>This text is longer than 1024 KiB"));
    sty_buf_finish(&text);
    sty_buf_finish(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commonmark_is_rendered),
        cmocka_unit_test(addresses_are_encoded),
        cmocka_unit_test(html_is_only_kept_in_files),
        cmocka_unit_test(headings_have_ids_of_their_own),
        cmocka_unit_test(a_heading_that_repeats_the_title_is_left_out),
        cmocka_unit_test(a_text_is_summarized),
        cmocka_unit_test(time_grows_linearly),
        cmocka_unit_test(a_text_that_is_too_large_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
