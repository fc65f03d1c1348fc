"""The words and values that random templates are made of."""

# ruff: noqa: SIM905 # words in one text are easier to read, and to add to

ELEMENTS = (
    "p div span ul table svg foreignobject clippath math noscript x-y a:b "
    "textarea title script style iframe xmp noembed noframes"
).split()
TEXT_ELEMENTS = set("textarea title script style iframe xmp noembed noframes".split())
VOID = "br img input hr".split()

TEXTS = (
    ["text", " ", "\n", "a & b", "a > b", "1 < 2", "ü🐍", "'quoted'", '"double"', ">", "]]>", "--"]
    + "&amp; &lt; &copy &notit; &nosuch; &#65 &#x41; &#128; &AMP &ampx &ltx &quot &frac12 &acE; &".split()
)

NAMES = (
    "id title class style data aria data-x data-b aria-label viewbox refx disabled HREF Class x-y É "
    "count children value b a-b items"
).split()

LITERAL_VALUES = ["v", "a b", "color: red", "", "&amp;", "&ampx", "?a=1&copy=2", "x:y;z:w", "5"]

KEYS = (
    "a b-c class style data aria title count value x data-x aria-label viewBox viewbox id B on "
    "color margin"
).split() + ["two words", ""]
"""Keys of mappings. Some have a special meaning."""

FORMATS = [
    "",
    "",
    "",
    "",
    "",
    "",
    "safe",
    "unsafe",
    "callback",
    ">6",
    "^9",
    ".2f",
    "05d",
    "x",
    ",",
    "no",
    "s",
]
CONVERSIONS = [None, None, None, None, None, None, "r", "s", "a"]

SPECIAL = (
    "- -- > < ! / <!-- --> --!> <!- -> </ script </script <script </SCRIPT> </style> </sty & &amp; "
    "' \" = a ü \u2028 \ud800 \0"
).split(" ")
"""Pieces of values that matter for escaping."""

TOKENS = (
    "< > / = \" ' - ! ? & ; # a b p x 1 -- --> <!-- <! </ /> <p <p> </p> <P <br> <br/> <hr "
    "<script> </script> </SCRIPT <style> </style> <title> </title <textarea> </textarea> <iframe> </iframe> "
    "<plaintext> <!doctype <![CDATA[ <![cdata[ ]]> <? ?> <!---> <!--> --!> &amp &lt; &#6 5; &notin &not "
    "class class= style= id= data= aria= viewbox= É İ K ſ ß <svg> </svg> <svg/> <math> </math> "
    "<foreignobject> </foreignobject> <aÉ </aé> </a\u0130> <a=b <a/b"
).split(" ") + [
    " ",
    " ",
    "\n",
    "\t",
    "\f",
    "\r",
    "\0",
    "\x0b",
    "\x1c",
    "doctype ",
    "<!doctype html>",
]
"""Pieces of markup, for malformed templates."""
