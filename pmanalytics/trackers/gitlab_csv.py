"""GitLab: the CSV of issues, up to version 18.3 and, with work items, from 18.4 on.

The number in the address is called `Issue ID` in the older generation and `IID` in the newer one,
whose `ID` counts the whole server. Times are in UTC and say so in the header.
"""

from collections.abc import Mapping
from typing import Final

import pandas as pd
import pyarrow as pa

from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.interpreting import as_text
from pmanalytics.trackers.model import Completed, Export, Header, Tracker
from pmanalytics.trackers.vocabulary import distinct, severity_of

__all__ = ["TRACKER"]

_NEEDED: Final = frozenset(("Title", "URL", "State", "Created At (UTC)"))
_PROJECT: Final = r"^https?://[^/]+/(.+?)/(?:-/)?(?:issues|work_items|incidents)/[0-9]+"
_SEVERITY: Final = r"(?i)(?:^|,)\s*(severity::[^,]+)"


def _table_of(header: Header) -> str:
    return "items" if set(header) >= _NEEDED and {"Issue ID", "IID"} & set(header) else ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    project = columns["url"].str.extract(_PROJECT, expand=False)
    number = columns["number"].str.extract(r"^([0-9]+)$", expand=False)
    found = {"key": project.fillna("") + "#" + number, "project": project}
    if "severity" not in columns and export.has("Labels"):
        found["severity"] = _labelled(export.cells.text("Labels"))
    return closing(export, columns).completed(**found)


def _labelled(labels: pa.Array) -> pd.Series:
    """The severity of a scoped label such as severity::2."""
    words = distinct(as_text(labels).str.extract(_SEVERITY, expand=False))
    return words.spread([severity_of(word) for (word,) in words.words])


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
    more="^Labels$",
    timezone="UTC",
    separators={"owners": ",", "labels": ","},
    complete=_complete,
)
