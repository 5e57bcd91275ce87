"""Jira's CSV export, of Cloud, Server and Data Center, with all or with the current fields.

Signals of being closed disagree in real files, so they have an order: a resolution that is filled
ends a ticket, and says whether the work was done or dropped; a status that says reopened undoes it,
because a resolution is often left behind; then the status category decides, then the status word. A
row where status category and resolution disagree is counted in a warning. The closing date is
`Resolved`, else the day of the last change of category.
"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.reading.sheets import TEXTS, Sheet, one_of
from pmanalytics.trackers.model import Findings, Tracker
from pmanalytics.trackers.vocabulary import DROPPING, STATE_WORDS, folded, translated

__all__ = ["JIRA_CSV"]

UNRESOLVED: Final = frozenset({"unresolved", "none", "--"})
REOPENED: Final = frozenset({"reopened", "re-opened", "reopen"})
CATEGORIES: Final = {"to do": "open", "new": "open", "in progress": "open", "done": "done"}
KEY: Final = r"^[A-Za-z][A-Za-z0-9_]*-\d+$"
CAPS: Final = (100, 1000)


def _recognise(header: frozenset[str]) -> bool:
    key = {"Issue key", "Key"} & header
    return bool(key) and "Summary" in header and bool({"Issue Type", "Status", "Issue id"} & header)


def _is_link(name: str) -> bool:
    return name.startswith(("Inward issue link (", "Outward issue link ("))


def _states(sheet: Sheet, rows: pd.DataFrame) -> Findings:
    status = folded(rows["status"])
    resolution = folded(_text(sheet, "Resolution"))
    resolution = resolution.mask(resolution.isin(UNRESOLVED))
    category = translated(_text(sheet, "Status Category"), CATEGORIES)
    reopened = status.isin(REOPENED).to_numpy(dtype=bool)
    resolved = resolution.notna().to_numpy() & ~reopened
    ended = pd.Series(np.where(resolution.isin(DROPPING), "dropped", "done"), dtype="str")
    by_word = translated(status, STATE_WORDS)
    # A category only says that it ended; the word of the status may say that it was dropped.
    by_category = category.mask((category == "done") & (by_word == "dropped"), "dropped")
    state = ended.where(resolved).fillna(by_category).fillna(by_word)
    state = state.mask(reopened, "open")
    unknown = (state.isna() & status.notna()).to_numpy()
    closed = state.isin(["done", "dropped"]).to_numpy(dtype=bool)
    changed = rows["_category_changed"]
    return Findings(
        state=state.mask(unknown, "open"),
        unknown=unknown,
        columns={
            "closed_at": rows["closed_at"].fillna(changed.where(closed)),
            "links": _links(sheet, rows),
            "duplicate_of": _duplicate_of(sheet, rows, resolution),
            "planned": _last_sprint(sheet),
            "owners": _owners(rows),
        },
        warnings=_disagreements(category, resolution, reopened),
    )


def _text(sheet: Sheet, name: str) -> pd.Series:
    if name in sheet:
        return sheet.text(name)
    return pd.Series(index=range(len(sheet)), dtype="str")


def _disagreements(
    category: pd.Series, resolution: pd.Series, reopened: np.ndarray
) -> tuple[str, ...]:
    warnings = []
    stale = int((reopened & resolution.notna()).sum())
    if stale:
        warnings.append(
            f"{stale} rows are reopened and still have a resolution; they count as open."
        )
    ahead = int(((category == "open") & resolution.notna() & ~reopened).sum())
    if ahead:
        warnings.append(
            f"{ahead} rows have a resolution in a status that is not done; they count as closed."
        )
    return tuple(warnings)


def _links(sheet: Sheet, rows: pd.DataFrame) -> pd.Series:
    """Keys of all linked tickets, of the parent and of the epic."""
    named = [name for name in sheet.names if _is_link(name)]
    named += [name for name in ("Parent key", "Custom field (Epic Link)") if name in sheet]
    if not named:
        return pd.Series(index=rows.index, dtype=object)
    linked = [sheet.texts(name).explode().astype("str") for name in named]
    keys = pd.concat(linked)
    keys = keys[keys.str.match(KEY).fillna(value=False)]
    lists = keys.groupby(level=0, sort=False).agg(lambda group: list(dict.fromkeys(group)))
    found = lists.reindex(rows.index).astype(object)
    return found.where(found.notna(), pd.Series([[]] * len(rows), index=rows.index))


def _duplicate_of(sheet: Sheet, rows: pd.DataFrame, resolution: pd.Series) -> pd.Series:
    """The key of the ticket that a duplicate points to, or the word unknown."""
    is_duplicate = (resolution == "duplicate").to_numpy(dtype=bool)
    outward = [name for name in sheet.names if name.startswith("Outward issue link (Duplicate")]
    key = sheet.text(outward[0]) if outward else pd.Series(index=rows.index, dtype="str")
    return key.fillna("unknown").where(is_duplicate)


def _last_sprint(sheet: Sheet) -> pd.Series:
    if "Sprint" not in sheet:
        return pd.Series(index=range(len(sheet)), dtype="str")
    return one_of(sheet.texts("Sprint"), last=True)


def _owners(rows: pd.DataFrame) -> pd.Series:
    """The assignee; the words for nobody are nobody."""
    if rows["owners"].isna().all():
        return rows["owners"]
    nobody = one_of(rows["owners"]).str.casefold().isin(["unassigned"]).to_numpy(dtype=bool)
    return rows["owners"].mask(nobody, pd.Series([[]] * len(rows), dtype=TEXTS))


def _limits(rows: int, sheet: Sheet) -> tuple[str, ...]:  # noqa: ARG001
    if rows not in CAPS:
        return ()
    return (f"It has exactly {rows} rows, where Jira cuts off; export the rest as well.",)


JIRA_CSV: Final = Tracker(
    name="jira_csv",
    title="Jira, CSV",
    system="jira",
    form="csv",
    recognise=_recognise,
    columns={
        "key": ("Issue key", "Key"),
        "title": ("Summary",),
        "status": ("Status",),
        "priority": ("Priority",),
        "owners": ("Assignee",),
        "created_at": ("Created",),
        "updated_at": ("Updated",),
        "closed_at": ("Resolved",),
        "promised_on": ("Due date", "Due Date"),
        "labels": ("Labels",),
        "project": ("Project key",),
        "_category_changed": ("Status Category Changed",),
    },
    states=_states,
    needs=lambda name: (
        _is_link(name)
        or name
        in ("Resolution", "Status Category", "Sprint", "Parent key", "Custom field (Epic Link)")
    ),
    dates=("%d/%b/%y %I:%M %p", "%d/%b/%y %H:%M", "%d/%b/%y", "ISO8601"),
    how_to_export="Filters > Advanced issue search > Export > Export CSV (all fields)",
    verified="real files (English)",
    cannot_say="when a ticket was reopened; who it belonged to before",
    limits=_limits,
)
