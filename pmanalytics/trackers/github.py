"""GitHub: issues as JSON, from the REST interface and from `gh issue list --json`.

The two write the same things with different names, and scripts mix them. Pull requests are issues
to GitHub, and are left aside here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from pmanalytics.trackers.interpreting import as_text, missing
from pmanalytics.trackers.model import Completed, Export, Record, Tracker
from pmanalytics.trackers.vocabulary import (
    Distinct,
    distinct,
    fold_word,
    folded,
    unknown_words,
)

__all__ = ["TRACKER"]

# The address of an issue or of its repository, on github.com or a server of one's own.
_ADDRESS: Final = r"^https?://[^/]+/(?:api/v3/)?(?:repos/)?(?P<repository>[^/]+/[^/]+)"
_PULL: Final = r"/pulls?/[0-9]+/?$"
_NAMES: Final = ("name", "login", "title", "html_url", "url")
_SAME: Final[Mapping[str, str]] = {
    "state_reason": "stateReason",
    "created_at": "createdAt",
    "updated_at": "updatedAt",
    "closed_at": "closedAt",
    "html_url": "url",
}
_DROPPED: Final = ("not_planned", "duplicate")
_LIMIT: Final = 30


def _holds(records: Sequence[Record]) -> bool:
    """Issues have a number and a title; those of GitLab have also an iid, as others have not."""
    alike = [r for r in records if _is_number(r.get("number")) and isinstance(r.get("title"), str)]
    return 2 * len(alike) > len(records) and not any("iid" in record for record in records[:10])


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _cells_of(records: Sequence[Record]) -> Mapping[str, list[Any]]:
    """Every key that a record has as a column: names for objects, lists of names for lists.

    Where some records have the names of gh, those of REST hold them too.
    """
    names = dict.fromkeys(key for record in records for key in record)
    for name, other in _SAME.items():
        if other in names:
            names[name] = None
    return {name: [_plain(_found(record, name)) for record in records] for name in names}


def _found(record: Record, name: str) -> Any:
    """What a record says under a name of REST, or under that of gh."""
    value = record.get(name)
    return record.get(_SAME[name]) if value is None and name in _SAME else value


def _plain(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [text for text in map(_named, value) if text]
    return _named(value)


def _named(value: Any) -> str:
    if isinstance(value, dict):
        return next((v for k in _NAMES if isinstance(v := value.get(k), str) and v), "")
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value)


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    nothing = missing(export)
    words = distinct(columns.get("status", nothing), columns.get("reason", nothing))
    judged = _judged(words, folded(export.source.states))
    state = words.spread([state for state, _ in judged])
    repository = _repository(export)
    number = columns["number"].str.extract(r"^([0-9]+)$", expand=False)
    closed = columns.get("closed_at", missing(export, "datetime64[us, UTC]"))
    pulls = _pulls(export, columns)
    found = {
        "key": repository.fillna("") + "#" + number,
        "project": repository,
        "state": state,
        "closed_at": closed.where(state.isin(["done", "dropped"])),
        "duplicate_of": words.spread([d for _, d in judged]),
        "url": _page(columns.get("url", nothing)),
        "planned": _planned(export, columns),
    }
    return Completed(found, tuple(_doubts(export, words, judged, repository)), pulls)


def _judged(words: Distinct, given: Mapping[str, str]) -> list[tuple[str | None, str | None]]:
    """State for each status and reason, and unknown for duplicates of a ticket not named."""
    judged: list[tuple[str | None, str | None]] = []
    for status, reason in words.words:
        status, reason = fold_word(status), fold_word(reason)  # noqa: PLW2901
        state = given.get(reason) or given.get(status)
        if state is None and status in ("closed", "merged"):
            state = "dropped" if reason in _DROPPED else "done"
        elif state is None and status:
            state = "open"
        judged.append((state, "unknown" if state == "dropped" and reason == "duplicate" else None))
    return judged


def _repository(export: Export) -> pd.Series:
    """owner/repo from whichever address a record has."""
    found = missing(export)
    for name in ("html_url", "url", "repository_url"):
        if export.has(name):
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


def _doubts(
    export: Export,
    words: Distinct,
    judged: Sequence[tuple[str | None, str | None]],
    repository: pd.Series,
) -> list[str]:
    doubts = []
    known = {"open", "closed", "merged", ""} | set(folded(export.source.states))
    unknown = {
        status: words.count(n for n, (other, _) in enumerate(words.words) if other == status)
        for status, reason in words.words
        if fold_word(status) not in known and fold_word(reason) not in known - {""}
    }
    if unknown:
        doubts.append(
            unknown_words(
                unknown, what="state", effect="counts as open", section="states", example="done"
            )
        )
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
    if gh and len(export.cells) == _LIMIT and all(state == "open" for state, _ in judged):
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
    holds=_holds,
    cells_of=_cells_of,
    columns={
        "number": ("number",),
        "title": ("title",),
        "status": ("state",),
        "reason": ("state_reason",),
        "owners": ("assignees", "assignee"),
        "labels": ("labels",),
        "planned": ("milestone",),
        "created_at": ("created_at",),
        "updated_at": ("updated_at",),
        "closed_at": ("closed_at",),
        "url": ("html_url",),
    },
    more=r"^(html_url|url|repository_url|pull_request|isPullRequest|projectItems)$",
    complete=_complete,
)
