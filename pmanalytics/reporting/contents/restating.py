"""Restating: which figures of an earlier report the data of today would give otherwise.

An earlier report shows what was known then. Data come in late, dates are corrected, a policy is
changed with effect on the past; a reader who compares two reports has to know which of the old
figures do not hold any more.
"""

import json
import math
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pandas as pd

import pmanalytics
from pmanalytics import metrics
from pmanalytics.datasets import Dataset
from pmanalytics.errors import InputError
from pmanalytics.exchange import as_csv
from pmanalytics.periods import previous_period
from pmanalytics.policy import describe_policy
from pmanalytics.reporting.behind.measures import Measure, measured_again
from pmanalytics.reporting.folders import slug
from pmanalytics.reporting.manifest import MANIFEST
from pmanalytics.reporting.opening import Report
from pmanalytics.reporting.planning import PREVIOUS
from pmanalytics.snapshots import Snapshot, snapshot
from pmanalytics.trials.comparing import row_keys

__all__ = ["restated", "restatements"]

COLUMNS: Final = ("table", "row", "column", "then", "now", "reason")
LISTED: Final = "listed"
_MOST: Final = 3  # files that are named in a reason
Change = tuple[str, str | None, str | None, str | None, str | None]


def restatements(data: Dataset, folder: str | Path) -> pd.DataFrame:
    """The figures of an earlier report that the data of today would give otherwise.

    `folder` is the folder of a report. Its tables say what was known then; the data of today are
    judged as of that report's as-of date, for its period, and measured in the same way. One row per
    cell that differs: table, row (what names it), column, then, now (texts as in the CSV, missing
    where the cell is empty), and reason: what is known to have changed, which holds for all rows:
    the policy, the time zone, files, or this package. A row that only one of both has is one row
    here, with a missing column and `listed` on its side. Tables that a notebook prepared in a way
    of its own are not compared; `tables/measures.csv` names those that are. A metric that this
    version lacks is a row with neither.

    Raises InputError when the folder holds no whole report, or one that does not say how it was
    measured.

    Examples:
        >>> import pmanalytics as pma
        >>> pma.restatements(pma.sample(), "reports/nothing")
        Traceback (most recent call last):
        ...
        pmanalytics.errors.InputError: There is no whole report in nothing; ...
    """
    place = Path(folder)
    manifest, measures = _report(place)
    as_then = snapshot(data, as_of=manifest["as_of"], period=manifest["period"] or None)
    reason = _reason(manifest, data, as_then)
    rows = [
        (*change, reason)
        for measure in measures
        for change in _changes(as_then, measure, place / "tables" / f"{measure.table}.csv")
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype("str")


def restated(report: Report, *, earlier: str) -> pd.DataFrame:
    """What a report has to say of the one before: `restatements`, where there is one.

    `earlier` is the folder of that report; `{previous}` in it stands for the period before. Without
    a report there, or with one of another version that does not say how it was measured, the table
    has no rows and only its first column.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> list(restated(open_report(period="2026Q3"), earlier="reports/{previous}/quarterly"))
        ['table']
    """
    period = report.snapshot.period
    name = slug(previous_period(period).name) if period else ""
    folder = Path(earlier.replace(PREVIOUS, name))
    if not earlier or not (folder / "tables" / "measures.csv").is_file():
        return pd.DataFrame({"table": pd.Series(dtype="str")})
    return restatements(report.data, folder)


def _report(folder: Path) -> tuple[Mapping[str, Any], list[Measure]]:
    """The manifest of a report, and how its tables were measured."""
    if not (folder / MANIFEST).is_file():
        raise InputError(
            f"There is no whole report in {folder.name}; name a folder that holds a {MANIFEST}."
        )
    written = folder / "tables" / "measures.csv"
    if not written.is_file():
        raise InputError(
            f"The report in {folder.name} does not say how its tables were measured; make it again "
            "with this version."
        )
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        needed = {key: manifest[key] for key in ("as_of", "period", "inputs", "versions")}
        rows = _texts(written.read_text("utf-8")).to_dict("records")
        return manifest | needed, [_measure(row) for row in rows]
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise InputError(
            f"The report in {folder.name} is damaged; take it from where it was made."
        ) from problem


def _measure(row: Mapping[str, str]) -> Measure:
    if not row["table"].isidentifier():
        raise ValueError(row["table"])
    return Measure(
        table=row["table"],
        metric=row["metric"],
        by=tuple(filter(None, row["by"].split(";"))),
        interval=row["interval"],
        targeted=row["targeted"] == "True",
        published=row["published"] == "True",
        due=row["due"] == "True",
        since=row["since"],
        recent=row.get("recent") == "True",
    )


def _texts(written: str) -> pd.DataFrame:
    """A table as its CSV says it: every cell a text, the missing ones empty."""
    return pd.read_csv(StringIO(written), dtype="str", keep_default_na=False)


def _changes(as_then: Snapshot, measure: Measure, file: Path) -> Iterator[Change]:
    if measure.metric not in metrics.__all__:
        yield measure.table, None, None, None, None
        return
    try:
        then = _texts(file.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise InputError(f"The table {file.name} of the report cannot be read.") from problem
    today = measured_again(as_then, measure)
    names = row_keys(today, then, groups=list(measure.by))
    now = _texts(as_csv(today))
    held, known = _by_key(then, names), _by_key(now, names)
    for key in dict.fromkeys([*held, *known]):
        row = "; ".join(f"{name}={value}" for name, value in zip(names, key, strict=True)) or None
        if key not in known:
            yield measure.table, row, None, LISTED, None
        elif key not in held:
            yield measure.table, row, None, None, LISTED
        else:
            for column in dict.fromkeys([*then, *now]):
                was, is_now = held[key].get(column, ""), known[key].get(column, "")
                if not _same(was, is_now):
                    yield measure.table, row, column, was or None, is_now or None


def _by_key(table: pd.DataFrame, names: list[str]) -> dict[tuple[str, ...], dict[str, str]]:
    rows = table.to_dict("records")
    return {tuple(row[name] for name in names): row for row in rows}


def _same(one: str, other: str) -> bool:
    """The same text, or the same number up to the rounding of another machine."""
    if one == other:
        return True
    try:
        return math.isclose(float(one), float(other), rel_tol=1e-9, abs_tol=1e-12)
    except ValueError:
        return False


def _reason(manifest: Mapping[str, Any], data: Dataset, as_then: Snapshot) -> str | None:
    """What is known to have changed since the report, in words; missing when nothing is."""
    said = []
    if list(manifest.get("policy") or ()) != list(describe_policy(as_then.policy)):
        said.append("the policy was changed")
    if manifest.get("timezone") != data.settings.timezone:
        said.append("the time zone was changed")
    then = {file["path"]: file["sha256"] for file in manifest["inputs"]}
    now = dict(zip(data.files["path"], data.files["sha256"], strict=True))
    changed = [path for path in then if path in now and now[path] != then[path]]
    for verb, files in (
        ("changed", changed),
        ("new", [path for path in now if path not in then]),
        ("gone", [path for path in then if path not in now]),
    ):
        if files:
            more = f" and {len(files) - _MOST} more" if len(files) > _MOST else ""
            said.append(f"{verb}: {', '.join(sorted(files)[:_MOST])}{more}")
    version = manifest["versions"].get("pmanalytics")
    if version != pmanalytics.__version__:
        said.append(f"it was made with version {version}")
    return "; ".join(said) or None
