"""Sheet parts: what the XML of a sheet says beside the values of its cells.

The library that reads workbooks does not tell it when it streams. Only tags are looked for, in one
pass each, so that a sheet takes time in proportion to its length, however it is broken.
"""

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["SheetPart", "sheet_part"]

# A cell with a formula and with no value or an empty one.
_VALUELESS: Final = re.compile(
    rb"<(?:\w+:)?c(\s[^<>]*)?>\s*<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(<(?:\w+:)?v\s*/>\s*|<(?:\w+:)?v(?:\s[^<>]*)?>\s*</(?:\w+:)?v>\s*)?</(?:\w+:)?c>"
)
_TEXT: Final = re.compile(rb"\st=[\"']str[\"']")
_PLACE: Final = re.compile(rb"\sr=[\"']([A-Z]+[0-9]+)[\"']")
_MERGED: Final = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^<>]*?\bref=[\"']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})[\"']"
)


@dataclass(frozen=True)
class SheetPart:
    """What a sheet says beside its values.

    `uncomputed` counts the formulas that were saved without their value, `saying_nothing` are the
    places (like B3) of those whose value is the empty text, and `merged` the ranges of cells that
    were made one: first row and column, last row and column, from 1.
    """

    uncomputed: int = 0
    saying_nothing: frozenset[str] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()


def sheet_part(xml: bytes) -> SheetPart:
    """What the XML of a sheet says, which may be broken.

    Examples:
        >>> sheet_part(b'<c r="A1"><f>B1</f></c><c r="A2" t="str"><f>B1</f><v></v></c>')
        SheetPart(uncomputed=1, saying_nothing=frozenset({'A2'}), merged=())
        >>> sheet_part(b'<mergeCell ref="A1:B3"/>').merged
        ((1, 1, 3, 2),)
    """
    uncomputed, nothing = 0, set()
    for found in _VALUELESS.finditer(xml):
        cell = found[1] or b""
        # Whoever computes nothing gives a formula no type.
        if found[2] and _TEXT.search(cell):
            place = _PLACE.search(cell)
            nothing.add(place[1].decode() if place else "")
        else:
            uncomputed += 1
    merged = tuple(
        (int(top), _column(left), int(bottom), _column(right))
        for left, top, right, bottom in _MERGED.findall(xml)
    )
    return SheetPart(uncomputed, frozenset(nothing), merged)


def _column(letters: bytes) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
