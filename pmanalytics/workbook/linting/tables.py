"""Tables: their names, headers and ranges, and that the cells under the headers say the same."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pmanalytics.workbook.linting.formulas import name_like_a_cell
from pmanalytics.workbook.linting.package import MAIN, Package, Range, parsed, range_of

__all__ = ["Table", "header_faults", "overlap_faults", "repeated", "table_faults", "tables_of"]

WHERE: Final = re.compile(r"[\n\r]|_x000[AaDd]_")


@dataclass(frozen=True)
class Table:
    """A table as its part declares it."""

    part: str
    number: str
    name: str
    shown: str
    where: Range | None
    filtered: str
    headers: tuple[str, ...]
    formulas: tuple[str, ...]
    count: int


def tables_of(package: Package, sheet: str) -> list[Table]:
    """The tables of a sheet, in the order of its relations."""
    parts = package.related(package.sheets[sheet], "table")
    return [_table(package, part) for part in parts if part in package.parts.namelist()]


def _table(package: Package, part: str) -> Table:
    root = parsed(package.read(part))
    columns = list(root.iter(f"{MAIN}tableColumn"))
    filtered = root.find(f"{MAIN}autoFilter")
    return Table(
        part=part,
        number=root.get("id", ""),
        name=root.get("name", ""),
        shown=root.get("displayName", ""),
        where=range_of(root.get("ref", "")),
        filtered="" if filtered is None else filtered.get("ref", ""),
        headers=tuple(column.get("name", "") for column in columns),
        formulas=tuple(column.findtext(f"{MAIN}calculatedColumnFormula", "") for column in columns),
        count=int(next(root.iter(f"{MAIN}tableColumns")).get("count", len(columns))),
    )


def table_faults(package: Package) -> Iterator[str]:
    """Faults of each table, and of all tables taken together."""
    tables = [table for sheet in package.sheets for table in tables_of(package, sheet)]
    names = parsed(package.read("xl/workbook.xml")).iter(f"{MAIN}definedName")
    defined = [name.get("name", "") for name in names if name.get("localSheetId") is None]
    for table in tables:
        if name_like_a_cell(table.name) or name_like_a_cell(table.shown):
            yield f"Table name {table.name!r} is not one that Excel accepts."
        yield from _range_faults(table)
        yield from _column_faults(table)
    yield from repeated([*(table.shown for table in tables), *defined], "Table name")
    yield from repeated([table.number for table in tables], "Table number")


def _range_faults(table: Table) -> Iterator[str]:
    said = f"Table {table.name!r}"
    if table.where is None:
        yield f"{said} has no range."
        return
    if table.where.bottom <= table.where.top:
        yield f"{said} has no row under its header."
    if table.where.right - table.where.left + 1 != len(table.headers):
        yield f"{said} has {len(table.headers)} headers and another number of columns."
    if table.filtered and range_of(table.filtered) != table.where:
        yield f"{said} has a filter that covers {table.filtered}, which is another range."


def _column_faults(table: Table) -> Iterator[str]:
    for header in table.headers:
        if not 1 <= len(header) <= 255 or WHERE.search(header):
            said = f"Header {header!r} of table {table.name!r}"
            yield f"{said} is empty, too long or has a line break."
    if table.count != len(table.headers):
        yield f"Table {table.name!r} counts {table.count} columns and has {len(table.headers)}."
    yield from repeated(table.headers, f"In table {table.name!r} the header")


def repeated(names: tuple[str, ...] | list[str], what: str) -> Iterator[str]:
    """Names that occur more than once, whatever their case."""
    folded = [name.casefold() for name in names]
    for name in sorted({name for name in folded if folded.count(name) > 1}):
        yield f"{what} {name!r} occurs more than once."


def overlap_faults(sheet: str, tables: list[Table], merged: list[str]) -> Iterator[str]:
    """Tables of a sheet that share cells, and merged cells inside of them."""
    placed = [(table.name, table.where) for table in tables if table.where]
    for place, (name, where) in enumerate(placed):
        for other, beside in placed[place + 1 :]:
            if where.overlaps(beside):
                yield f"On sheet {sheet!r} the tables {name!r} and {other!r} overlap."
        for cells in merged:
            found = range_of(cells)
            if found and where.overlaps(found):
                yield f"On sheet {sheet!r} the merged cells {cells} lie in table {name!r}."


def header_faults(
    sheet: str, table: Table, cells: dict[tuple[int, int], str | None]
) -> Iterator[str]:
    """Headers whose cells say something else; `cells` holds the texts by row and column."""
    if table.where is None:
        return
    for place, header in enumerate(table.headers, table.where.left):
        found = cells.get((table.where.top, place))
        if found != header:
            held = "no text" if found is None else repr(found)
            yield (
                f"On sheet {sheet!r} the header {header!r} of table {table.name!r} stands over a "
                f"cell with {held}."
            )
