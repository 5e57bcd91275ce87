"""The samples of all trackers, each in the other forms that its tracker writes, and their tables."""

import csv
import html
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pmanalytics.settings import Settings, Source
from pmanalytics.trackers import TRACKERS, FileTables, Tracker, read_file
from tests.fuzzing.invariants import keeps_its_rows

EXPORTS = Path(__file__).parent.parent / "exports"
SAMPLES = {path.stem: path for path in sorted(EXPORTS.iterdir())}
# What trackers write in a form that their sample does not have.
OTHER_FORMS = {path.stem: path for path in sorted((EXPORTS.parent / "other_forms").iterdir())}
ENDINGS = {
    "csv": (".csv", ".tsv"), "json": (".json",), "markdown": (".md",), "xlsx": (".xlsx",),
    "html": (".html",), "parquet": (".parquet",),
}  # fmt: skip
# What a configuration must say where a file does not.
SOURCES = {
    "mapped": Source(
        fields={
            "key": "Nr", "title": "Was", "owners": "Wer", "status": "Stand",
            "promised_on": "Fällig", "created_at": "Angelegt", "team": "Team",
        },
        states={"erledigt": "done", "offen": "open"},
        date_formats=("%d.%m.%Y",),
    )
}  # fmt: skip


def read_path(path: Path, *, at_home: str = "UTC", **source: Any) -> FileTables:
    """A file, read as a configuration with this zone and this source says; no row may be lost."""
    settings = Settings(timezone=at_home)
    found = read_file(path, source=Source(**source), settings=settings, name=path.name)
    keeps_its_rows(found)
    return found


def read_sample(name: str, **options: Any) -> FileTables:
    """The sample of a tracker, read; the options are those of `read_path`."""
    return read_path(SAMPLES[name], **options)


def sample_text(name: str) -> str:
    """The sample of a tracker as text."""
    return SAMPLES[name].read_text("utf-8")


def sample_json(name: str) -> Any:
    """The value that the sample of a tracker holds as JSON."""
    return json.loads(SAMPLES[name].read_bytes())


def states(found: FileTables) -> list[str]:
    """The states of all items in order, the empty text where there is none."""
    return found.tables["items"]["state"].fillna("").tolist()


def told(events: pd.DataFrame, key: str = "") -> list[tuple[str, str, str, str]]:
    """Events, those of one key where it is given, as (month and day, field, before, after)."""
    chosen = events[events["subject"].str.endswith(f":{key}")] if key else events
    return [
        (f"{at:%m-%d}", field, before, after)
        for _, at, field, before, after in chosen.fillna("").itertuples(index=False)
    ]


def workbook(*untitled: Sequence[Sequence[object]], **titled: Sequence[Sequence[object]]) -> bytes:
    """A workbook with a sheet for each table of rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in [*((None, rows) for rows in untitled), *titled.items()]:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def source_of(tracker: Tracker) -> Source:
    """The source that a sample is read with."""
    return SOURCES.get(tracker.name, Source())


def sample_in(tracker: Tracker, form: str) -> Path | None:
    """The file of a tracker that is written in a form, if there is one."""
    paths = (SAMPLES[tracker.name], OTHER_FORMS.get(tracker.name))
    return next((path for path in paths if path and path.suffix in ENDINGS[form]), None)


def delimiter_of(tracker: Tracker) -> str:
    """The delimiter of a sample."""
    path = sample_in(tracker, "csv")
    first = path.read_bytes().decode("utf-8-sig").split("\n", 1)[0] if path else ","
    return max(",;\t", key=first.count)


def rows_of(tracker: Tracker) -> list[list[str]]:
    """The rows of a sample, its header first, those of a workbook as wide as its widest."""
    if path := sample_in(tracker, "csv"):
        text = path.read_bytes().decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(tracker)))
    if path := sample_in(tracker, "xlsx"):
        sheet = openpyxl.load_workbook(path).worksheets[0]
        return [
            ["" if v is None else str(v) for v in row] for row in sheet.iter_rows(values_only=True)
        ]
    return []


def in_form(
    tracker: Tracker | None,
    form: str,
    *,
    rows: list[list[str]] | None = None,
    delimiter: str | None = None,
) -> bytes | None:
    """Rows in another form, those of the sample unless others are given; None where it has none."""
    if tracker is not None and form in ("json", "markdown"):
        path = sample_in(tracker, form)
        if path or tracker.name not in SOURCES:
            return path.read_bytes() if path else None
    if rows is None:
        rows = rows_of(tracker) if tracker else []
        delimiter = delimiter_of(tracker) if tracker and rows else ","
    if not rows:
        return None
    writers = {
        "csv": _csv, "xlsx": _workbook, "html": _page, "json": _records, "parquet": _columns
    }  # fmt: skip
    return writers[form](rows, delimiter or ",")


def _csv(rows: list[list[str]], delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def _workbook(rows: list[list[str]], delimiter: str) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        # A cell of a workbook holds no more than this.
        sheet.append([cell[:32_767] for cell in row])
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _columns(rows: list[list[str]], delimiter: str) -> bytes:
    columns = [pa.array(cells) for cells in zip(*rows[1:], strict=True)]
    stream = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(columns, rows[0]), stream)
    return stream.getvalue().to_pybytes()


def _records(rows: list[list[str]], delimiter: str) -> bytes:
    return json.dumps([dict(zip(rows[0], row, strict=True)) for row in rows[1:]]).encode()


def _page(rows: list[list[str]], delimiter: str) -> bytes:
    lines = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows)
    table = "".join(f"<tr>{line}</tr>\n" for line in lines)
    return f"<html><body><table>{table}</table></body></html>".encode()


assert {tracker.name for tracker in TRACKERS} <= set(SAMPLES)
