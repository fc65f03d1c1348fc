#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "tdom/entities.h"
#include "tdom/escape.h"

typedef void (*convert_fn)(const char *text, size_t size, struct sty_buf *out);

static void assert_converts(convert_fn convert, const char *text, const char *expected) {
    struct sty_buf out = {0};

    convert(text, strlen(text), &out);
    assert_string_equal(sty_buf_text(&out), expected);
    sty_buf_finish(&out);
}

static void text_is_escaped(void **state) {
    assert_converts(tdom_escape_text, "", "");
    assert_converts(tdom_escape_text, "plain", "plain");
    assert_converts(tdom_escape_text, "<a href=\"x\" title='y'>&", "&lt;a href=&#34;x&#34; title=&#39;y&#39;&gt;&amp;");
    assert_converts(tdom_escape_text, "gr\xC3\xBCn <", "gr\xC3\xBCn &lt;");
}

/* The scan of several bytes at a time must find special bytes at every position, and no others. */
static void every_byte_at_every_place(void **state) {
    char text[64];

    for (unsigned byte = 1; byte < 256; byte++) {
        for (size_t place = 0; place < 40; place++) {
            struct sty_buf out = {0};
            const char *special = strchr("&<>\"'", (int)byte);
            memset(text, 'x', sizeof(text));
            text[place] = (char)byte;
            tdom_escape_text(text, 40, &out);
            if (special != NULL) {
                assert_int_equal(out.size, 40 - 1 + (byte == '&' || byte == '"' || byte == '\'' ? 5 : 4));
                assert_int_equal(out.data[place], '&');
            } else {
                assert_int_equal(out.size, 40);
                assert_memory_equal(out.data, text, 40);
            }
            sty_buf_finish(&out);
        }
    }
}

static void comments_stay_comments(void **state) {
    assert_converts(tdom_escape_comment, "", "");
    assert_converts(tdom_escape_comment, ">x", "&gt;x");
    assert_converts(tdom_escape_comment, "->x", "-&gt;x");
    assert_converts(tdom_escape_comment, "a --> b --!> c <!-- d", "a --&gt; b --!&gt; c &lt;!-- d");
    assert_converts(tdom_escape_comment, "<!-->", "&lt;!--&gt;");
    assert_converts(tdom_escape_comment, "a <!-", "a &lt;!-");
    assert_converts(tdom_escape_comment, "a <!- b -> c", "a <!- b -> c");
}

static void scripts_stay_scripts(void **state) {
    assert_converts(tdom_escape_script, "a < b && '</div>'", "a < b && '</div>'");
    assert_converts(tdom_escape_script, "</SCRIPT><Script><!--", "\\x3c/SCRIPT>\\x3cScript>\\x3c!--");
    assert_converts(tdom_escape_style, "a > b {} </StyLe> </styles> </style", "a > b {} &lt;/StyLe> </styles> </style");
    assert_converts(tdom_escape_style, "</style x></style/></STYLE\f", "&lt;/style x>&lt;/style/>&lt;/STYLE\f");
}

static void references_are_decoded(void **state) {
    assert_converts(tdom_unescape_text, "&lt;&amp;&copy&notit;&nosuch;&", "<&\xC2\xA9\xC2\xACit;&nosuch;&");
    assert_converts(tdom_unescape_text, "&#65;&#x41&#X1F40D;", "AA\xF0\x9F\x90\x8D");
    assert_converts(tdom_unescape_text, "&#0;&#xD800;&#99999999999;", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    assert_converts(tdom_unescape_text, "&#128;&#11;&#;&#x;", "\xE2\x82\xAC&#;&#x;");
}

static void a_nul_is_an_ordinary_byte(void **state) {
    struct sty_buf out = {0};

    tdom_unescape_attribute("&quot\0;", 7, false, &out);
    tdom_unescape_text("&lt\0;", 5, &out);
    assert_int_equal(out.size, 6);
    assert_memory_equal(out.data, "\"\0;<\0;", 6);
    sty_buf_finish(&out);
}

static void attribute(const char *text, bool continued, const char *expected) {
    struct sty_buf out = {0};

    tdom_unescape_attribute(text, strlen(text), continued, &out);
    assert_string_equal(sty_buf_text(&out), expected);
    sty_buf_finish(&out);
}

static void query_strings_in_attributes_are_not_decoded(void **state) {
    attribute("?a=1&copy=2&lt;&lt", false, "?a=1&copy=2<<");
    attribute("&ltx", false, "&ltx");
    attribute("&lt", true, "&lt");
    attribute("&lt;", true, "<");
    attribute("&#65=&#65", true, "A=A");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_escaped),
        cmocka_unit_test(every_byte_at_every_place),
        cmocka_unit_test(comments_stay_comments),
        cmocka_unit_test(scripts_stay_scripts),
        cmocka_unit_test(references_are_decoded),
        cmocka_unit_test(a_nul_is_an_ordinary_byte),
        cmocka_unit_test(query_strings_in_attributes_are_not_decoded),
    };

    return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
