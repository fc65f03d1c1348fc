"""Cases for which both engines must give the same result. Each takes the module `tdom`, and returns a str or raises."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from string.templatelib import Interpolation, Template
from typing import Any

from values import values

type Case = Callable[[Any], str]

LITERALS = """
plain text
a < b > c & d " e ' f
&amp; &lt;&gt; &copy; &copy &notin; &notit; &nosuch; &#65; &#x41; &#x1F40D; &#0; &#128; &#xD800; &#1114112; &#11; & &; &#; &#x; &#xg;
&ampx &amp= &ltx
<p>one</p>
<p>one</p><p>two</p>
<P CLASS=x>upper</P>
<br>
<br/>
<br />
<img src=x alt="">
<input disabled>
<input disabled="">
<input disabled=disabled value='a "quoted" b'>
<div/>
<div />
<div></div >
<div></div x="y">
<div
   a = "1"
   b= '2'
   c =3
>x</div>
<a b=c/>
<a b="c"d="e"></a>
<a b=c"d'e></a>
<a "b"></a>
<a =b></a>
<a / b></a>
<a/b></a>
<a//></a>
<a b c b></a>
<a id=1 id=2></a>
<a id=1 class=x id=2></a>
<a class="x  y" class="z"></a>
<a class class="z"></a>
<a class="z" class></a>
<a style="a:b" style="c:d"></a>
<a style="a:b" style="nonsense"></a>
<a style="whatever this is"></a>
<a data="x" aria="y"></a>
<a href="?a=1&b=2&copy=3&amp;x&lt&ltx&lt;&#65&#65;&#65=&notin;&notit;"></a>
<a href='&quot;&apos;&#39;'></a>
<a viewbox="0"></a>
<svg viewbox="0 0 1 1"><circle r=1 /><lineargradient gradientunits=x></lineargradient></svg>
<svg><foreignobject viewbox=1><div viewbox=2><svg viewbox=3></svg></div></foreignobject><clippath/></svg>
<svg><title>a &amp; <b></title><style>x</style></svg>
<math><mi>x</mi><svg><textpath/></svg></math>
<!-- comment -->
<!---->
<!-->
<!--->
<!-- a -- b --!>
<!-- a <!-- b -->
<!--> x -->
<!-- unclosed
<!-- unclosed --
<!-- unclosed --!
<! bogus>
<!bogus
<!>
<?pi x?>text
<?pi
</>
</ x>
</
</x
<
<>
< p>
<1>
a<b
a<b c="d
a<b c='d>
<![CDATA[ x ]]>
<![CDATA[ x
<![cdata[ x ]]>
<!doctype html>
<!DOCTYPE html PUBLIC "x">
<!doctype>
<!DOCTYPE\thtml>
<!doctype   spaced   >
<!DocType html
<svg><!doctype html></svg>
<script>a < b && c > d "e" 'f'</script>
<script>"</scrip>" </script >
<script>"<!-- <script>"</script>
<SCRIPT>x</script/>
<script>x
<script/>
<style>a > b { content: "<" }</style>
<style></STYLE>
<title>a < b &amp; c <i></title>
<textarea> <b>x</b> &lt; </textarea>
<textarea>x</TEXTAREA\t>
<xmp><b>&amp;</b></xmp>
<iframe><b>&amp;</b></iframe>
<noscript><b>x</b></noscript>
<plaintext>x
<plaintext/>y
<div>
<div><p></div></p>
<p>one<p>two
</p>
<br></br>
<div></span>
<x-y.z:w a.b:c-d_e=1></x-y.z:w>
<aÉ É=1></aé>
<p>grün 🐍 ünïcödé</p>
<p title="grün &uuml; 🐍"></p>
<table><tr><td>x</td></tr></table>
<ul><li>a<li>b</ul>
<select><option selected>a</option></select>
<p>a\x0bb</p\x0b>
<p\x0b>
<p\x0c></p\x0c>
<p\r\n></p>
<p>\r\n</p>
<p>\x00</p>
<p>tab\there</p>
""".strip().split("\n")


def _literal(text: str) -> Case:
    text = (
        text.encode("latin-1", "backslashreplace").decode("unicode-escape")
        if "\\" in text
        else text
    )
    return lambda tdom: tdom.html(Template(text))


def _svg_literal(text: str) -> Case:
    return lambda tdom: tdom.svg(Template(text))


def Box(children: Template, **attrs: Any) -> Template:
    """A component that takes any attribute."""
    return t"<section {attrs}>{children}</section>"


def Named(*, title: str, count: int = 0, children: Template = t"") -> Template:
    """A component with named parameters."""
    return t"<h1 data-count={count}>{title}</h1>{children}"


@dataclass
class Card:
    """A component as a dataclass."""

    children: Template
    title: str
    items: list[str] = field(default_factory=list)

    def __call__(self) -> Template:
        return t"<article><h2>{self.title}</h2>{self.items}{self.children}</article>"


CONTEXTS: dict[str, Callable[[Any], Template]] = {
    "text": lambda v: t"{v}",
    "text in p": lambda v: t"<p>a{v}b</p>",
    "text in svg": lambda v: t"<svg>{v}</svg>",
    "text in iframe": lambda v: t"<iframe>{v}</iframe>",
    "attribute": lambda v: t"<p id={v}></p>",
    "quoted attribute": lambda v: t'<p id="{v}" title=x></p>',
    "templated attribute": lambda v: t'<p id="a-{v}-b"></p>',
    "doubled attribute": lambda v: t'<p id="a" title=t id={v}></p>',
    "class": lambda v: t"<p class={v}></p>",
    "class after class": lambda v: t'<p class="a  b" id=i class={v}></p>',
    "class before class": lambda v: t'<p class={v} id=i class="a b"></p>',
    "templated class": lambda v: t'<p class="a {v}"></p>',
    "style": lambda v: t"<p style={v}></p>",
    "style after style": lambda v: t'<p style="color: blue; top: 1px" style={v}></p>',
    "templated style": lambda v: t'<p style="color: {v}"></p>',
    "data": lambda v: t"<p data={v}></p>",
    "templated data": lambda v: t'<p data="a{v}"></p>',
    "aria": lambda v: t"<p aria={v}></p>",
    "data attribute": lambda v: t"<p data-x={v}></p>",
    "spread": lambda v: t"<p {v}></p>",
    "spread between": lambda v: t'<p id="1" class="k" {v} id="2" title={v}></p>',
    "spread in svg": lambda v: t"<svg {v} viewbox={v}></svg>",
    "script": lambda v: t"<script>{v}</script>",
    "script piece": lambda v: t"<script>let x = {v};</script>",
    "style element": lambda v: t"<style>{v}</style>",
    "style piece": lambda v: t"<style>a {{ {v} }}</style>",
    "title": lambda v: t"<title>{v}</title>",
    "title piece": lambda v: t"<title>&lt; {v}</title>",
    "textarea": lambda v: t"<textarea>{v}</textarea>",
    "comment": lambda v: t"<!--{v}-->",
    "comment piece": lambda v: t"<!-- a {v} -->",
    "safe": lambda v: t"<p>{v:safe}</p>",
    "unsafe": lambda v: t"<p>{v:unsafe}</p>",
    "callback": lambda v: t"<p>{v:callback}</p>",
    "repr": lambda v: t"<p>{v!r}</p>",
    "ascii": lambda v: t"<p title={v!a}>{v!s:unsafe}</p>",
    "format": lambda v: t"<p>{v:>8}</p>",
    "number format": lambda v: t"<p>{v:.2f}</p>",
    "component attribute": lambda v: t"<{Box} a-b={v} class={v} />",
    "component spread": lambda v: t"<{Box} {v}>x</{Box}>",
    "component child": lambda v: t"<{Box}><b>{v}</b></{Box}>",
    "component parameter": lambda v: t"<{Named} title={v}>{v}</{Named}>",
    "dataclass": lambda v: t"<{Card} title={v} items={v}>{v}</{Card}>",
    "component": lambda v: t"<{v}>x</{v}>",
    "component alone": lambda v: t"<{v} />",
}


def _in_context(context: Callable[[Any], Template], name: str) -> Case:
    return lambda tdom: tdom.html(context(values(tdom)[name]()))


def Positional(a: int, /) -> Template:
    """Needs a positional argument, so it cannot be a component."""
    return t"{a}"


def Variadic(*args: Any) -> Template:
    """Takes positional arguments."""
    return t"{args}"


def Optional(a: int = 1, /, b: int = 2) -> Template:
    """Needs no positional argument."""
    return t"{a}{b}"


def Empty() -> Template:
    """Takes nothing."""
    return t""


def ReturnsText() -> Any:
    """Returns a str."""
    return "<b>"


def ReturnsNone() -> Any:
    """Returns None."""
    return None


def ReturnsCallable() -> Any:
    """Returns a callable that returns a template."""
    return lambda: t"<b>{1}</b>"


def ReturnsDeepCallable() -> Any:
    """Returns a callable that returns a callable."""
    return lambda: lambda: t"<b></b>"


def Raises() -> Template:
    """Raises."""
    raise KeyError("component")


def Wrapped(**kwargs: Any) -> Template:
    """Pretends to have another signature."""
    return t"{sorted(kwargs)}"


Wrapped.__wrapped__ = Named  # type: ignore[attr-defined]


class Methods:
    """Components that are methods, and one that is a callable object."""

    def bound(self, x: int) -> Template:
        """With self."""
        return t"<b>{x}</b>"

    @classmethod
    def of_class(cls, x: int) -> Template:
        """With cls."""
        return t"<i>{x}</i>"

    @staticmethod
    def static(x: int) -> Template:
        """With neither."""
        return t"<u>{x}</u>"

    def __call__(self, x: int) -> Template:
        return t"<s>{x}</s>"


class WithNew:
    """A class with `__new__`."""

    def __new__(cls, x: int) -> Any:
        return object.__new__(cls)

    def __call__(self) -> Template:
        return t"<b>new</b>"


class TupleComponent(tuple[int, ...]):
    """A callable tuple."""

    def __call__(self, x: int) -> Template:
        return t"<b>{x}</b>{self}"


class Unhashable:
    """A component that cannot be a key of a dict."""

    __hash__ = None  # type: ignore[assignment]

    def __call__(self) -> Template:
        return t"x"


theme: ContextVar[str] = ContextVar("theme", default="light")


def Themed() -> Template:
    """Shows the theme."""
    return t"<b>{theme.get()}</b>"


def provider(tdom: Any) -> Callable[..., Any]:
    """A component that sets the theme for its children."""

    def provide(children: Template, value: str = "dark") -> Any:
        return tdom.ScopedTemplate(tdom.Scope(theme, value), children)

    return provide


def _scoped(tdom: Any, make: Callable[[Any], Template]) -> str:
    before = theme.get()
    try:
        return str(tdom.html(make(provider(tdom)))) + theme.get()
    finally:
        assert theme.get() == before


def _repeat(tdom: Any) -> str:
    def row(n: int) -> Template:
        return t"<li class={['a', n % 2 and 'b']}>{n}</li>"

    return "|".join(tdom.html(t"<ul>{[row(n) for n in range(i)]}</ul>") for i in range(5))


def _within_itself(tdom: Any) -> str:
    def Outer(depth: int = 3) -> Template:
        inner = tdom.Markup(tdom.html(make(depth - 1))) if depth else "end"
        return t"<div>{inner}</div>"

    def make(depth: int) -> Template:
        return t"<{Outer} depth={depth} />"

    return str(tdom.html(make(3)))


def _deep(tdom: Any, depth: int) -> str:
    template = t"end"
    for _ in range(depth):
        template = t"<i>{template}</i>"
    return str(tdom.html(template))


HAND_WRITTEN: dict[str, Case] = {
    "not a template": lambda tdom: tdom.html("<p>"),
    "no template": lambda tdom: tdom.html(None),
    "keyword": lambda tdom: tdom.html(template=t"<p>{1}</p>"),
    "svg": lambda tdom: tdom.svg(
        t"<clippath viewbox={1} {dict(viewbox=2, refx=3)}><foreignobject><clippath/></foreignobject></clippath>"
    ),
    "svg nested": lambda tdom: tdom.svg(t"<g>{t'<lineargradient/>'}</g>"),
    "svg component": lambda tdom: tdom.svg(t"<{Box}><lineargradient/></{Box}>"),
    "svg doctype": lambda tdom: tdom.svg(t"<!doctype html>"),
    "nested svg name": lambda tdom: tdom.html(t"<svg>{t'<clippath/>'}</svg>{t'<clippath/>'}"),
    "foreign object component": lambda tdom: tdom.html(
        t"<svg><foreignobject><{Box}><clippath/></{Box}></foreignobject><{Box}><clippath/></{Box}></svg>"
    ),
    "missing parameter": lambda tdom: tdom.html(t"<{Named} />"),
    "unexpected attribute": lambda tdom: tdom.html(t"<{Named} title=a other=b />"),
    "twice the same parameter": lambda tdom: tdom.html(t"<{Named} title=a Title=b />"),
    "ambiguous": lambda tdom: _scoped(tdom, lambda P: t"<{P} {dict(value=1, VALUE=2)}>x</{P}>"),
    "ambiguous spread": lambda tdom: tdom.html(t"<{Named} {{'title': 1, 'TITLE': 2}} />"),
    "children attribute": lambda tdom: tdom.html(t"<{Box} children=x />"),
    "attribute in upper case": lambda tdom: tdom.html(t"<{Optional} B=5 />"),
    "positional": lambda tdom: tdom.html(t"<{Positional} a=1 />"),
    "variadic": lambda tdom: tdom.html(t"<{Variadic} />"),
    "optional": lambda tdom: tdom.html(t"<{Optional} />"),
    "empty component": lambda tdom: tdom.html(t"<{Empty} /><{Empty}>ignored {1}</{Empty}>"),
    "returns text": lambda tdom: tdom.html(t"<{ReturnsText} />"),
    "returns none": lambda tdom: tdom.html(t"<{ReturnsNone} />"),
    "returns callable": lambda tdom: tdom.html(t"<{ReturnsCallable} />"),
    "returns deep callable": lambda tdom: tdom.html(t"<{ReturnsDeepCallable} />"),
    "raises": lambda tdom: tdom.html(t"<{Raises} />"),
    "wrapped": lambda tdom: tdom.html(t"<{Wrapped} title=1 />"),
    "wrapped missing": lambda tdom: tdom.html(t"<{Wrapped} other=1 />"),
    "partial": lambda tdom: tdom.html(t"<{partial(Named, title='p')} count={2} />"),
    "bound method": lambda tdom: tdom.html(t"<{Methods().bound} x={2} />"),
    "class method": lambda tdom: tdom.html(t"<{Methods.of_class} x={2} />"),
    "static method": lambda tdom: tdom.html(t"<{Methods.static} x={2} />"),
    "callable object": lambda tdom: tdom.html(t"<{Methods()} x={2} />"),
    "class with new": lambda tdom: tdom.html(t"<{WithNew} x={2} />"),
    "class without arguments": lambda tdom: tdom.html(t"<{Methods} />"),
    "unhashable": lambda tdom: tdom.html(t"<{Unhashable()} />"),
    "tuple that is called": lambda tdom: tdom.html(t"<{TupleComponent((1, 2))} x=5 />"),
    "builtin": lambda tdom: tdom.html(t"<{len} obj={[]} />"),
    "builtin type": lambda tdom: tdom.html(t"<{dict} a=1 />"),
    "lambda": lambda tdom: tdom.html(t"<{(lambda x: t'<b>{x}</b>')} x=1 />"),
    "end tag differs": lambda tdom: tdom.html(t"<{Box}>x</{Card}>"),
    "end tag is equal": lambda tdom: tdom.html(t"<{Methods().bound} x=1></{Methods().bound}>"),
    "end tag is literal": lambda tdom: tdom.html(t"<{Box}>x</div>"),
    "end tag is a component": lambda tdom: tdom.html(t"<div>x</{Box}>"),
    "two interpolations in a tag": lambda tdom: tdom.html(t"<{Box}{Box}>x</{Box}>"),
    "text in a component tag": lambda tdom: tdom.html(t"<{Box}x>x</{Box}>"),
    "text before a component tag": lambda tdom: tdom.html(t"<x{Box}>x</x>"),
    "two interpolations in an end tag": lambda tdom: tdom.html(t"<{Box}>x</{Box}{Box}>"),
    "unclosed component": lambda tdom: tdom.html(t"<{Box}>x"),
    "unclosed in a component": lambda tdom: tdom.html(t"<{Box}><p>x</{Box}>"),
    "interpolation in an end tag": lambda tdom: tdom.html(t"<p></p {1}>"),
    "interpolation in a doctype": lambda tdom: tdom.html(t"<!doctype {'html'}>"),
    "interpolation in a declaration": lambda tdom: tdom.html(t"<!x {'html'}>"),
    "interpolation in an instruction": lambda tdom: tdom.html(t"<?x {1}?>"),
    "interpolation in cdata": lambda tdom: tdom.html(t"<![CDATA[{1}]]>"),
    "interpolation in an unclosed tag": lambda tdom: tdom.html(t"a<p {1}"),
    "interpolation in a name with a value": lambda tdom: tdom.html(t"<p {1}=2></p>"),
    "interpolation in part of a name": lambda tdom: tdom.html(t"<p a{1}></p>"),
    "two spreads in one": lambda tdom: tdom.html(t"<p {dict(a=1)}{dict(b=2)}></p>"),
    "two spreads": lambda tdom: tdom.html(t"<p {dict(a=1)} {dict(b=2)}></p>"),
    "spread and slash": lambda tdom: tdom.html(t"<br {dict(a=1)}/>"),
    "unquoted and slash": lambda tdom: tdom.html(t"<br a={1}/>"),
    "interpolation in void": lambda tdom: tdom.html(
        t"<img src={'<'} alt='{1} {2}' {dict(a=True)}>"
    ),
    "entity before interpolation": lambda tdom: tdom.html(
        t"<p title='&amp;{1}&copy {2}'>&amp;{1}&copy{2}</p>"
    ),
    "many interpolations": lambda tdom: tdom.html(t"{1}{2}<p>{3}{4}</p>{5}<!--{6}{7}-->{8}"),
    "comment of interpolations": lambda tdom: tdom.html(t"<!--{'-'}{'->'}{'x'}-->"),
    "script of interpolations": lambda tdom: tdom.html(t"<script>{'<'}{'/script>'}</script>"),
    "format of a format": lambda tdom: tdom.html(t"<p>{3.14159:.{2}f}</p>"),
    "unknown format": lambda tdom: tdom.html(t"<p>{'x':nonsense}</p>"),
    "conversion and format": lambda tdom: tdom.html(t"<p>{'<x>'!r:safe}{5!s:>4}</p>"),
    "safe attribute": lambda tdom: tdom.html(t"<p title={'&amp;<':safe}></p>"),
    "callback attribute": lambda tdom: tdom.html(
        t"<p title={(lambda: [1]):callback} class={(lambda: ['a']):callback}></p>"
    ),
    "callback template": lambda tdom: tdom.html(t"<p>{(lambda: t'<i></i>'):callback}</p>"),
    "rendered in rendered": lambda tdom: tdom.html(t"<p>{tdom.html(t'<i></i>')}</p>"),
    "markup in markup": lambda tdom: tdom.html(t"<p>{tdom.Markup('<i>{}</i>').format('<')}</p>"),
    "repeat": _repeat,
    "within itself": _within_itself,
    "deep": lambda tdom: _deep(tdom, 50),
    "very deep": lambda tdom: _deep(tdom, 100_000),
    "endless list": lambda tdom: tdom.html(t"{(lambda a: a.append(a) or a)([])}"),
    "scope": lambda tdom: _scoped(tdom, lambda P: t"<{P}><{Themed} /></{P}><{Themed} />"),
    "nested scope": lambda tdom: _scoped(
        tdom, lambda P: t"<{P}><{P} value=red><{Themed} /></{P}><{Themed} /></{P}>"
    ),
    "scope of a tuple": lambda tdom: _scoped(
        tdom, lambda P: t"<{P} value={('a', '<b>')}><{Themed} /></{P}><{Themed} />"
    ),
    "scope and error": lambda tdom: _scoped(tdom, lambda P: t"<{P}><{Raises} /></{P}>"),
    "scope in a list": lambda tdom: _scoped(
        tdom, lambda P: t"{[t'<{P}><{Themed} /></{P}>', t'<{Themed} />']}"
    ),
    "scope of no variable": lambda tdom: tdom.html(
        t"<{(lambda: tdom.ScopedTemplate(tdom.Scope('x', 1), t''))} />"
    ),
    "scope repr": lambda tdom: (
        repr(tdom.Scope(1, 2))
        + repr(tdom.Scope(1, 2) == tdom.Scope(1, 2))
        + repr(tdom.Scope(1, 2) != tdom.Scope(1, 3))
    ),
    "scope hash": lambda tdom: str(hash(tdom.Scope(1, 2)) == hash(tdom.Scope(1, 2))),
    "scope unhashable": lambda tdom: str(hash(tdom.Scope([], 2))),
    "scope frozen": lambda tdom: setattr(tdom.Scope(1, 2), "value", 3),
    "scope deleted": lambda tdom: delattr(tdom.Scope(1, 2), "cv"),
    "scope with another attribute": lambda tdom: setattr(tdom.Scope(1, 2), "other", 3),
    "scoped template frozen": lambda tdom: setattr(
        tdom.ScopedTemplate(tdom.Scope(1, 2), t""), "scope", 3
    ),
    "scope in a pattern": lambda tdom: _match(tdom, tdom.Scope(1, "two")),
    "scoped template in a pattern": lambda tdom: _match(
        tdom, tdom.ScopedTemplate(tdom.Scope(1, 2), "template")
    ),
    "scope of a type": lambda tdom: str(tdom.Scope[int](cv=1, value=2)),
    "scope missing": lambda tdom: tdom.Scope(1),
    "scope active": lambda tdom: _active(tdom),
    "interpolation by hand": lambda tdom: tdom.html(
        Template("<p>", Interpolation("<", "", None, ""), "</p>")
    ),
    "conversion by hand": lambda tdom: tdom.html(
        Template("<p>", Interpolation("<", "x", "r", "safe"), "</p>")
    ),
    "escape": lambda tdom: (
        repr(tdom.escape("<'\"&>")) + repr(tdom.escape(5)) + repr(tdom.escape(None))
    ),
    "all names": lambda tdom: str(sorted(tdom.__all__)),
}


def _match(tdom: Any, value: Any) -> str:
    match value:
        case tdom.Scope(first, second) | tdom.ScopedTemplate(tdom.Scope(first, _), second):
            return f"{first} {second}"
        case _:
            return "no match"


def _active(tdom: Any) -> str:
    with tdom.Scope(theme, "active").activate() as entered:
        inside = theme.get()
    return f"{entered} {inside} {theme.get()}"


_M = "<b>x &amp; %s</b>"

MARKUP: dict[str, Case] = {
    name: (lambda make: lambda tdom: repr(make(tdom.Markup)))(make)
    for name, make in {
        "new": lambda M: (
            M(),
            M("<"),
            M(5),
            M(None),
            M(M("<")),
            M(b"a", "utf-8"),
            M(b"\xff", "ascii", "replace"),
        ),
        "add": lambda M: (M("<") + "<", "<" + M(">"), M("a") + M("<")),
        "add number": lambda M: M("a") + 5,
        "number add": lambda M: 5 + M("a"),
        "mul": lambda M: (M("<") * 2, 3 * M(">")),
        "mod": lambda M: (
            M(_M) % "<",
            M("%s %r %d") % ("<", "<", 5),
            M("%(a)s %(b)d") % {"a": "<", "b": 3},
        ),
        "mod markup": lambda M: M(_M) % M("<i>"),
        "mod float": lambda M: M("%.2f") % 1.234,
        "mod too few": lambda M: M("%s %s") % "a",
        "str mod": lambda M: "%s" % M("<"),
        "format": lambda M: (
            M("{} {a} {0}").format("<", a=M("<i>")),
            M("{0.real} {1[0]}").format(5, ["<"]),
        ),
        "format spec": lambda M: M("{:>5}").format("<"),
        "format markup spec": lambda M: M("{:>5}").format(M("<")),
        "format map": lambda M: M("{a}").format_map({"a": "<"}),
        "join": lambda M: (M("<br>").join(["<", M("<"), 5]), M(",").join([])),
        "join tuples": lambda M: M(",").join([("a", "<"), ()]),
        "items": lambda M: (M("<b>")[0], M("<b>")[1:], M("<b>")[::-1]),
        "cases": lambda M: [
            getattr(M("<Bß>"), n)()
            for n in ("capitalize", "title", "lower", "upper", "swapcase", "casefold")
        ],
        "strips": lambda M: (
            M(" < ").strip(),
            M("xx<").lstrip("x"),
            M("<xx").rstrip("x"),
            M("<>").strip("<"),
        ),
        "pads": lambda M: (
            M("<").center(5, "<"),
            M("<").ljust(3, ">"),
            M("<").rjust(3),
            M("5").zfill(3),
        ),
        "replace": lambda M: (M("a<b").replace("<", ">"), M("aaa").replace("a", "<", 1)),
        "split": lambda M: (
            M("a,<b").split(","),
            M("a b").split(maxsplit=1),
            M("a b c").rsplit(None, 1),
            M("a\n<").splitlines(keepends=True),
        ),
        "partition": lambda M: (M("a<b").partition("<"), M("a<b").rpartition("x")),
        "prefix": lambda M: (M("<b>x").removeprefix("<b>"), M("x</b>").removesuffix("</b>")),
        "translate": lambda M: M("a<").translate({97: "<"}),
        "expandtabs": lambda M: M("a\t<").expandtabs(tabsize=4),
        "escape": lambda M: (M.escape("<"), M.escape(M("<")), M.escape(5)),
        "unescape": lambda M: (M("&lt;&amp;&copy&#65;").unescape(), type(M("a").unescape()) is str),
        "striptags": lambda M: (
            M("<b>a</b>  &lt; <!-- <x> --> b\n<i").striptags(),
            M("no tags").striptags(),
            M("a <!-- b").striptags(),
        ),
        "html": lambda M: (M("<").__html__(), M("<").__html_format__("")),
        "html format spec": lambda M: M("<").__html_format__("x"),
        "equal": lambda M: (M("a") == "a", hash(M("a")) == hash("a"), {M("a"): 1}["a"]),
        "str": lambda M: (
            str(M("<")),
            type(str(M("<"))) is str,
            f"{M('<')}",
            isinstance(M("a"), str),
        ),
        "subclass": lambda M: (
            lambda S: (S("<") + "<", S.escape("<"), S("%s") % "<", S("{}").format("<"))
        )(type("S", (M,), {})),
        "in": lambda M: ("<" in M("a<"), M("a<").find("<"), len(M("a<"))),
    }.items()
}


def _many(count: int) -> dict[str, Case]:
    """Tags with many attributes, classes and styles, in which each name occurs twice."""
    names = [f"n{number * 7 % (count // 2 or 1)}" for number in range(count)]
    literal = " ".join(f'{name}="{place}"' for place, name in enumerate(names))
    first, second = dict.fromkeys(names, "one"), dict.fromkeys(reversed(names), "two")
    styles = {f"--{name}": name for name in names}
    return {
        "literal": lambda tdom: tdom.html(Template(f"<i {literal}></i>")),
        "filled": lambda tdom: tdom.html(
            Template(f"<i {literal} title=", Interpolation("t", "t"), "></i>")
        ),
        "spread": lambda tdom: tdom.html(t"<i {first} a=1 {second} n1={None} {first}></i>"),
        "classes": lambda tdom: tdom.html(
            t"<i class={names} class={dict.fromkeys(names[::3], False)}></i>"
        ),
        "styles": lambda tdom: tdom.html(t"<i style={styles} style='--n1: x; --n0: y'></i>"),
        "data": lambda tdom: tdom.html(t"<i data={first} data-n1='x' data={second}></i>"),
    }


MANY: dict[str, Case] = {
    f"{name} of {count}": case
    for count in (11, 12, 13, 24, 25, 26, 64, 65, 400)
    for name, case in _many(count).items()
}
"""With numbers around those at which the native engine uses another algorithm, and larger ones."""


WRONG: dict[str, Case] = {
    "entity and interpolation": lambda tdom: tdom.html(t"<p>a&l{'tx'}</p>"),
    "quote and space": lambda tdom: tdom.html(t"<a b = 'x>{1}'></a>"),
    "end of a style": lambda tdom: tdom.html(t"<style>{'</style ><b>'}</style>"),
}
"""Cases in which the original is wrong; docs/tdom.md lists them."""


def all_cases() -> dict[str, Case]:
    """Every case by its name."""
    cases: dict[str, Case] = {f"literal: {text}": _literal(text) for text in LITERALS}
    cases |= {
        f"svg literal: {text}": _svg_literal(text)
        for text in LITERALS
        if "svg" in text or "viewbox" in text
    }
    cases |= {f"many: {name}": case for name, case in MANY.items()}
    cases |= {f"hand: {name}": case for name, case in HAND_WRITTEN.items()}
    cases |= {f"markup: {name}": case for name, case in MARKUP.items()}
    names = values(__import__("tdom"))
    cases |= {
        f"{context}: {name}": _in_context(make, name)
        for context, make in CONTEXTS.items()
        for name in names
    }
    return cases
