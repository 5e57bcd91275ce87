"""Formulas and references: only functions and places that are ours."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Final

from pmanalytics.workbook.linting.package import MAIN, Package, parsed

__all__ = ["FUNCTIONS", "defined_name_faults", "formula_faults", "in_row", "name_like_a_cell"]

# What formulas of ours need; all of it has been in every program for twenty years.
FUNCTIONS: Final = frozenset(
    {
        "AND", "AVERAGEIFS", "COUNTA", "COUNTIFS", "DATE", "EXACT", "IF", "ISBLANK", "ISNUMBER",
        "ISTEXT", "LEN", "NETWORKDAYS", "NOT", "OR", "SUM", "SUMIFS", "TRIM",
    }
)  # fmt: skip
MAXIMUM_FORMULA: Final = 8_192
TEXT: Final = re.compile(r'"(?:[^"]|"")*"')
SHEET: Final = re.compile(r"('(?:[^']|'')+'|[\w.]+)!")
FUNCTION: Final = re.compile(r"([A-Za-z_][\w.]*)\s*\(")
WORD: Final = re.compile(r"(?<![\w$.])[A-Za-z_\\][\w.\\]*(?![\w.\\]|\s*\()")
RELATIVE: Final = re.compile(r"(?<![\w$!.])(\$?[A-Z]{1,3})\d+(?![\w(!])")
CELL: Final = re.compile(r"\$?[A-Z]{1,3}\$?\d+")
NAME: Final = re.compile(r"[A-Za-z_\\][\w.\\?]{0,254}")
CELL_LIKE: Final = re.compile(r"[A-Za-z]{1,3}\d+|[RrCc]|[Rr]\d*[Cc]\d*")
BUILT_IN: Final = re.compile(r"_xlnm\.(Print_Titles|Print_Area|_FilterDatabase)")


def formula_faults(
    formula: str, *, sheets: Collection[str], names: Collection[str] = ()
) -> Iterator[str]:
    """What is wrong with a formula, each as the end of a sentence.

    Examples:
        >>> list(formula_faults('IF(A2="HYPERLINK(1)",SUM(Lists!$A$2:$A$4),"")', sheets=["Lists"]))
        []
        >>> list(formula_faults("cmd|'/C calc'!A0", sheets=[]))
        ["has a sign that reaches outside: '|'"]
    """
    if len(formula) > MAXIMUM_FORMULA:
        yield f"is longer than {MAXIMUM_FORMULA:,} characters"
    bare = TEXT.sub('""', formula)
    if bare.count('"') % 2 or bare.count("(") != bare.count(")"):
        yield "has a text or a bracket that does not end"
    outside = re.search(r"[|\[\]#{}@]", SHEET.sub("", bare))
    if outside:
        yield f"has a sign that reaches outside: {outside[0]!r}"
        return
    for sheet in SHEET.findall(bare):
        if sheet.strip("'").replace("''", "'") not in sheets:
            yield f"refers to the sheet {sheet}, which is not there"
    bare = SHEET.sub("", bare)
    for function in sorted({found.upper() for found in FUNCTION.findall(bare)} - FUNCTIONS):
        yield f"uses {function}, which is none of our functions"
    words = {word for word in WORD.findall(bare) if not CELL.fullmatch(word)}
    for word in sorted(words - {"TRUE", "FALSE"} - set(names)):
        yield f"uses the name {word!r}, which is not defined"


def in_row(formula: str, row: str) -> str:
    """A formula with another row in each of its relative references.

    Examples:
        >>> in_row('IF(B2="A2",$C2,Lists!$A$2)', "9")
        'IF(B9="A2",$C9,Lists!$A$2)'
    """
    return row.join(_around_rows(formula))


@lru_cache(maxsize=64)
def _around_rows(formula: str) -> tuple[str, ...]:
    """The pieces of a formula between which the number of the row stands."""
    texts = [*TEXT.findall(formula), ""]
    bare = TEXT.sub("\0", formula).split("\0")
    pieces = [""]
    for part, text in zip(bare, texts, strict=True):
        first, *others = RELATIVE.sub("\\g<1>\0", part).split("\0")
        pieces[-1] += first
        pieces += others
        pieces[-1] += text
    return tuple(pieces)


def name_like_a_cell(name: str) -> bool:
    """Whether Excel refuses a name for a table or a range.

    Examples:
        >>> name_like_a_cell("AB12"), name_like_a_cell("table_1_Actions")
        (True, False)
    """
    return not NAME.fullmatch(name) or bool(CELL_LIKE.fullmatch(name))


def defined_name_faults(package: Package) -> Iterator[str]:
    """Names of ranges that Excel does not accept, that occur twice, or that lead nowhere."""
    seen = set()
    for element in parsed(package.read("xl/workbook.xml")).iter(f"{MAIN}definedName"):
        name, scope = element.get("name", ""), element.get("localSheetId")
        said = f"The defined name {name!r}"
        if name_like_a_cell(name) and not BUILT_IN.fullmatch(name):
            yield f"{said} is not one that Excel accepts."
        if (name.casefold(), scope) in seen:
            yield f"{said} occurs more than once."
        seen.add((name.casefold(), scope))
        if scope is not None and int(scope) >= len(package.sheets):
            yield f"{said} belongs to a sheet that is not there."
        yield from _place_faults(said, element.text or "", package.sheets)


def _place_faults(said: str, text: str, sheets: Collection[str]) -> Iterator[str]:
    place = r"\$?[A-Z]{0,3}\$?\d*"
    for area in re.split(r",(?=(?:[^']*'[^']*')*[^']*$)", text):
        found = re.fullmatch(rf"({SHEET.pattern})({place})(:{place})?", area)
        if not found or len(area) - len(found[1]) < 2:
            yield f"{said} refers to {area!r}, which is no range."
        elif found[2].strip("'").replace("''", "'") not in sheets:
            yield f"{said} refers to the sheet {found[2]}, which is not there."
