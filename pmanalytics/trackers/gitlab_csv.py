"""GitLab's CSV of issues, in both of its generations.

Until 18.3 `Issue ID` is the number within the project; since 18.4 that number is `IID`, and `ID` is
a global one. Times are UTC without saying so. Labels are joined by commas.
"""

from typing import Final

import pandas as pd

from pmanalytics.reading.sheets import TEXTS, Sheet, one_of
from pmanalytics.trackers.model import Findings, Tracker
from pmanalytics.trackers.vocabulary import folded

__all__ = ["GITLAB_CSV"]

PLACE: Final = r"^https?://[^/]+/(.+?)(?:/-)?/(?:issues|work_items|incidents)/\d+/?$"


def _recognise(header: frozenset[str]) -> bool:
    return {"URL", "Title", "State", "Created At (UTC)"} <= header and bool(
        {"Issue ID", "IID"} & header
    )


def _states(sheet: Sheet, rows: pd.DataFrame) -> Findings:
    state = folded(rows["status"])
    known = {"open": "open", "opened": "open", "reopened": "open", "closed": "done"}
    found = state.map(known).astype("str")
    unknown = (state.notna() & found.isna()).to_numpy(dtype=bool)
    path = sheet.text("URL").str.extract(PLACE, expand=False).astype("str")
    number = sheet.text("IID" if "IID" in sheet else "Issue ID")
    return Findings(
        state=found.mask(unknown, "open"),
        unknown=unknown,
        columns={
            "key": (path.fillna("") + "#" + number).astype("str"),
            "project": path,
            "labels": _split(rows["labels"]),
            "owners": _split(rows["owners"]),
            "closed_at": rows["closed_at"].where((found == "done").to_numpy(dtype=bool)),
        },
    )


def _split(cells: pd.Series) -> pd.Series:
    """Cells of several values joined by commas, as lists; an empty cell is nobody."""
    if cells.isna().all():
        return cells
    texts = one_of(cells).str.split(r",\s*", regex=True)
    lists = [value if isinstance(value, list) else [] for value in texts]
    return pd.Series([[part for part in parts if part] for parts in lists], dtype=TEXTS)


GITLAB_CSV: Final = Tracker(
    name="gitlab_csv",
    title="GitLab issues, CSV",
    system="gitlab",
    form="csv",
    recognise=_recognise,
    columns={
        "key": ("IID", "Issue ID"),
        "title": ("Title",),
        "status": ("State",),
        "url": ("URL",),
        "owners": ("Assignee Username", "Assignee"),
        "created_at": ("Created At (UTC)",),
        "updated_at": ("Updated At (UTC)",),
        "closed_at": ("Closed At (UTC)",),
        "promised_on": ("Due Date",),
        "planned": ("Milestone",),
        "labels": ("Labels",),
    },
    states=_states,
    needs=lambda name: name in ("URL", "IID", "Issue ID"),
    dates=("%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S UTC", "ISO8601"),
    zone="UTC",
    how_to_export="Issues > Actions > Export as CSV (it comes by mail, at most 15 MB)",
    verified="vendor fixture and documentation",
    cannot_say="whether a closed issue was done or dropped; when it was reopened; links",
)
