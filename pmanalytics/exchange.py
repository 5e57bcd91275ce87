"""Tables on their way out: as JSON, CSV, Parquet and plain text.

Text that came from an export may be a formula to a spreadsheet, markup to a page, or an escape
sequence to a terminal; each way out makes it text again.
"""

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from pmanalytics import metrics
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError, nearest
from pmanalytics.policy import describe_policy
from pmanalytics.snapshots import Snapshot
from pmanalytics.tables import TABLES
from pmanalytics.words import plain
from pmanalytics.writing import whole_files

__all__ = [
    "as_csv",
    "as_text",
    "json_rows",
    "measured",
    "write_tables",
]

SCHEMA: Final = 1
WRITTEN: Final = tuple(name for name in TABLES if name != "files")
LEAST_WIDTH: Final = 24
# Behind apostrophes too: reading takes one away, and what had some must keep them.
FORMULA: Final = re.compile(r"^'*[=+\-@\t\r\n]")


def measured(
    snapshot: Snapshot, names: Iterable[str] = (), *, by: Iterable[str] = ()
) -> dict[str, pd.DataFrame]:
    """Every metric, or those that are named, as tables by name.

    `by` groups them all. Raises UsageError for an unknown name and for a column that a metric
    cannot be grouped by.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> list(measured(q3, ["standings", "attainment"]))
        ['standings', 'attainment']
    """
    chosen = list(names) or metrics.__all__
    for name in chosen:
        if name not in metrics.__all__:
            raise UsageError(f"There is no metric {name!r}{nearest(name, metrics.__all__)}")
    groups = list(by)
    return {name: _measured(snapshot, name, groups) for name in chosen}


def _measured(snapshot: Snapshot, name: str, groups: list[str]) -> pd.DataFrame:
    try:
        table: pd.DataFrame = getattr(metrics, name)(snapshot, by=groups or None)
    except UsageError as problem:
        raise UsageError(f"{name}: {problem}") from problem
    return table


def json_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as JSON can hold them: dates in ISO form, missing as None.

    Examples:
        >>> json_rows(pd.DataFrame({"day": [pd.Timestamp("2026-07-01")], "share": [None]}))
        [{'day': '2026-07-01', 'share': None}]
    """
    columns = {name: _plain_values(table[name]) for name in table}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain_values(values: pd.Series) -> list[Any]:
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        values = values.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    elif pd.api.types.is_datetime64_dtype(values.dtype):
        values = values.dt.strftime("%Y-%m-%d")
    return [_plain_value(value) for value in values.tolist()]


def _plain_value(value: Any) -> Any:
    if isinstance(value, list):
        return value
    return None if pd.isna(value) else value


def as_csv(table: pd.DataFrame) -> str:
    r"""A table as CSV that no spreadsheet takes for formulas.

    Several values are joined by `;`, missing ones are empty, and text that starts with one of
    `= + - @`, a tab or a line break, or with `'` before one, gets a `'` in front.

    Examples:
        >>> as_csv(pd.DataFrame({"title": ["=1+1"]}))
        "title\n'=1+1\n"
    """
    return _flat(table).rename(columns=_disarmed).to_csv(index=False, lineterminator="\n")


def _flat(table: pd.DataFrame, *, disarm: bool = True) -> pd.DataFrame:
    """Every column as a spreadsheet can hold it."""
    flat = {}
    for name in table:
        values = table[name]
        if str(values.dtype).startswith("list"):
            values = values.map(";".join, na_action="ignore").astype("str")
        elif pd.api.types.is_datetime64_any_dtype(values.dtype):
            values = pd.Series(_plain_values(values), index=values.index, dtype="str")
        if disarm and pd.api.types.is_string_dtype(values.dtype):
            values = values.map(_disarmed, na_action="ignore")
        flat[name] = values
    return pd.DataFrame(flat, index=table.index)


def _disarmed(value: str) -> str:
    return f"'{value}" if FORMULA.match(value) else value


def as_text(table: pd.DataFrame, *, width: int | None = None) -> str:
    """A table for a terminal: aligned, one line a row, no control characters.

    Where lines would be longer than `width`, a single row is turned, one figure a line, and in
    several the longest texts behind the first column are cut to no less than 24 characters.

    Examples:
        >>> print(as_text(pd.DataFrame({"team": ["core"], "due": [12]})))
        team  due
        core   12
        >>> titles = ["Add an alert on the lag of the queue", "b"]
        >>> print(as_text(pd.DataFrame({"key": ["PAY-1", "PAY-2"], "title": titles}), width=35))
        key    title
        PAY-1  Add an alert on the lag of …
        PAY-2  b
    """
    if table.empty:
        return "  ".join(table.columns) + "\n(no rows)"
    columns = [_aligned(name, table[name]) for name in table]
    if width and _line_length(columns) > width:
        if len(table) == 1:
            turned = zip(*((name.strip(), cell.strip()) for name, cell in columns), strict=True)
            columns = [_same_width(cells) for cells in turned]
        else:
            columns = _fitted(columns, [not _is_number(table[name]) for name in table], width)
    return "\n".join("  ".join(cells).rstrip() for cells in zip(*columns, strict=True))


def _line_length(columns: Sequence[Sequence[str]]) -> int:
    return sum(len(cells[0]) + 2 for cells in columns) - 2


def _fitted(columns: list[list[str]], texts: list[bool], width: int) -> list[list[str]]:
    """The columns with the longest texts cut, as far as lines are too long; the first is whole."""
    fitted, room = columns, max(len(cells[0]) for cells in columns)
    while _line_length(fitted) > width and room > LEAST_WIDTH:
        room -= 1
        fitted = [
            _same_width(_cut(cell.rstrip(), room) for cell in cells) if place and text else cells
            for place, (cells, text) in enumerate(zip(columns, texts, strict=True))
        ]
    return fitted


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"


def _same_width(cells: Iterable[str]) -> list[str]:
    listed = list(cells)
    width = max(map(len, listed))
    return [cell.ljust(width) for cell in listed]


def _aligned(name: str, values: pd.Series) -> list[str]:
    """The name and the cells of a column in one width: numbers to the right, words to the left."""
    cells = [plain(name), *map(cell_text, _plain_values(values))]
    width = max(map(len, cells))
    number = _is_number(values)
    return [cell.rjust(width) if number else cell.ljust(width) for cell in cells]


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def cell_text(value: Any) -> str:
    """A value as people read it in a table: three decimals at most, and a dash for None.

    Examples:
        >>> cell_text(0.5), cell_text(None), cell_text(["sev1", "sev2"])
        ('0.5', '-', 'sev1;sev2')
    """
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    return plain(";".join(value) if isinstance(value, list) else value)


def write_tables(data: Dataset, folder: Path, *, form: str = "csv") -> tuple[Path, ...]:
    """Write the canonical tables and the rejects into a folder, as CSV or Parquet.

    CSV is disarmed like `as_csv`; Parquet holds the values as they are. Older tables are replaced
    once all are written. Raises UsageError when the folder cannot be written; the older tables are
    then still there.
    """
    files = {name: folder / f"{name}.{form}" for name in WRITTEN}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with whole_files(tuple(files.values())) as written:
            for name, file in zip(files, written, strict=True):
                _write_table(getattr(data, name), file, form)
    except OSError as problem:
        # Arrow puts a sentence of its own into strerror.
        reason = os.strerror(problem.errno) if problem.errno else "it failed"
        raise UsageError(
            f"The tables cannot be written to {folder} ({reason}); give another --output."
        ) from problem
    return tuple(files.values())


def _write_table(table: pd.DataFrame, file: Path, form: str) -> None:
    if form == "parquet":
        table.to_parquet(file, index=False)
    else:
        file.write_text(as_csv(table), "utf-8")


def files_json(data: Dataset) -> str:
    """One line of JSON about the files that were read."""
    rows = json_rows(data.files)
    for row in rows:
        row["warnings"] = row["warnings"] or []
    return json.dumps({"schema": SCHEMA, "files": rows}, ensure_ascii=False)


def _tables_json(snapshot: Snapshot, tables: Mapping[str, pd.DataFrame]) -> str:
    period = snapshot.period
    document = {
        "schema": SCHEMA,
        "as_of": snapshot.as_of.isoformat(),
        "period": period.name if period else None,
        "policy": list(describe_policy(snapshot.policy)),
        "tables": {name: json_rows(table) for name, table in tables.items()},
    }
    return json.dumps(document, ensure_ascii=False)


def _tables_csv(snapshot: Snapshot, tables: Mapping[str, pd.DataFrame]) -> str:  # noqa: ARG001
    if len(tables) == 1:
        return as_csv(next(iter(tables.values()))).rstrip("\n")
    return "\n".join(f"# {name}\n{as_csv(table)}" for name, table in tables.items()).rstrip("\n")


def tables_text(
    snapshot: Snapshot,
    tables: Mapping[str, pd.DataFrame],
    *,
    width: int | None = None,
    most: int | None = None,
) -> str:
    """Tables of metrics for a terminal, no wider than `width`, with `most` rows of each."""
    head = f"As of {snapshot.as_of}" + (f", {snapshot.period.label}" if snapshot.period else "")
    if snapshot.settings.sample:
        head += ", SAMPLE DATA"
    parts = [
        f"{name}: {title_of(getattr(metrics, name))}\n{_first_rows(table, name, width, most)}"
        for name, table in tables.items()
    ]
    return "\n\n".join([head, *parts])


def _first_rows(table: pd.DataFrame, name: str, width: int | None, most: int | None) -> str:
    text = as_text(table.head(most) if most else table, width=width)
    rest = len(table) - most if most else 0
    more = f"\nand {rest:,} more; 'pmanalytics metrics {name}' prints all"
    return text + more if rest > 0 else text


WRITERS: Final[Mapping[str, Callable[[Snapshot, Mapping[str, pd.DataFrame]], str]]] = {
    "json": _tables_json,
    "csv": _tables_csv,
    "table": tables_text,
}


def title_of(function: Callable[..., Any]) -> str:
    """The title of a function: the first line of its docstring, without the full stop."""
    return (function.__doc__ or "").strip().splitlines()[0].rstrip(".")
