"""Values as Excel accepts them: texts and links, cleaned before writing."""

import re
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.words import plain

__all__ = ["cell_text", "distinct_texts", "held_texts", "safe_link"]

MAXIMUM_TEXT: Final = 32_767
MAXIMUM_LINK: Final = 2_079
CUT_MARK: Final = " … [cut]"
# A text that a cell holds as it is: words with one blank between them, and no markup.
ORDINARY: Final = r"^[!-;=-~][!-~]*(?: [!-~]+)*$"


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


def distinct_texts(values: pd.Series) -> tuple[np.ndarray, list[str]]:
    r"""Which of the distinct texts each row has, -1 for none; the texts as cells can hold them.

    Examples:
        >>> codes, texts = distinct_texts(pd.Series(["a", None, "b\tc", "a"]))
        >>> codes.tolist(), texts
        ([0, -1, 1, 0], ['a', 'b c'])
    """
    codes, distinct = pd.factorize(values)
    if isinstance(values.dtype, pd.StringDtype):
        texts = _cell_texts(pa.array(distinct, pa.string()))
    else:
        texts = [cell_text(value) for value in distinct]
    empty = np.array([*(not text for text in texts), True])
    return np.where(empty[codes], -1, codes), texts


def held_texts(values: pd.Series) -> list[str]:
    """The texts of a column as they are read back from its cells.

    Examples:
        >>> held_texts(pd.Series([" a", None]))
        ['a', '']
    """
    codes, texts = distinct_texts(values)
    held = np.array([*(text.strip() for text in texts), ""], dtype=object)
    return list(held[codes])


def _cell_texts(values: pa.Array) -> list[str]:
    """`cell_text` of many texts; those that are ordinary are all found at once."""
    short = pc.less(pc.binary_length(values), MAXIMUM_TEXT)
    ordinary = pc.and_(pc.match_substring_regex(values, ORDINARY), short)
    texts = values.to_pylist()
    # Not by `indices_nonzero`: before version 26 of pyarrow it ends the process where no text is.
    for place in np.flatnonzero(np.asarray(pc.invert(ordinary))):
        texts[place] = cell_text(texts[place])
    return texts


def safe_link(value: object) -> str | None:
    """The address if it is a page on the web that Excel can open, else nothing.

    Examples:
        >>> safe_link("javascript:alert(1)"), safe_link("https://tracker.example/1")
        (None, 'https://tracker.example/1')
    """
    address = plain(value)
    web = re.fullmatch(r"https?://[^\s\"<>]+", address, re.IGNORECASE)
    return address if web and len(address) <= MAXIMUM_LINK else None
