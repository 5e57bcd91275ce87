"""Text, numbers and groups as readers see them, each on one line."""

import re
from typing import Final

import pandas as pd

__all__ = [
    "DASH",
    "counted",
    "group_name",
    "missing_name",
    "percent",
    "percent_range",
    "plain",
    "whole_letters",
]

DASH: Final = "\N{EN DASH}"

# Control characters, halves of surrogate pairs, and the marks that reorder text on the screen.
_HARMFUL: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_HALVES: Final = re.compile("[\ud800-\udfff]")


def plain(value: object) -> str:
    r"""Text on one line, without control characters and without marks that reorder it.

    Examples:
        >>> plain("two\nlines \u202eand a mark")
        'two lines and a mark'
        >>> plain(pd.NA)
        ''
    """
    if isinstance(value, str):
        # Most texts are plain already, and there are very many of them.
        if value.isascii() and value.isprintable() and " ".join(value.split()) == value:
            return value
    elif pd.api.types.is_scalar(value) and pd.isna(value):
        return ""
    # White space first: line breaks are control characters too, and stand for a blank.
    spaced = re.sub(r"\s+", " ", str(value))
    return " ".join(_HARMFUL.sub("", spaced).split())


def whole_letters(text: str) -> str:
    r"""Text that any table and file can hold: halves of surrogate pairs become \ufffd.

    JSON can write such halves, and an argument or the name of a file that is not UTF-8 becomes
    them; nothing can hold them.

    Examples:
        >>> whole_letters("caf\udce9") == "caf\N{REPLACEMENT CHARACTER}"
        True
    """
    return _HALVES.sub("\N{REPLACEMENT CHARACTER}", text)


def missing_name(column: str) -> str:
    """What a reader sees where the column of a group is missing.

    Examples:
        >>> missing_name("team")
        'no team'
    """
    return f"no {column.replace('_', ' ')}"


def group_name(value: object, column: str) -> str:
    """What a reader sees for one value of a grouping column.

    Examples:
        >>> group_name("sev1", "severity"), group_name(None, "team")
        ('Sev-1', 'no team')
    """
    text = plain(value)
    if not text:
        return missing_name(column)
    severity = re.fullmatch(r"sev-?(\d)", text, re.IGNORECASE)
    return f"Sev-{severity[1]}" if severity else text


def percent(share: object) -> str:
    """A share between 0 and 1 as a whole percentage; a missing one is a dash.

    Examples:
        >>> percent(0.784), percent(None) == DASH
        ('78%', True)
    """
    if pd.isna(share):
        return DASH
    return f"{100 * float(share):.0f}%"  # type: ignore[arg-type]


def percent_range(low: object, high: object) -> str:
    """Two shares between 0 and 1 as a range of whole percentages.

    Examples:
        >>> percent_range(0.354, 0.88)
        '35 to 88%'
    """
    return f"{percent(low).removesuffix('%')} to {percent(high)}"


def counted(number: object, noun: str) -> str:
    """A number with its noun, in the plural unless it is one.

    Examples:
        >>> counted(1, "item"), counted(1200, "item")
        ('1 item', '1,200 items')
    """
    return f"{int(number):,} {noun}{'' if number == 1 else 's'}"  # type: ignore[call-overload]
