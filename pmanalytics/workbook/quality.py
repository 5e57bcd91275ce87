"""Data quality: what the figures rest on less well than they could, and what settles it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from pmanalytics.publication import publishable
from pmanalytics.snapshots import Snapshot
from pmanalytics.unnamed import persons_counted
from pmanalytics.words import counted, finding_words
from pmanalytics.workbook.actions import open_although_dropped
from pmanalytics.workbook.layout import QUALITY

__all__ = ["quality_table"]

Row = tuple[str, str, str, int, str]
FINDING: Final = ["level", "rule", "subject", "items", "detail"]
DROPPED: Final = "open_although_dropped"
# Words and tickets that say different things: people can settle these, and no other file can.
DISAGREEMENTS: Final = (DROPPED, "state_differs", "severity_differs")
LEVELS: Final = ("error", "disagreement", "warning")


def quality_table(
    snapshot: Snapshot, *, about: Mapping[str, Any], found: pd.DataFrame | None = None
) -> pd.DataFrame:
    """What could not be read, what disagrees, and what is doubtful, with what settles it.

    One row per finding with the columns of QUALITY. `found` is what `check` finds in the data;
    without it there are the files and rows that `about` says could not be read (unread_files,
    reject_count). Items that were dropped by a decision although their tracker has them open on the
    as-of date are always there. Errors come first, then disagreements, then warnings; kinds with
    most items on top. Persons are counted and not named, unless the settings allow them.
    """
    rows = _counts(about) if found is None else found[FINDING]
    if snapshot.settings.persons is not True:
        rows = persons_counted(rows)
    rows = pd.concat([rows, _dropped(snapshot, rows)], ignore_index=True)
    level = rows["level"].mask(rows["rule"].isin(DISAGREEMENTS), "disagreement")
    words = {rule: finding_words(rule) for rule in rows["rule"].unique()}
    table = rows.assign(
        level=level,
        kind=rows["rule"].map({rule: said for rule, (said, _) in words.items()}),
        remedy=rows["rule"].map({rule: settles for rule, (_, settles) in words.items()}),
        place=level.map({name: place for place, name in enumerate(LEVELS)}),
        total=rows.groupby("rule")["items"].transform("sum"),
    )
    order = ["place", "total", "rule", "items"]
    rising = [name in ("place", "rule") for name in order]
    table = table.sort_values(order, ascending=rising, kind="stable", ignore_index=True)
    return publishable(table[[column.name for column in QUALITY]])


def _finding(rows: list[Row]) -> pd.DataFrame:
    types = dict.fromkeys(("level", "rule", "subject", "detail"), "str") | {"items": "int64"}
    return pd.DataFrame(rows, columns=FINDING).astype(types)


def _counts(about: Mapping[str, Any]) -> pd.DataFrame:
    return _finding(list(_unread(about)))


def _unread(about: Mapping[str, Any]) -> Iterator[Row]:
    for name in about.get("unread_files", ()):
        yield "error", "unreadable", str(name), 0, "The file could not be read."
    rejects = int(about.get("reject_count", 0))
    if rejects:
        said = f"{counted(rejects, 'row')} could not be read; 'pmanalytics check' lists them."
        yield "error", "rejects", "rows of exports", rejects, said


def _dropped(snapshot: Snapshot, known: pd.DataFrame) -> pd.DataFrame:
    """What was dropped by a decision and is open in its tracker, where it is not found yet."""
    items = snapshot.items[open_although_dropped(snapshot)]
    told = known.loc[known["rule"].eq(DROPPED).to_numpy(dtype=bool), "subject"]
    items = items[~items["item_id"].isin(told).to_numpy(dtype=bool)]
    return _finding(
        [
            (
                "warning",
                DROPPED,
                row.item_id,
                1,
                f"It was dropped by a decision of {row.closed_on:%Y-%m-%d}, and its tracker has it "
                "open.",
            )
            for row in items.itertuples()
        ]
    )
