"""GitHub: issues as JSON, from the REST interface and from `gh issue list --json`.

The two write the same things with different names, and scripts mix them. Pull requests are issues
to GitHub, and are left aside here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from pmanalytics.reading.records import records_of
from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.interpreting import as_text, missing
from pmanalytics.trackers.model import Completed, Export, Record, Tracker, Words

__all__ = ["TRACKER"]

# The address of an issue or of its repository, on github.com or a server of one's own.
_ADDRESS: Final = r"^https?://[^/]+/(?:api/v3/)?(?:repos/)?(?P<repository>[^/]+/[^/]+)"
_PULL: Final = r"/pulls?/[0-9]+/?$"
_SAME: Final[Mapping[str, str]] = {
    "state_reason": "stateReason",
    "created_at": "createdAt",
    "updated_at": "updatedAt",
    "closed_at": "closedAt",
    "html_url": "url",
}
# An issue is closed or not; the reason only tells how. A reason outlives a reopening.
_WORDS: Final = Words(
    states={"open": "open", "closed": "done", "merged": "done"},
    resolutions={"not_planned": "dropped", "duplicate": "dropped", "completed": "done"},
    unresolved=("", "reopened"),
    order=("status", "dates"),
)
_LIMIT: Final = 30
# So many records tell what the others are.
_SOME: Final = 1_000


def _unpack(documents: Sequence[Any]) -> list[Record | None]:
    """The records, with the names of REST where gh has others; some files mix the two."""
    return [record and _renamed(record) for record in records_of(documents)]


def _renamed(record: Record) -> Record:
    if "created_at" in record and "html_url" in record:
        return record
    other = {
        ours: record[theirs]
        for ours, theirs in _SAME.items()
        if theirs in record and record.get(ours) is None
    }
    return {**record, **other} if other else record


def _table_of_records(records: Sequence[Record]) -> str:
    """Issues have a number and a title; those of GitLab have also an iid, as others have not."""
    some = records[:_SOME]
    alike = [r for r in some if _is_number(r.get("number")) and isinstance(r.get("title"), str)]
    known = 2 * len(alike) > len(some) and not any("iid" in record for record in records[:10])
    return "items" if known else ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    judged = closing(export, columns)
    repository = _repository(export)
    number = columns["number"].str.extract(r"^([0-9]+)$", expand=False)
    found = judged.completed(
        key=repository.fillna("") + "#" + number,
        project=repository,
        duplicate_of=_duplicates(columns.get("resolution", missing(export)), judged.state),
        url=_page(columns.get("url", missing(export))),
        planned=_planned(export, columns),
    )
    doubts = _doubts(export, judged.state, repository)
    return replace(found, filtered=_pulls(export, columns), warnings=(*found.warnings, *doubts))


def _duplicates(reason: pd.Series, state: pd.Series) -> pd.Series:
    """The word unknown for duplicates, for the ticket that they are one of is not named."""
    duplicate = state.eq("dropped") & reason.str.lower().eq("duplicate")
    return reason.where(duplicate).mask(duplicate, "unknown")


def _repository(export: Export) -> pd.Series:
    """owner/repo from whichever address a record has."""
    found = missing(export)
    for name in ("html_url", "url", "repository_url"):
        if export.has(name) and found.isna().any():
            address = as_text(export.cells.text(name))
            found = found.fillna(address.str.extract(_ADDRESS, expand=False))
    return found


def _page(address: pd.Series) -> pd.Series:
    """Addresses that a person can open; those of the interface are left out."""
    return address.mask(address.str.contains(r"//api\.|/api/v3/", regex=True).fillna(value=False))


def _planned(export: Export, columns: Mapping[str, pd.Series]) -> pd.Series:
    planned = columns.get("planned", missing(export))
    if export.has("projectItems") and "planned" not in export.source.fields:
        planned = planned.fillna(as_text(export.cells.text("projectItems")))
    return planned


def _pulls(export: Export, columns: Mapping[str, pd.Series]) -> np.ndarray:
    pulls = np.zeros(len(export.cells), dtype=bool)
    for name in ("pull_request", "isPullRequest"):
        if export.has(name):
            written = export.cells.text(name)
            named = pc.and_(pc.not_equal(written, ""), pc.not_equal(written, "False"))
            pulls |= named.to_numpy(zero_copy_only=False)
    if "url" in columns:
        pulls |= columns["url"].str.contains(_PULL, regex=True).fillna(value=False).to_numpy(bool)
    return pulls


def _doubts(export: Export, state: pd.Series, repository: pd.Series) -> list[str]:
    doubts = []
    if "status" not in export.columns:
        doubts.append(
            "The file does not say which issues are closed; export the field 'state' too."
        )
    homeless = int(repository.isna().sum())
    if homeless:
        doubts.append(
            f"{homeless:,} issues have no address, so their keys lack the repository; export the "
            "field 'url' too, or give each repository a name of its own under [[source]]."
        )
    gh = export.has("createdAt") or export.has("updatedAt")
    if gh and len(export.cells) == _LIMIT and state.eq("open").all():
        doubts.append(
            "The file holds exactly 30 open issues, where 'gh issue list' stops; export it "
            "again with --state all --limit 10000."
        )
    return doubts


TRACKER: Final = Tracker(
    name="github",
    title="GitHub, issues as JSON (REST or gh)",
    system="github",
    forms=("json",),
    export=(
        "gh issue list --state all --limit 10000 --json number,title,state,stateReason,labels,"
        "assignees,milestone,createdAt,updatedAt,closedAt,url"
    ),
    verified="real files of the REST interface and of gh",
    silent="due dates, reopenings, and of what a duplicate is one",
    table_of_records=_table_of_records,
    unpack=_unpack,
    columns={
        "number": ("number",),
        "title": ("title",),
        "status": ("state",),
        "resolution": ("state_reason",),
        "owners": ("assignees", "assignee"),
        "labels": ("labels",),
        "planned": ("milestone",),
        "created_at": ("created_at",),
        "updated_at": ("updated_at",),
        "closed_at": ("closed_at",),
        "url": ("html_url",),
    },
    more=r"^(html_url|url|repository_url|pull_request|isPullRequest|projectItems|\w+edAt)$",
    words=_WORDS,
    complete=_complete,
)
