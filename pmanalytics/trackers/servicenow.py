"""ServiceNow: lists of incidents, problems and their tasks, and the log of an incident's life.

Columns bear the names of fields in CSV, and the labels of forms in workbooks; both are read. The
number tells what a row is:

- INC is an incident. One that was cancelled was none, and is set apart.
- PTASK, ITASK and TASK are action items. Other numbers, such as CHG of a change, are read as action
  items too, and a warning names them.
- PRB is an action item too: a problem is opened after incidents, to find their cause and to mend
  it, and like any other promise it has an owner, a due date and an end. Who counts only its tasks
  exports only these.

A task names its incident, or the problem that it belongs to; problems lead to the incidents that
name them in the column `problem_id`, in any file that is read along.

Resolved and closed are done, since it was resolved, unless the close code says that it was
cancelled, is a duplicate, or that the risk was accepted. In a log a number has several rows, each
of them the record as it was at `sys_updated_at`, and every row repeats the final dates of resolving
and closing: they count only where the row's own state says so, and not before they were reached.
All rows of an incident become the one that was written last, so that one is kept and the others are
counted as duplicates; of an action item the older rows become observations, each made when it was
written.

Priorities stand for the severities 1 to 5 of incidents unless `[source.severities]` says otherwise,
and a warning says so. Times are in the zone of the person who exported them, and in the format that
this person has set.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.trackers.answers import other_names, priorities_said
from pmanalytics.trackers.closing import CLOSED, closing
from pmanalytics.trackers.interpreting import as_lists, as_text, missing
from pmanalytics.trackers.model import Completed, Export, Header, Tracker, Words
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["TRACKER"]

_TELLING: Final = frozenset((
    "short_description", "assignment_group", "caller_id", "opened_at", "sys_updated_on",
    "sys_updated_at", "sys_mod_count", "incident_state", "cmdb_ci", "close_code", "problem_id",
    "short description", "assignment group", "caller", "opened", "configuration item",
    "problem statement", "source problem", "close code", "assigned to", "resolution code",
    "problem", "parent incident",
))  # fmt: skip
_OWN: Final = frozenset((
    "short_description", "assignment_group", "caller_id", "sys_mod_count", "short description",
    "assignment group", "problem statement",
))  # fmt: skip
# Where a row names the incident or the problem that it is about, the nearest first.
_SOURCES: Final = (
    "incident", "parent_incident", "parent", "problem", "problem_id", "first_reported_by_task",
    "source problem", "parent incident", "origin task", "first reported by task",
)  # fmt: skip
_LINKS: Final = (*_SOURCES, "rfc", "caused_by", "change request", "caused by change")
_SERVICES: Final = ("business_service", "cmdb_ci", "service", "configuration item")
_DUPLICATES: Final = ("duplicate_of", "duplicate of")
_KINDS: Final = ("INC", "PRB", "PTASK", "ITASK", "TASK")
_INCIDENT: Final = "^INC[0-9]"
_PROBLEM: Final = "^PRB[0-9]"
_MOMENT: Final = "datetime64[us, UTC]"
_ENDS: Final = ("closed_at", "resolved_at")
_INACTIVE: Final = r"^\[i\]\s*"
_DUPLICATE: Final = r"^duplicate"
_RESOLUTIONS: Final = {
    "canceled": "dropped",
    "cancelled": "dropped",
    "duplicate": "dropped",
    "risk accepted": "dropped",
}
_OPEN: Final = (
    "assess", "root cause analysis", "fix in progress", "known error", "pending change",
    "awaiting user info", "awaiting caller", "awaiting evidence", "awaiting problem",
    "awaiting change", "awaiting vendor",
)  # fmt: skip
_STATES: Final = dict.fromkeys(_OPEN, "open") | {
    "closed complete": "done",
    "closed incomplete": "dropped",
    "closed skipped": "dropped",
}


def _table_of(header: Header) -> str:
    names = {fold_word(name) for name in header}
    known = "number" in names and names & _OWN and len(names & _TELLING) >= 2
    return "items" if known else ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    nothing = missing(export)
    number = columns.get("key", nothing)
    incidents = number.str.contains(_INCIDENT, case=False).fillna(value=False).to_numpy(dtype=bool)
    places = _latest(export, number, columns)
    columns, leaks = _of_their_time(export, columns, places)
    ended = _ended(export, columns)
    judged = closing(export, {**columns, "closed_at": ended})
    found = judged.completed(
        resolved_at=ended.where(judged.state.isin(CLOSED)),
        duplicate_of=_duplicates(export, columns, judged.state),
        **_links(export),
        **_named(export, columns, incidents),
    )
    told = {**columns, **found.columns}
    same = _taken(told, np.where(incidents, places, np.arange(len(places))))
    if "updated_at" in columns:
        moments = columns["updated_at"].groupby(number).transform("nunique")
        same["observed_at"] = columns["updated_at"].where(moments > 1)
    last = incidents & (places == np.arange(len(places)))
    return replace(
        found,
        columns=same,
        warnings=(
            *found.warnings,
            *leaks,
            *priorities_said(export, columns, last),
            *_other_kinds(number),
        ),
        filtered=incidents & same["state"].eq("dropped").to_numpy(dtype=bool),
        incidents=incidents,
        names=_problems(export, number, incidents),
    )


def _other_kinds(number: pd.Series) -> tuple[str, ...]:
    """A sentence about rows that are neither incidents, problems nor their tasks."""
    kind = number.str.upper().str.extract("^([A-Z]+)[0-9]", expand=False)
    counts = kind[~kind.isin(_KINDS)].value_counts()
    if counts.empty:
        return ()
    listed = ", ".join(f"{name} ({count:,})" for name, count in counts.items())
    return (
        f"Rows whose numbers begin with {listed} count as action items; if they are none, export "
        "only the lists of incidents, problems and their tasks.",
    )


def _named(
    export: Export, columns: Mapping[str, pd.Series], incidents: np.ndarray
) -> dict[str, pd.Series]:
    """What a row names; the configuration's own columns come first."""
    nothing, given = missing(export), export.source.fields
    number = columns.get("key", nothing)
    incident = columns["incident_id"] if "incident_id" in given else _incident_of(export, number)
    service = columns["service"] if "service" in given else _first_of(export, _SERVICES, "")
    severity = columns.get("severity", nothing)
    return {
        "incident_id": number.where(incidents, incident),
        # The priority of a task says how soon it is wanted, not how bad its incident was.
        "severity": severity if "severity" in given else severity.where(incidents),
        "team": columns.get("team", nothing).str.replace(_INACTIVE, "", regex=True),
        "service": service,
    }


def _of_their_time(
    export: Export, columns: Mapping[str, pd.Series], places: np.ndarray
) -> tuple[dict[str, pd.Series], tuple[str, ...]]:
    """Columns without the final dates that rows of a log hold before they were reached.

    `places` leads from each row to the last one of its number.
    """
    own = np.arange(len(places))
    logged = np.isin(places, places[places != own])
    ends = {name: column for name, column in columns.items() if name in _ENDS}
    if not logged.any() or not ends:
        return dict(columns), ()
    others = {name: column for name, column in columns.items() if name not in _ENDS}
    unfinished = logged & ~closing(export, others).state.isin(CLOSED).to_numpy(dtype=bool)
    written = columns.get("updated_at", missing(export, _MOMENT))
    early = {
        name: column.notna() & (unfinished | ((places != own) & (column > written)))
        for name, column in ends.items()
    }
    leaking = int(pd.DataFrame(early).any(axis=1).sum())
    told = {**others, **{name: column.mask(early[name]) for name, column in ends.items()}}
    sentence = (
        f"{leaking:,} rows of a log hold dates of an end that was yet to come; they were left out "
        "of them."
    )
    return told, (sentence,) if leaking else ()


def _ended(export: Export, columns: Mapping[str, pd.Series]) -> pd.Series:
    """When a record was resolved, else closed."""
    nothing = missing(export, _MOMENT)
    return columns.get("resolved_at", nothing).fillna(columns.get("closed_at", nothing))


def _latest(export: Export, number: pd.Series, columns: Mapping[str, pd.Series]) -> np.ndarray:
    """For each row the last written one of its number; for one without a number itself."""
    own = np.arange(len(number))
    written = columns.get("updated_at", missing(export, _MOMENT))
    order = pd.DataFrame({"number": number, "written": written, "place": own})
    order = order[number.notna()].sort_values("written", kind="stable", na_position="first")
    last = order.drop_duplicates("number", keep="last").set_index("number")["place"]
    return number.map(last).fillna(pd.Series(own)).to_numpy(dtype=np.int64)


def _taken(columns: Mapping[str, pd.Series], places: np.ndarray) -> dict[str, pd.Series]:
    return {name: column.take(places).reset_index(drop=True) for name, column in columns.items()}


def _first_of(export: Export, names: tuple[str, ...], pattern: str) -> pd.Series:
    """The first of some columns that is filled, and begins like the pattern, in each row."""
    found = missing(export)
    for name in _there(export, names):
        column = as_text(export.cells.text(name))
        column = column.mask(column.isin(export.tracker.nothing))
        fits = column.str.contains(pattern, case=False).fillna(value=False)
        found = found.fillna(column.where(fits))
    return found


def _there(export: Export, names: tuple[str, ...]) -> list[str]:
    """Those of some columns that the export has, as it writes them."""
    written = {fold_word(name): name for name in reversed(export.header)}
    return [written[name] for name in names if name in written and export.has(written[name])]


def _links(export: Export) -> dict[str, pd.Series]:
    there = _there(export, _LINKS)
    if not there:
        return {}
    return {"links": as_lists(export.cells.texts(there, like=r"^[A-Z]+[0-9]+[A-Z]?$"))}


def _incident_of(export: Export, number: pd.Series) -> pd.Series:
    """The incident that a row names, else the problem that leads to it."""
    own = number.where(number.str.contains(_PROBLEM, case=False).fillna(value=False))
    problem = _first_of(export, _SOURCES, _PROBLEM).fillna(own)
    return _first_of(export, _SOURCES, _INCIDENT).fillna(problem)


def _problems(export: Export, number: pd.Series, incidents: np.ndarray) -> pd.DataFrame:
    """The problems that incidents name, as names by which they are found."""
    problem = _first_of(export, ("problem_id", "problem"), "")
    return other_names(number, problem, incidents=incidents)


def _duplicates(export: Export, columns: Mapping[str, pd.Series], state: pd.Series) -> pd.Series:
    """What a row was closed as a duplicate of, or the word unknown."""
    code = columns.get("resolution", missing(export))
    duplicate = state.eq("dropped") & code.str.contains(_DUPLICATE, case=False).fillna(value=False)
    other = _first_of(export, _DUPLICATES, "")
    return (export.system + ":" + other).fillna("unknown").where(duplicate)


TRACKER: Final = Tracker(
    name="servicenow",
    title="ServiceNow, lists of incidents, problems and tasks, and incident logs",
    system="servicenow",
    forms=("csv", "xlsx"),
    export=(
        "a list of incidents (with the column Problem), problems or problem tasks; the menu of a "
        "column, Export, CSV or Excel"
    ),
    verified=(
        "real files of a list of incidents and of an event log; vendor documentation of states and "
        "labels; unverified: lists of problems and tasks, and workbooks"
    ),
    silent="reopenings and other history, except in a log; addresses of records",
    table_of=_table_of,
    columns={
        "key": ("number",),
        "title": ("short_description", "short description", "problem statement"),
        "summary": ("description",),
        "status": ("state", "incident_state", "problem_state"),
        "resolution": (
            "close_code",
            "resolution_code",
            "close code",
            "resolution code",
            "closed_code",
        ),
        "severity": ("priority",),
        "priority": ("priority",),
        "owners": ("assigned_to", "assigned to"),
        "team": ("assignment_group", "assignment group"),
        "created_at": ("opened_at", "opened", "sys_created_on", "sys_created_at", "created"),
        "updated_at": ("sys_updated_on", "sys_updated_at", "updated"),
        "resolved_at": ("resolved_at", "resolved"),
        "closed_at": ("closed_at", "closed"),
        "promised_on": ("due_date", "due date"),
    },
    more=f"(?i)^({'|'.join((*_LINKS, *_SERVICES, *_DUPLICATES))})$",
    words=Words(states=_STATES, resolutions=_RESOLUTIONS, order=("status", "dates")),
    severities={
        f"{number} - {name}": f"sev{number}"
        for number, name in enumerate(("Critical", "High", "Moderate", "Low", "Planning"), start=1)
    },
    nothing=("?",),
    limits=(10_000,),
    complete=_complete,
)
