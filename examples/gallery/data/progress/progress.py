"""How far something has come."""

from string.templatelib import Template

from ..style import variant


def Progress(*, label: str, done: int, total: int = 100) -> Template:
    """Return a bar; `done` of `total` is finished."""
    return t"""<label class={variant("progress", None)}>
  {label}
  <progress value={done} max={total}>{done} of {total}</progress>
</label>"""
