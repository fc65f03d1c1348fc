"""The pages that the engines render: a table, nested components, a form with many attributes, and one tag with thousands."""

from collections.abc import Callable
from string.templatelib import Template
from typing import Any

ROWS = [(n, f"name {n}", f"<{n}@example.org>", n % 3 == 0) for n in range(1000)]
CARDS = [(f"Card {n}", [f"tag-{i}" for i in range(3)], f"Text of <card> {n}") for n in range(100)]
FIELDS = [
    (f"field-{n}", f"Label & {n}", n % 2 == 0, {"kind": "text", "row": n}) for n in range(100)
]


def table() -> Template:
    """1,000 rows of four cells."""
    return t"<table>{[t'<tr class={["on" if on else "off"]}><td>{n}</td><td>{name}</td><td>{mail}</td><td>{on and "yes"}</td></tr>' for n, name, mail, on in ROWS]}</table>"


def Tag(*, text: str) -> Template:
    """A small component."""
    return t'<span class="tag">{text}</span>'


def Card(*, title: str, tags: list[str], children: Template) -> Template:
    """A component that contains components."""
    return t'<article class="card"><h2>{title}</h2><ul>{[t"<li><{Tag} text={tag} /></li>" for tag in tags]}</ul>{children}</article>'


def Page(*, title: str, children: Template) -> Template:
    """A page around the cards."""
    return t"<!doctype html><html><head><title>{title}</title></head><body><main>{children}</main></body></html>"


def components() -> Template:
    """100 cards of three tags."""
    return t"<{Page} title='Cards'>{[t'<{Card} title={title} tags={tags}><p>{text}</p></{Card}>' for title, tags, text in CARDS]}</{Page}>"


def form() -> Template:
    """100 inputs of a dozen attributes."""
    return t"<form>{[t'<label for={name}>{label}</label><input type="text" id={name} name={name} value={label} class="input" class={dict(wide=wide, narrow=not wide)} style={dict(color="red", margin="0")} disabled={wide} required={not wide} data={data} aria={dict(label=label, invalid=False)} {dict(maxlength=20, title=label)}>' for name, label, wide, data in FIELDS]}</form>"


ATTRIBUTES = {f"data-{n}": "x" for n in range(10_000)}
CLASSES = [f"class-{n}" for n in range(10_000)]
STYLES = {f"--style-{n}": "1" for n in range(10_000)}


def wide() -> Template:
    """One tag of 10,000 attributes, classes and styles: time must not grow with their square."""
    return t"<div {ATTRIBUTES} class={CLASSES} style={STYLES}></div>"


PAGES: dict[str, Callable[[], Template]] = {
    "table": table,
    "components": components,
    "form": form,
    "wide": wide,
}

JINJA = {
    "table": """<table>{% for n, name, mail, on in rows %}<tr class="{{ "on" if on else "off" }}"><td>{{ n }}</td><td>{{ name }}</td><td>{{ mail }}</td><td>{{ "yes" if on }}</td></tr>{% endfor %}</table>""",
    "components": """{% macro tag(text) %}<span class="tag">{{ text }}</span>{% endmacro %}{% macro card(title, tags) %}<article class="card"><h2>{{ title }}</h2><ul>{% for t in tags %}<li>{{ tag(t) }}</li>{% endfor %}</ul>{{ caller() }}</article>{% endmacro %}{% macro page(title) %}<!DOCTYPE html><html><head><title>{{ title }}</title></head><body><main>{{ caller() }}</main></body></html>{% endmacro %}{% call page("Cards") %}{% for title, tags, text in cards %}{% call card(title, tags) %}<p>{{ text }}</p>{% endcall %}{% endfor %}{% endcall %}""",
    "form": """<form>{% for name, label, wide, data in fields %}<label for="{{ name }}">{{ label }}</label><input type="text" id="{{ name }}" name="{{ name }}" value="{{ label }}" class="input{% if wide %} wide{% else %} narrow{% endif %}" style="color: red; margin: 0"{% if wide %} disabled{% else %} required{% endif %}{% for key, value in data.items() %} data-{{ key }}="{{ value }}"{% endfor %} aria-label="{{ label }}" aria-invalid="false" maxlength="20" title="{{ label }}" />{% endfor %}</form>""",
}
"""The same pages for Jinja2, with classes, styles and data attributes written out."""

JINJA_DATA: dict[str, Any] = {"rows": ROWS, "cards": CARDS, "fields": FIELDS}
