"""Looking: what there is in a file, and what a person would have to say about it."""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.candidates import Candidate, candidates_in, open_whole, prefixes_in
from pmanalytics.catalogs import CATALOGS
from pmanalytics.datasets import Dataset, read, read_configured
from pmanalytics.drafting.unknown import suggested_fields
from pmanalytics.errors import InputError, PmanalyticsError
from pmanalytics.names import fold
from pmanalytics.registry import one_row_per_text
from pmanalytics.settings import Settings, Source
from pmanalytics.tables import TABLES
from pmanalytics.trackers.model import Export
from pmanalytics.words import counted

__all__ = ["Mark", "Seen", "as_mapped", "look_at", "rows_in_words"]

ITEMS: Final = ("item", "incident")
# Where a file goes that fills no items and no incidents; a catalog fills several of them.
REGISTRY: Final = ("services", "teams", "people", "attendance")
_WORK: Final = re.compile(
    r"\b(post-?mortems?|incident-reviews?|incident-follow-?ups?|corrective(-actions?)?|"
    r"action-items?|follow-?ups?|pir|rca|lessons-learned)\b"
)
_TYPE: Final = re.compile(r"(issue-?|work-item-|task-|ticket-)?type|tracker")
_ZONED: Final = r"(Z|UTC|GMT|[+-]\d{2}:?\d{2})$"
_WORDS: Final = re.compile(
    r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*") \(([0-9,]+) rows?\)""", re.DOTALL
)
_SECTION: Final = re.compile(r"^Unknown .*\[source\.(states|severities|kinds)\]", re.DOTALL)


@dataclass(frozen=True)
class Mark:
    """Values of a column that tell postmortem work from other work, and how many rows have one."""

    column: str
    values: tuple[str, ...]
    rows: int


@dataclass(frozen=True, eq=False)
class Seen:
    """One file: what could be read of it, and what is open about it.

    `name` is its path relative to the draft, `table` what it fills, `problem` the sentence that
    says why it cannot be read. `words` leads from a section of the configuration to unknown words
    and how many rows have them, `zoneless` counts the times without a zone. `suggested` maps our
    columns to those of a table that no tracker writes.
    """

    path: Path
    name: str
    problem: str = ""
    data: Dataset | None = None
    format: str = ""
    system: str = ""
    table: str = ""
    rows: int = 0
    candidates: tuple[Candidate, ...] = ()
    prefixes: tuple[Candidate, ...] = ()
    words: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    zoneless: int = 0
    mark: Mark | None = None
    suggested: Mapping[str, str] = field(default_factory=dict)


def look_at(path: Path, *, name: str) -> Seen:
    """Look at one file; what cannot be read has a problem and nothing else."""
    if path.suffix.lower() == ".toml":
        return Seen(path, name, problem=f"{name} is a configuration and no export.")
    try:
        data = read([path])
    except PmanalyticsError as problem:
        # The file as a person finds it from where the draft lies.
        said = str(problem).replace(path.name, name, 1)
        return Seen(path, name, problem=said, suggested=suggested_fields(path))
    file = data.files.iloc[0]
    table = _table(data, file)
    if not table:
        return Seen(path, name, problem=f"{name} holds no row that could be read.")
    seen = Seen(
        path,
        name,
        data=data,
        format=file["format"],
        system=file["source"],
        table=table,
        rows=int(file["other"]),
    )
    if table not in ("items", "incidents"):
        return seen
    rows = int(file["items"] + file["incidents"])
    return _closer(replace(seen, rows=rows, words=_words(file["warnings"])), data)


def rows_in_words(files: Iterable[Seen]) -> str:
    """How many items and incidents files hold, or how many rows of the registry."""
    listed = list(files)
    table = listed[0].table
    tables = [file.data.files for file in listed if file.data is not None]
    if table in ("items", "incidents"):
        counts = {name: sum(int(t[f"{name}s"].sum()) for t in tables) for name in ITEMS}
        return ", ".join(counted(number, noun) for noun, number in counts.items() if number)
    rows = sum(file.rows for file in listed)
    return f"{counted(rows, 'row')} of {table}" if rows else table


def as_mapped(seen: Seen) -> Seen:
    """A table that no tracker writes, read with the columns that its header suggests.

    Raises InputError when it cannot be read so either.
    """
    source = Source(path=(str(seen.path.resolve()),), fields=seen.suggested)
    data = read_configured(Settings(sources=(source,)))
    file = data.files.iloc[0]
    return replace(
        seen,
        problem="",
        data=data,
        format=file["format"],
        system=file["source"],
        table="items",
        rows=int(file["items"]),
        words=_words(file["warnings"]),
    )


def _table(data: Dataset, file: pd.Series) -> str:
    for name in ("items", "incidents"):
        if file[name]:
            return name
    tables = (*REGISTRY, "decisions", "events")
    filled = next((name for name in tables if len(getattr(data, name))), "")
    # What a catalog gives can depend on other files; alone it may give nothing.
    catalogs = {catalog.name for catalog in CATALOGS}
    return filled or ("services" if file["format"] in catalogs else "")


def _closer(seen: Seen, data: Dataset) -> Seen:
    """What the cells of an export show; a format without cells shows nothing."""
    entry = next(iter(data.inputs.values()))
    seen = replace(seen, prefixes=prefixes_in(data.items))
    try:
        export = open_whole(entry, data.settings)
        candidates = candidates_in(entry, data.settings, export=export)
    except InputError:
        return seen
    mark = _mark(data, export) if seen.table == "items" else None
    return replace(seen, candidates=candidates, zoneless=_zoneless(export), mark=mark)


def _words(warnings: object) -> dict[str, dict[str, int]]:
    """The unknown words that the warnings of a file name, by section of the configuration."""
    found: dict[str, dict[str, int]] = {}
    for sentence in warnings if isinstance(warnings, list) else ():
        section = _SECTION.match(sentence)
        if section:
            counts = {
                ast.literal_eval(word): int(number.replace(",", ""))
                for word, number in _WORDS.findall(sentence)
            }
            found.setdefault(section[1], {}).update(counts)
    return found


def _zoneless(export: Export) -> int:
    """How many times of day are written without a zone, where the tracker does not say which."""
    if export.tracker.timezone:
        return 0
    types = {c.name: c.type for name in ("incidents", "items") for c in TABLES[name].columns}
    dated = [names[0] for ours, names in export.columns.items() if types.get(ours) == "moment"]
    return sum(_timed(export.cells.text(name)) for name in dated if export.has(name))


def _timed(texts: pa.Array) -> int:
    timed = pc.match_substring_regex(texts, r"\d:\d{2}")
    zoned = pc.match_substring_regex(texts, _ZONED)
    return int(pc.sum(pc.and_(timed, pc.invert(zoned))).as_py() or 0)


def _mark(data: Dataset, export: Export) -> Mark | None:
    """What keeps the postmortem work, where most of the rows are plainly none."""
    position, labels = one_row_per_text(data.items["labels"])
    places = {"labels": (position, labels)}
    for name in export.cells.columns:
        if _TYPE.fullmatch(fold(name)):
            texts = pd.Series(export.cells.text(name).to_pylist(), dtype="str")
            places[name] = (np.arange(len(texts)), texts)
    marks = [_marked(column, *place) for column, place in places.items()]
    rows = len(export.cells)
    return next((mark for mark in marks if 0 < 2 * mark.rows < rows), None)


def _marked(column: str, position: np.ndarray, texts: pd.Series) -> Mark:
    """The values of a column that mean postmortem work."""
    values: Sequence[str] = [text for text in texts.unique() if _WORK.search(fold(text))]
    rows = len(np.unique(position[texts.isin(values).to_numpy(dtype=bool)]))
    return Mark(column, tuple(values), rows)
