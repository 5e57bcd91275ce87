"""Prose: text in Markdown that a report shows among its exhibits, such as an agenda."""

import re
from dataclasses import dataclass

from pmanalytics.reporting.showing.media import MARKDOWN_TYPE

__all__ = ["Prose", "prose"]


@dataclass(frozen=True)
class Prose:
    """A text of a report, in Markdown; what comes from data must be escaped in it."""

    text: str

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {MARKDOWN_TYPE: self.text, "text/plain": self.text}


def prose(markdown: str) -> Prose:
    r"""Show a page in Markdown as text of a report, its headings one level further down.

    The first heading of a notebook is that of the whole report, so that a page such as
    `agenda_page` becomes a section of it. Text of the data in it must be escaped, as these pages
    do; the report then makes it harmless once more.

    Examples:
        >>> prose("# Who owns it?\n\n## Whom to invite").text
        '## Who owns it?\n\n### Whom to invite'
    """
    return Prose(re.sub(r"^(#{1,5}) ", r"#\1 ", markdown, flags=re.MULTILINE))
