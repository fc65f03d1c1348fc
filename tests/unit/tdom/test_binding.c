/* The binding when memory runs out: whichever allocation fails, Python's or ours, the outcome is a MemoryError or the
 * right result, and nothing leaks.
 */
#include <Python.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"

PyMODINIT_FUNC PyInit_tdom(void);

/* -- Python's allocators, with one call that fails -- */

#define CALLS 50

static PyMemAllocatorEx python_mem, python_obj;
static long calls_left; /* until the call that fails; 0: none fails */
static bool has_failed;
static long live; /* the blocks allocated since the allocators were hooked */

static bool fails(void) {
    if (calls_left == 0 || --calls_left > 0) {
        return false;
    }
    has_failed = true;
    return true;
}

static void *count_block(void *block) {
    live += block != NULL ? 1 : 0;
    return block;
}

static void *failing_malloc(void *context, size_t size) {
    const PyMemAllocatorEx *real = context;

    return fails() ? NULL : count_block(real->malloc(real->ctx, size));
}

static void *failing_calloc(void *context, size_t count, size_t size) {
    const PyMemAllocatorEx *real = context;

    return fails() ? NULL : count_block(real->calloc(real->ctx, count, size));
}

static void *failing_realloc(void *context, void *block, size_t size) {
    const PyMemAllocatorEx *real = context;

    if (fails()) {
        return NULL;
    }
    return block != NULL ? real->realloc(real->ctx, block, size) : count_block(real->malloc(real->ctx, size));
}

static void plain_free(void *context, void *block) {
    const PyMemAllocatorEx *real = context;

    live -= block != NULL ? 1 : 0;
    real->free(real->ctx, block);
}

static void hook_allocators(void) {
    const struct {
        PyMemAllocatorDomain domain;
        PyMemAllocatorEx *real;
    } domains[] = {{PYMEM_DOMAIN_MEM, &python_mem}, {PYMEM_DOMAIN_OBJ, &python_obj}};

    for (size_t i = 0; i < 2; i++) {
        PyMemAllocatorEx hook = {domains[i].real, failing_malloc, failing_calloc, failing_realloc, plain_free};
        PyMem_GetAllocator(domains[i].domain, domains[i].real);
        PyMem_SetAllocator(domains[i].domain, &hook);
    }
}

/* -- what is rendered -- */

static const char source[] =
    "from string.templatelib import Interpolation, Template\n"
    "import sys\n"
    "sys.modules['markupsafe'] = None\n"
    "from contextvars import ContextVar\n"
    "from tdom import Markup, Scope, ScopedTemplate, html\n"
    "color = ContextVar('color', default='red')\n"
    "def Card(title, children, *, size=1, **rest):\n"
    "    return t'<h1 data-size={size} {rest}>{title} {color.get()}</h1>{children}'\n"
    "def Provider(children):\n"
    "    return ScopedTemplate(Scope(color, ('a', 'b')), children)\n"
    "class Shown:\n"
    "    def __html__(self): return '<i>'\n"
    "    def __str__(self): return '<s>'\n"
    "def page():\n"
    "    rows = [t'<li class={[\"a b\", None]} style={{\"top\": n}}>{n}</li>' for n in range(2)]\n"
    "    return html(t'''<!doctype html><main id=x class=\"k l\" class={dict(m=1, k=0)} style=\"a: b\"\n"
    "        style={dict(c=3)} data={dict(x=1, y=True)} aria={dict(z=False)} {dict(title=\"<\", href=2)}>\n"
    "        {rows}{(n for n in \"ab\")}{Shown()}{Markup(\"<u>\")}{3.5:.2f}{\"<\"!r}{None}{{}}\n"
    "        <{Provider}><{Card} title={\"t\"} X-Y=1>in {\"side\"}</{Card}></{Provider}>\n"
    "        <script>var a = {\"</script>\"};</script><title>{Shown()}</title><!-- {\"-->\"} -->\n"
    "        <p title=\"a {\"b\"} c\" lang={\"d\"} hidden={True}>&amp;</p></main>''')\n"
    "def fresh():\n"
    "    fresh.count += 1\n"
    "    return html(Template(f'<p n{fresh.count}=1 class=', Interpolation('a', 'a'), f'>&lt;{\"x\" * "
    "3}</p>')).replace(\n"
    "        str(fresh.count), '0')\n"
    "fresh.count = 1000\n"
    "def fault():\n"
    "    try:\n"
    "        html(t'<p>{1}</b>')\n"
    "    except ValueError as error:\n"
    "        return 'Mismatched' if 'Mismatched' in str(error) else 'something else'\n"
    "def markup():\n"
    "    return Markup('<b>%s</b> {}') .__mod__('<').format('>').join(['<', Markup('<')]).upper().striptags()\n";

static PyObject *names; /* new: the namespace of the source */

enum whose { PYTHONS, OURS };

static void fail_at(enum whose whose, long nth) {
    if (whose == PYTHONS) {
        calls_left = nth;
        has_failed = false;
    } else {
        sty_alloc_fail_at(nth);
    }
}

/* Call a function whose n-th allocation fails. It must return its text or raise MemoryError. */
static void call_with_failure(PyObject *function, const char *expected, enum whose whose, long nth) {
    PyObject *result = NULL; /* new */

    fail_at(whose, nth);
    result = PyObject_CallNoArgs(function);
    if (whose == OURS) {
        has_failed = sty_alloc_failed() != 0;
    }
    calls_left = 0;
    sty_alloc_fail_at(0);
    if (result == NULL && !PyErr_ExceptionMatches(PyExc_MemoryError)) {
        PyErr_Print();
        fail_msg("allocation %ld: another exception than MemoryError", nth);
    } else if (result != NULL && !(PyUnicode_Check(result) && PyUnicode_EqualToUTF8(result, expected))) {
        PyObject_Print(result, stderr, Py_PRINT_RAW);
        fail_msg("allocation %ld: another result", nth);
    }
    PyErr_Clear();
    Py_XDECREF(result);
}

/* The number of Python's blocks that are left after some calls. */
static long call_often(PyObject *function, const char *expected, enum whose whose, long nth) {
    long before = live;

    for (int i = 0; i < CALLS; i++) {
        call_with_failure(function, expected, whose, nth);
    }
    PyGC_Collect();
    return live - before;
}

/* Caches grow up to a limit, leaks grow with each call. */
static bool loses_blocks(PyObject *function, const char *expected, enum whose whose, long nth) {
    for (int i = 0; i < 200; i++) {
        if (call_often(function, expected, whose, nth) < CALLS / 2) {
            return false;
        }
    }
    return true;
}

static void every_allocation_fails(const char *name) {
    PyObject *function = PyDict_GetItemString(names, name); /* borrowed */
    PyObject *text = PyObject_CallNoArgs(function);         /* new */
    const char *expected = text != NULL ? PyUnicode_AsUTF8(text) : NULL;

    if (expected == NULL) {
        PyErr_Print();
    }
    assert_non_null(expected);
    for (enum whose whose = PYTHONS; whose <= OURS; whose++) {
        long nth = 0;
        do {
            if (loses_blocks(function, expected, whose, ++nth)) {
                fail_msg("allocation %ld: blocks are lost", nth);
            }
        } while (has_failed);
        assert_int_in_range(nth, 2, 20000);
    }
    Py_DECREF(text);
}

static void a_page(void **state) {
    every_allocation_fails("page");
}

static void a_literal_that_is_new(void **state) {
    every_allocation_fails("fresh");
}

static void our_own_markup(void **state) {
    every_allocation_fails("markup");
}

static void a_fault(void **state) {
    every_allocation_fails("fault");
}

static int set_up(void **state) {
    PyObject *ran = NULL; /* new */

    PyImport_AppendInittab("tdom", PyInit_tdom);
    Py_InitializeEx(0);
    names = PyDict_New();
    PyDict_SetItemString(names, "__builtins__", PyEval_GetBuiltins());
    if ((ran = PyRun_String(source, Py_file_input, names, names)) == NULL) {
        PyErr_Print();
        return -1;
    }
    Py_DECREF(ran);
    hook_allocators();
    return 0;
}

static int tear_down(void **state) {
    Py_CLEAR(names);
    return Py_FinalizeEx();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page),
        cmocka_unit_test(a_literal_that_is_new),
        cmocka_unit_test(our_own_markup),
        cmocka_unit_test(a_fault),
    };

    return cmocka_run_group_tests_name("binding", tests, set_up, tear_down);
}
