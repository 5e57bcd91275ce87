"""The linter: what makes Excel say that it found a problem with some content.

Other programs open such files without a word, so that no conversion shows the fault. This looks at
the finished file, not at what the writer meant to write, and knows nothing of the writer.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final
from xml.etree import ElementTree
from zipfile import ZipFile

from pmanalytics.errors import InputError

__all__ = ["lint_workbook"]

MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
MAXIMUM_ROWS: Final = 1_048_576
MAXIMUM_LINKS: Final = 65_530
MAXIMUM_TEXT: Final = 32_767
TABLE_NAME: Final = re.compile(r"[A-Za-z_\\][\w.\\]{0,254}")
CELL_LIKE: Final = re.compile(r"[A-Za-z]{1,3}\d+|[RrCc]|[Rr]\d+[Cc]\d+")


def lint_workbook(file: str | Path | IO[bytes]) -> tuple[str, ...]:
    """Find what Excel would repair in a workbook; one sentence for each fault.

    Looks at the names of sheets and tables, at the headers of tables, at the length of texts and
    the number of rows and links, and for formulas and names of persons, which we never write.
    """
    with ZipFile(file) as parts:
        return (
            *_sheet_names(parts),
            *_tables(parts),
            *_sheets(parts),
            *_texts(parts),
            *_properties(parts),
        )


def _sheet_names(parts: ZipFile) -> Iterator[str]:
    names = [
        sheet.get("name", "")
        for sheet in _parsed(parts.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
    ]
    for name in names:
        if not 1 <= len(name) <= 31 or re.search(r"[\[\]:*?/\\]|^'|'$", name):
            yield f"Sheet name {name!r} is not one that Excel accepts."
    yield from _repeated(names, "Sheet name")


def _repeated(names: list[str], what: str) -> Iterator[str]:
    folded = [name.casefold() for name in names]
    for name in sorted({name for name in folded if folded.count(name) > 1}):
        yield f"{what} {name!r} occurs more than once."


def _tables(parts: ZipFile) -> Iterator[str]:
    names = []
    for part in _named(parts, r"xl/tables/table\d+\.xml"):
        table = _parsed(parts.read(part))
        name = table.get("name", "")
        names.append(table.get("displayName", ""))
        if not TABLE_NAME.fullmatch(name) or CELL_LIKE.fullmatch(name):
            yield f"Table name {name!r} is not one that Excel accepts."
        yield from _table_columns(table, name)
    yield from _repeated(names, "Table name")


def _table_columns(table: ElementTree.Element, name: str) -> Iterator[str]:
    headers = [column.get("name", "") for column in table.iter(f"{MAIN}tableColumn")]
    for header in headers:
        if not 1 <= len(header) <= 255 or re.search(r"[\n\r]|_x000[AaDd]_", header):
            yield f"Header {header!r} of table {name!r} is empty, too long or has a line break."
    yield from _repeated(headers, f"In table {name!r} the header")
    corners = re.fullmatch(r"([A-Z]+)(\d+):([A-Z]+)(\d+)", table.get("ref", ""))
    if not corners:
        yield f"Table {name!r} has no range."
    elif int(corners[4]) <= int(corners[2]):
        yield f"Table {name!r} has no row under its header."
    elif _letters(corners[3]) - _letters(corners[1]) + 1 != len(headers):
        yield f"Table {name!r} has {len(headers)} headers and another number of columns."


def _letters(column: str) -> int:
    number = 0
    for letter in column:
        number = 26 * number + ord(letter) - 64
    return number


def _sheets(parts: ZipFile) -> Iterator[str]:
    for part in _named(parts, r"xl/worksheets/sheet\d+\.xml"):
        content = parts.read(part)
        rows = re.findall(rb'<row r="(\d+)"', content[-2_000_000:])
        if rows and int(rows[-1]) > MAXIMUM_ROWS:
            yield f"{part} has more than {MAXIMUM_ROWS:,} rows."
        if content.count(b"<hyperlink ") > MAXIMUM_LINKS:
            yield f"{part} has more than {MAXIMUM_LINKS:,} links."
        if b"<f>" in content or b"<f " in content:
            yield f"{part} holds a formula, and only values are meant."


def _texts(parts: ZipFile) -> Iterator[str]:
    if "xl/sharedStrings.xml" not in parts.namelist():
        return
    content = parts.read("xl/sharedStrings.xml").decode("utf-8")
    for found in re.finditer(rf"<t[^>]*>([^<]{{{MAXIMUM_TEXT // 2},}})</t>", content):
        text = _unescaped(found[1])
        if len(text.encode("utf-16-le")) // 2 > MAXIMUM_TEXT:
            yield f"The text {text[:30]!r}… is longer than {MAXIMUM_TEXT:,} characters."
    if re.search(r"_x00[01][0-9A-F]_", content.replace("_x005F_", "")):
        yield "A text holds a control character."


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _properties(parts: ZipFile) -> Iterator[str]:
    if "docProps/core.xml" not in parts.namelist():
        return
    for element in _parsed(parts.read("docProps/core.xml")):
        tag = element.tag.rpartition("}")[2]
        if tag in ("creator", "lastModifiedBy") and element.text:
            yield f"The document property {tag} names somebody."


def _parsed(content: bytes) -> ElementTree.Element:
    # Entities are the only thing in XML that can hurt a reader, and no workbook needs any.
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise InputError("The workbook declares XML entities, which no workbook needs; discard it.")
    return ElementTree.fromstring(content)  # noqa: S314


def _named(parts: ZipFile, pattern: str) -> list[str]:
    return sorted(name for name in parts.namelist() if re.fullmatch(pattern, name))
