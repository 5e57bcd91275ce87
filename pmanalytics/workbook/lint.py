"""The linter: what makes Excel say that it found a problem with some content.

Other programs open such files without a word, so that no conversion shows the fault. This looks at
the finished file, not at what the writer meant to write, and knows nothing of the writer. Rows are
read a piece at a time, so that a large sheet needs little memory.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final
from xml.etree import ElementTree
from xml.sax.saxutils import unescape
from zipfile import ZipFile

from pmanalytics.workbook.linting.cells import MAXIMUM_TEXT, Limits, read_sheet
from pmanalytics.workbook.linting.formulas import defined_name_faults
from pmanalytics.workbook.linting.package import MAIN, Package, opened, package_faults, parsed
from pmanalytics.workbook.linting.rules import merged_cells, rule_faults
from pmanalytics.workbook.linting.tables import (
    header_faults,
    overlap_faults,
    repeated,
    table_faults,
    tables_of,
)

__all__ = ["lint_workbook"]

CHART: Final = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
SHARED: Final = "xl/sharedStrings.xml"
TEXTS: Final = re.compile(r"<si>(.*?)</si>|<si/>", re.DOTALL)
PIECE: Final = re.compile(r"<t(?: [^>]*)?>([^<]*)</t>")


def lint_workbook(file: str | Path | IO[bytes]) -> tuple[str, ...]:
    """Find what Excel would repair in a workbook; one sentence for each fault.

    Looks at the names of sheets, tables and ranges, at the headers of tables and the cells that
    show them, at tables that overlap, at the length and number of texts, rows and links, at
    formulas (of our functions only, in columns that a table declares), at checks of entries,
    conditional formats, charts, and the relations between parts; and for names of persons.
    Raises InputError where the file is not well-formed or declares entities.
    """
    with ZipFile(file) as parts:
        package = opened(parts)
        return (
            *package_faults(package),
            *_sheet_name_faults(package),
            *defined_name_faults(package),
            *table_faults(package),
            *_sheet_faults(package),
            *_text_faults(package),
            *_chart_faults(package),
            *_person_faults(package),
        )


def _sheet_name_faults(package: Package) -> Iterator[str]:
    sheets = list(parsed(package.read("xl/workbook.xml")).iter(f"{MAIN}sheet"))
    names = [sheet.get("name", "") for sheet in sheets]
    for name in names:
        if not 1 <= len(name) <= 31 or re.search(r"[\[\]:*?/\\]|^'|'$", name):
            yield f"Sheet name {name!r} is not one that Excel accepts."
        if name.casefold() == "history":
            yield f"Sheet name {name!r} is one that Excel keeps for itself."
    yield from repeated(names, "Sheet name")
    if all(sheet.get("state", "visible") != "visible" for sheet in sheets):
        yield "No sheet is visible."


def _sheet_faults(package: Package) -> Iterator[str]:
    styles = package.read("xl/styles.xml")
    formats = _count(styles, "cellXfs") or 1
    shared = [found[1] or "" for found in TEXTS.finditer(package.read(SHARED).decode("utf-8"))]
    for sheet, part in package.sheets.items():
        if part not in package.parts.namelist():
            continue
        tables = tables_of(package, sheet)
        reading = read_sheet(package, sheet, tables, Limits(formats, len(shared)))
        yield from reading.faults
        cells = {
            place: _text(shared, held) if isinstance(held, int) else held
            for place, held in reading.headers.items()
        }
        for table in tables:
            yield from header_faults(sheet, table, cells)
        yield from overlap_faults(sheet, tables, merged_cells(reading.around))
        yield from rule_faults(package, sheet, reading.around, _count(styles, "dxfs"))


def _count(styles: bytes, name: str) -> int:
    """How many styles of a kind there are."""
    found = parsed(styles).find(f"{MAIN}{name}") if styles else None
    return 0 if found is None else len(found)


def _text(shared: list[str], number: int) -> str | None:
    if number >= len(shared):
        return None
    return unescape("".join(PIECE.findall(shared[number])), {"&quot;": '"', "&apos;": "'"})


def _text_faults(package: Package) -> Iterator[str]:
    content = package.read(SHARED).decode("utf-8")
    for found in re.finditer(rf"<t[^>]*>([^<]{{{MAXIMUM_TEXT // 2},}})</t>", content):
        text = unescape(found[1])
        if len(text.encode("utf-16-le")) // 2 > MAXIMUM_TEXT:
            yield f"The text {text[:30]!r}… is longer than {MAXIMUM_TEXT:,} characters."
    if re.search(r"_x00[01][0-9A-F]_", content.replace("_x005F_", "")):
        yield "A text holds a control character."


def _chart_faults(package: Package) -> Iterator[str]:
    for part in package.parts.namelist():
        if not re.fullmatch(r"xl/charts/chart\d+\.xml", part):
            continue
        for element in parsed(package.read(part)).iter(f"{CHART}f"):
            sheet, mark, _ = (element.text or "").rpartition("!")
            if not mark or sheet.strip("'").replace("''", "'") not in package.sheets:
                yield f"{part} shows {element.text!r}, which is on none of the sheets."


def _person_faults(package: Package) -> Iterator[str]:
    content = package.read("docProps/core.xml")
    root = parsed(content) if content else ElementTree.Element("none")
    for element in root:
        tag = element.tag.rpartition("}")[2]
        if tag in ("creator", "lastModifiedBy") and element.text:
            yield f"The document property {tag} names somebody."
