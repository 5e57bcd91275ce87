"""The templates of the page and of the index, and the text that may stand in them unescaped."""

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from pmanalytics import words

__all__ = ["TEMPLATES", "environment", "safe", "template_text"]

TEMPLATES: Final = Path(__file__).parent / "templates"


@cache
def environment() -> Any:
    """What fills the templates: all text is escaped, and a name that is missing is an error."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["counted"] = words.counted
    # A key is broken behind its source or a part of its path, never within.
    environment.filters["pieces"] = lambda key: re.findall(r"[^:/]*[:/]|[^:/]+", key)
    environment.filters["thousands"] = lambda number: f"{number:,}"
    return environment


def template_text(*names: str) -> str:
    """The text of some style sheets or scripts, one behind the other."""
    return "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)


def safe(text: str) -> Any:
    """Mark our own text as HTML; nothing that comes from data passes here unescaped."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704
