"""300 templates whose literals all differ, as in a catalog: none of them can be found in the cache."""

from string.templatelib import Interpolation, Template


def all_templates() -> list[Template]:
    """The templates."""
    return [
        Template(
            f'<section id="s{n}" class="panel panel-{n}"><h2 title="Section {n}">',
            Interpolation(f"Title {n}", "title", None, ""),
            f'</h2><p class="lead">Text of section {n} &amp; more, as people write it. <a href="/page/{n}?a=1&amp;b=2" target="_blank">',
            Interpolation("link", "link", None, ""),
            '</a></p><ul class="list"><li>one</li><li>two</li><li>',
            Interpolation(n, "n", None, ""),
            '</li></ul><input type="text" name="field" value=',
            Interpolation("<value>", "value", None, ""),
            f' disabled data-n="{n}"><button type="submit" class="btn btn-primary">Save {n}</button></section>',
        )
        for n in range(300)
    ]
