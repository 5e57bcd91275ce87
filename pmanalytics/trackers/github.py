"""GitHub issues: the REST array, and what `gh issue list --json` prints.

The two write the same things in two cases (`created_at`, `createdAt`), and real files mix them.
Pull requests are issues to GitHub; here they are set apart. Closed as not planned is dropped.
"""

import re
from typing import Any, Final

import numpy as np
import pandas as pd

from pmanalytics.reading.sheets import Sheet
from pmanalytics.trackers.model import Findings, Tracker
from pmanalytics.trackers.vocabulary import folded

__all__ = ["GITHUB"]

PLACE: Final = re.compile(r"([\w.-]+/[\w.-]+)/(?:issues|pull|pulls)/\d+/?$")
REPOSITORY: Final = re.compile(r"/repos/([\w.-]+/[\w.-]+)/?$")
DROPPED: Final = ("not_planned", "duplicate")
GH_DEFAULT_LIMIT: Final = 30


def _recognise(fields: frozenset[str]) -> bool:
    return (
        {"number", "title"} <= fields
        and bool({"state", "updatedAt", "updated_at", "html_url", "url"} & fields)
        and "iid" not in fields
    )


def _flatten(records: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """One list a column: text, or a list of texts."""
    columns: dict[str, list[Any]] = {
        "number": [_said(record, "number") for record in records],
        "title": [_said(record, "title") for record in records],
        "state": [_said(record, "state") for record in records],
        "state_reason": [_said(record, "state_reason", "stateReason") for record in records],
        "created_at": [_said(record, "created_at", "createdAt") for record in records],
        "updated_at": [_said(record, "updated_at", "updatedAt") for record in records],
        "closed_at": [_said(record, "closed_at", "closedAt") for record in records],
        "repository": [_repository(record) for record in records],
        "url": [_said(record, "html_url") or _web(record) for record in records],
        "milestone": [_named(record.get("milestone"), "title") for record in records],
        "assignees": [_people(record) for record in records],
        "labels": [_labels(record) for record in records],
        "pull_request": ["yes" if _is_pull(record) else None for record in records],
        "issue_type": [
            _named(record.get("type") or record.get("issueType"), "name") for record in records
        ],
    }
    return columns


def _said(record: dict[str, Any], *names: str) -> str | None:
    """The first of several fields that holds a text or a number."""
    for name in names:
        value = record.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return str(value)
    return None


def _web(record: dict[str, Any]) -> str | None:
    url = record.get("url")
    return url if isinstance(url, str) and PLACE.search(url) and "api." not in url else None


def _repository(record: dict[str, Any]) -> str | None:
    for name in ("html_url", "url"):
        found = PLACE.search(str(record.get(name) or ""))
        if found:
            return found[1]
    found = REPOSITORY.search(str(record.get("repository_url") or ""))
    return found[1] if found else None


def _named(value: Any, field: str) -> str | None:
    if isinstance(value, dict):
        value = value.get(field)
    return value if isinstance(value, str) and value else None


def _people(record: dict[str, Any]) -> list[str] | None:
    if "assignees" not in record and "assignee" not in record:
        return None
    people = record.get("assignees") or [record.get("assignee")]
    names = (
        (_named(person, "login") for person in people if person) if isinstance(people, list) else ()
    )
    return list(dict.fromkeys(name for name in names if name))


def _labels(record: dict[str, Any]) -> list[str] | None:
    if "labels" not in record:
        return None
    labels = record["labels"] if isinstance(record["labels"], list) else []
    return [name for name in (_named(label, "name") for label in labels) if name]


def _is_pull(record: dict[str, Any]) -> bool:
    if record.get("pull_request"):
        return True
    return "/pull/" in str(record.get("html_url") or record.get("url") or "")


def _states(sheet: Sheet, rows: pd.DataFrame) -> Findings:
    state, reason = folded(sheet.text("state")), folded(sheet.text("state_reason"))
    closed = (state == "closed").to_numpy(dtype=bool)
    dropped = closed & reason.isin(DROPPED).to_numpy(dtype=bool)
    meant = np.select(
        [dropped, closed, (state == "open").to_numpy(dtype=bool)], ["dropped", "done", "open"], ""
    )
    unknown = (state.notna() & ~state.isin(["open", "closed"])).to_numpy(dtype=bool)
    found = pd.Series(meant, dtype="str").mask(meant == "").mask(unknown, "open")
    number, repository = sheet.text("number"), sheet.text("repository")
    placeless = int((repository.isna() & number.notna()).sum())
    warnings = (
        (
            f"{placeless} rows do not say their repository; their keys are only unique within this "
            "source.",
        )
        if placeless
        else ()
    )
    key = (repository.fillna("") + "#" + number).astype("str")
    return Findings(
        state=found,
        unknown=unknown,
        columns={
            "key": key,
            "status": rows["status"].fillna("") + (" (" + reason + ")").fillna(""),
            "duplicate_of": pd.Series("unknown", index=rows.index).where(
                closed & (reason == "duplicate").to_numpy(dtype=bool)
            ),
        },
        warnings=warnings,
    )


def _limits(rows: int, sheet: Sheet) -> tuple[str, ...]:
    only_open = len(sheet) > 0 and (folded(sheet.text("state")) == "open").all()
    if rows == GH_DEFAULT_LIMIT and only_open:
        return ("It has exactly 30 open issues, where gh stops by default; add --limit 10000.",)
    return ()


GITHUB: Final = Tracker(
    name="github",
    title="GitHub issues, JSON",
    system="github",
    form="json",
    recognise=_recognise,
    flatten=_flatten,
    columns={
        "title": ("title",),
        "status": ("state",),
        "owners": ("assignees",),
        "created_at": ("created_at",),
        "updated_at": ("updated_at",),
        "closed_at": ("closed_at",),
        "labels": ("labels",),
        "planned": ("milestone",),
        "project": ("repository",),
        "url": ("url",),
        "key": ("number",),
    },
    states=_states,
    needs=lambda name: True,  # noqa: ARG005
    aside=lambda sheet: sheet.text("pull_request").notna().to_numpy(),
    dates=("ISO8601",),
    zone="UTC",
    how_to_export="gh issue list --state all --limit 10000 --json "
    "number,title,state,stateReason,labels,assignees,milestone,createdAt,updatedAt,closedAt,url",
    verified="real files",
    cannot_say="a due date; when an issue was reopened",
    limits=_limits,
)
