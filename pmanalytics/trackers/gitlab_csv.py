"""GitLab: the CSV of issues, up to version 18.3 and, with work items, from 18.4 on.

The number in the address is called `Issue ID` in the older generation and `IID` in the newer one,
whose `ID` counts the whole server and whose `Type` tells incidents, which begin when they are
created. Times are in UTC and say so in the header. Labels are joined by commas without a blank, so
that a comma with a blank after it belongs to a label, if the file has the other kind too. Several
accounts may stand beside the name of one assignee alone; then they are the owners.
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

_NEEDED: Final = frozenset(("title", "url", "state", "created at (utc)"))
_NUMBERS: Final = frozenset(("issue id", "iid"))
_PROJECT: Final = (
    r"^https?://[^/]+/(?:groups/)?(.+?)/(?:-/)?"
    r"(?:issues|work_items|incidents|epics)/(?:incident/)?[0-9]+"
)
# A mail holds up to 15 MB; what comes close was cut off, which only the mail says.
_LARGEST: Final = 14_500_000
_STAND_IN: Final = "\N{SYMBOL FOR RECORD SEPARATOR}"


def _table_of(header: Header) -> str:
    names = {fold_word(name) for name in header}
    return "items" if names >= _NEEDED and names & _NUMBERS else ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    project = columns["url"].str.extract(_PROJECT, expand=False)
    # A library that takes numbers for fractions writes 7.0.
    number = columns["number"].str.extract(r"^([0-9]+)(?:\.0)?$", expand=False)
    key = project.fillna("") + "#" + number
    if "labels" in columns and "labels" not in export.source.fields:
        columns = {**columns, "labels": _labels(export.cells.text(export.columns["labels"][0]))}
    judged = closing(export, columns)
    told = {"labels": columns["labels"]} if "labels" in columns else {}
    if "owners" in columns:
        told["owners"] = _owners(export, columns["owners"])
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


def _owners(export: Export, shown: pd.Series) -> pd.Series:
    """The assignees; where there are more accounts than names, those whose accounts are named.

    The name of an account is read off the rows that have as many names as accounts; an account
    that no row names stays as it is.
    """
    names = [name for name in export.cells.columns if fold_word(name) == "assignee username"]
    if not names or "owners" in export.source.fields:
        return shown
    written = export.cells.texts(names, separator=",")
    if not pc.any(pc.greater(pc.list_value_length(written), _length(shown))).as_py():
        return shown
    pairs = list(zip(pa.array(shown).to_pylist(), written.to_pylist(), strict=True))
    known: dict[str, str] = {}
    for people, accounts in pairs:
        if len(people) == len(accounts):
            known |= dict(zip(accounts, people, strict=True))
    owners = [
        [known.get(account, account) for account in accounts]
        if len(accounts) > len(people)
        else people
        for people, accounts in pairs
    ]
    return as_lists(pa.array(owners, type=pa.large_list(pa.large_string())))


def _length(lists: pd.Series) -> pa.Array:
    return pc.list_value_length(pa.array(lists))


def _incidents(export: Export) -> np.ndarray:
    incidents = np.zeros(len(export.cells), dtype=bool)
    for name in export.cells.columns:
        if fold_word(name) == "type":
            words = export.cells.text(name).to_pylist()
            incidents |= np.array([fold_word(word) == "incident" for word in words], dtype=bool)
    return incidents


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
    forms=("csv", "xlsx"),
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
    more=r"(?i)^\s*(type|assignee username)\s*$",
    timezone="UTC",
    separators={"owners": ",", "labels": ","},
    complete=_complete,
)
