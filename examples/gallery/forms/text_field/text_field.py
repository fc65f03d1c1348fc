"""A field for text."""

from string.templatelib import Template

from ..style import variant


def TextField(*, name: str, label: str, value: str = "", error: str | None = None) -> Template:
    """Return a labelled field, with what is wrong with its value below it."""
    wrong = error and t"<small class='field-error' id='{name}-error'>{error}</small>"
    state = {"aria-invalid": "true", "aria-describedby": f"{name}-error"} if error else {}
    return t"""<div class={variant("field", None)}>
  <label for={name}>{label}</label>
  <input id={name} name={name} value={value} {state}>
  {wrong}
</div>"""
