"""GitLab: the CSV of issues, up to version 18.3 and, with work items, from 18.4 on.

The number in the address is called `Issue ID` in the older generation and `IID` in the newer one,
whose `ID` counts the whole server and whose `Type` tells incidents, which begin when they are
created. Times are in UTC and say so in the header. Labels are joined by commas without a blank, so
that a comma with a blank after it belongs to a label, if the file has the other kind too.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.reading.cells import merged
from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.interpreting import as_lists
from pmanalytics.trackers.model import Completed, Export, Header, Tracker
from pmanalytics.trackers.scoped_labels import scoped_columns
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["TRACKER"]

_NEEDED: Final = frozenset(("Title", "URL", "State", "Created At (UTC)"))
_PROJECT: Final = (
    r"^https?://[^/]+/(.+?)/(?:-/)?(?:issues|work_items|incidents)/(?:incident/)?[0-9]+"
)
# A mail holds up to 15 MB; what comes close was cut off, which only the mail says.
_LARGEST: Final = 14_500_000
_STAND_IN: Final = "\N{SYMBOL FOR RECORD SEPARATOR}"


def _table_of(header: Header) -> str:
    return "items" if set(header) >= _NEEDED and {"Issue ID", "IID"} & set(header) else ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    project = columns["url"].str.extract(_PROJECT, expand=False)
    number = columns["number"].str.extract(r"^([0-9]+)$", expand=False)
    key = project.fillna("") + "#" + number
    if export.columns.get("labels") == ("Labels",):
        columns = {**columns, "labels": _labels(export.cells.text("Labels"))}
    judged = closing(export, columns)
    told = {"labels": columns["labels"]} if "labels" in columns else {}
    found = judged.completed(key=key, project=project, **told, **scoped_columns(columns))
    return replace(
        found,
        incidents=_incidents(export),
        warnings=(*found.warnings, *_doubts(export, key, judged.state)),
    )


def _labels(written: pa.Array) -> pd.Series:
    """Labels, a comma and a blank being part of one where others are joined without a blank."""
    if pc.any(pc.match_substring_regex(written, r",\S")).as_py():
        written = pc.replace_substring(written, ", ", _STAND_IN)
    lists = merged([written], separator=",")
    whole = pc.replace_substring(pc.list_flatten(lists), _STAND_IN, ", ")
    return as_lists(pa.LargeListArray.from_arrays(lists.offsets, whole))


def _incidents(export: Export) -> np.ndarray:
    if not export.has("Type"):
        return np.zeros(len(export.cells), dtype=bool)
    words = [fold_word(word) == "incident" for word in export.cells.text("Type").to_pylist()]
    return np.array(words, dtype=bool)


def _doubts(export: Export, key: pd.Series, state: pd.Series) -> list[str]:
    doubts = []
    if export.size >= _LARGEST:
        doubts.append(
            "The file is as large as the mail that GitLab sends may be, 15 MB, and was probably "
            "cut off; export fewer issues at a time."
        )
    said = pd.DataFrame({"key": key, "state": state}).drop_duplicates().dropna()
    torn = int(said["key"].duplicated().sum())
    if torn:
        doubts.append(
            f"{torn:,} issues stand in the file again with another state; the latest update "
            "counts, so export the file again."
        )
    return doubts


TRACKER: Final = Tracker(
    name="gitlab_csv",
    title="GitLab, CSV of issues",
    system="gitlab",
    forms=("csv",),
    export="Plan, Issues, three dots, Export as CSV; the file comes by mail, up to 15 MB",
    verified="vendor source of both generations, and a real file of the older one",
    silent="dropped issues (they are closed like the others), reopenings and links",
    table_of=_table_of,
    columns={
        "number": ("IID", "Issue ID"),
        "title": ("Title",),
        "url": ("URL",),
        "status": ("State",),
        "owners": ("Assignee",),
        "labels": ("Labels",),
        "planned": ("Milestone",),
        "created_at": ("Created At (UTC)",),
        "updated_at": ("Updated At (UTC)",),
        "closed_at": ("Closed At (UTC)",),
        "promised_on": ("Due Date",),
    },
    more="^Type$",
    timezone="UTC",
    separators={"owners": ",", "labels": ","},
    complete=_complete,
)
