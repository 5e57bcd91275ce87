"""Values as Excel accepts them: texts and links, cleaned before writing."""

import re
from typing import Final

from pmanalytics.words import plain

__all__ = ["cell_text", "safe_link"]

MAXIMUM_TEXT: Final = 32_767
MAXIMUM_LINK: Final = 2_079
CUT_MARK: Final = " … [cut]"


def cell_text(value: object) -> str:
    r"""Text as a cell can hold it: one line, no control characters, cut with a visible mark.

    Excel counts a cell's 32,767 characters in UTF-16 units. A text that begins and ends like the
    markup of a rich string gets a blank at its end, because XlsxWriter would write it unescaped.

    Examples:
        >>> cell_text("a\x0bb"), cell_text("x" * 40_000)[-8:]
        ('a b', ' … [cut]')
    """
    text = plain(value)
    if len(text) > MAXIMUM_TEXT // 2:
        units = text.encode("utf-16-le")
        if len(units) > 2 * MAXIMUM_TEXT:
            kept = units[: 2 * (MAXIMUM_TEXT - len(CUT_MARK))]
            text = kept.decode("utf-16-le", errors="ignore") + CUT_MARK
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def safe_link(value: object) -> str | None:
    """The address if it is a page on the web that Excel can open, else nothing.

    Examples:
        >>> safe_link("javascript:alert(1)"), safe_link("https://tracker.example/1")
        (None, 'https://tracker.example/1')
    """
    address = plain(value)
    web = re.fullmatch(r"https?://[^\s\"<>]+", address, re.IGNORECASE)
    return address if web and len(address) <= MAXIMUM_LINK else None
