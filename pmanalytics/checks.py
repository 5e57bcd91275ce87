"""Checks: what is wrong or doubtful about the data, by how many items it concerns."""

import re
from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import Final

import pandas as pd

from pmanalytics import registry
from pmanalytics.changes import CLOSED, derived_closings
from pmanalytics.datasets import Dataset
from pmanalytics.decision_checks import decision_findings
from pmanalytics.document_checks import document_findings
from pmanalytics.labels import label_values
from pmanalytics.names import as_written
from pmanalytics.settings import Labels
from pmanalytics.twins import same_work
from pmanalytics.words import counted

__all__ = ["check"]

FINDING: Final = ("level", "rule", "subject", "items", "detail")
Finding = tuple[str, str, str, int, str]
# A source lags when its newest observation is this many days older than that of another one: a
# quarter's report made from both would be as of the older, or take closed work for open.
STALE_DAYS: Final = 14
# The zones of two exports differ by less than this; copies created further apart are no copies.
_ONE_TICKET: Final = pd.Timedelta(28, unit="h")
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_COUNTS: Final = re.compile(
    r"([0-9][0-9,]*)(?: of [0-9,]+ are closed| (?:rows?|incidents?|issues|items|cards|tasks)\b)"
)


def check(data: Dataset) -> pd.DataFrame:
    """What is wrong with the data, errors first, by the number of items it concerns.

    One row per finding: level (error or warning), rule, subject (a file, a name), items (how many
    items, or rows of a file, it concerns) and detail, a sentence. Errors are rows and files that
    could not be read; warnings are what makes the figures say less than they could.

    Examples:
        >>> import pmanalytics as pma
        >>> check(pma.sample())["level"].unique().tolist()
        ['error', 'warning']
    """
    findings = [finding for rule in _RULES for finding in rule(data)]
    table = pd.DataFrame(findings, columns=list(FINDING))
    table = table.astype(
        {"items": "int64"} | dict.fromkeys(("level", "rule", "subject", "detail"), "str")
    )
    ordered = table.sort_values(["level", "items"], ascending=[True, False], kind="stable")
    return ordered.reset_index(drop=True)


def _rejects(data: Dataset) -> Iterable[Finding]:
    for (file, rule), rows in data.rejects.groupby(["file", "rule"], sort=False):
        numbers = ", ".join(str(row) for row in rows["row"].dropna().head(5))
        more = ", ..." if len(rows) > 5 else ""
        place = f"row {numbers}{more}: " if numbers else ""
        yield "error", rule, file, len(rows), f"{place}{rows['detail'].iloc[0]}"


def _file_warnings(data: Dataset) -> Iterable[Finding]:
    read = data.files[data.files["format"].notna()]
    for file in read.itertuples():
        for sentence in file.warnings if isinstance(file.warnings, list) else ():
            rows = int(file.items + file.incidents)
            yield "warning", "file", file.path, _concerned(sentence, rows), sentence


def _concerned(sentence: str, rows: int) -> int:
    """How many rows a doubt is about: those that it counts, else all of the file."""
    counts = [int(count.replace(",", "")) for count in _COUNTS.findall(_QUOTED.sub("", sentence))]
    if sentence.startswith("Unknown "):
        # Each word has a count of its own.
        counts = [sum(counts)]
    return min(counts[0], rows) if counts else rows


def _unknown_names(data: Dataset) -> Iterable[Finding]:
    for column, table in (("team", data.teams), ("service", data.services)):
        if table.empty:
            continue
        written = data.items[column].dropna()
        unknown = written[~written.isin(table[column])].value_counts()
        for name, items in unknown.items():
            yield (
                "warning",
                f"unknown_{column}",
                name,
                items,
                f"The registry knows no {column} {name!r}.",
            )


def _unknown_people(data: Dataset) -> Iterable[Finding]:
    if data.people.empty:
        return
    _, owners = registry.one_row_per_text(data.items["owners"])
    unknown = owners[~registry.known_people(owners, data.people)].value_counts()
    for name, items in unknown.items():
        yield "warning", "unknown_person", name, items, "The registry knows no such person."


def _unlinked(data: Dataset) -> Iterable[Finding]:
    without = int(data.items["incident_id"].isna().sum())
    if without:
        detail = "They name no incident: map a field, or label them with severity and date."
        yield "warning", "no_incident", "items without an incident", without, detail
    named = data.items["incident_id"].dropna()
    unknown = named[~named.isin(data.incidents["incident_id"])].value_counts()
    for name, items in unknown.items():
        yield "warning", "unknown_incident", name, items, "No export holds this incident."


def _undated(data: Dataset) -> Iterable[Finding]:
    found = derived_closings(data.items, data.observations, data.events)
    closed = data.items["state"].isin(CLOSED) & data.items["closed_at"].isna()
    closed &= ~data.items["item_id"].isin(found["item_id"])
    if closed.any():
        detail = "They are closed and no export says when, so they cannot be judged."
        yield (
            "warning",
            "closed_without_date",
            "closed items without a date",
            int(closed.sum()),
            detail,
        )
    if len(found):
        widest = (found["closed_at"] - found["opened_at"]).max()
        earlier = "" if pd.isna(widest) else f", at most {_days(widest)} earlier"
        detail = (
            "No export dates their closing; the earliest one that shows it counts, and they may "
            f"have been closed any time since they were last seen open{earlier}."
        )
        yield "warning", "derived_closing", "closing dates from several exports", len(found), detail
    stateless = int(data.items["state"].isna().sum())
    if stateless:
        detail = "The export does not say whether they are open or closed."
        yield "warning", "no_state", "items without a state", stateless, detail


def _days(span: pd.Timedelta) -> str:
    return counted(max(1, -(-span // pd.Timedelta(1, unit="D"))), "day")


def _false_repeats(data: Dataset) -> Iterable[Finding]:
    known = data.incidents.set_index("incident_id")
    declared = data.incidents.dropna(subset=["repeat_of"])
    named = as_written(declared["repeat_of"], data.incidents["incident_id"])
    earlier = known["resolved_at"].reindex(named).to_numpy()
    follows = pd.Series(declared["started_at"].to_numpy() >= earlier, index=declared.index)
    for row in declared[~follows].itertuples():
        detail = (
            f"It is declared a repeat of {row.repeat_of}, which is unknown or was not over by then."
        )
        yield "warning", "false_repeat", row.incident_id, 0, detail


def _stale_sources(data: Dataset) -> Iterable[Finding]:
    """Sources with items whose newest observation is far older than the newest of all."""
    files = data.files[(data.files["items"].fillna(0) > 0).to_numpy(dtype=bool)]
    newest = files.groupby("source")["observed_at"].max().dropna()
    behind = (newest.max() - newest).dt.days
    items = data.items["source"].value_counts()
    for source, days in behind[behind > STALE_DAYS].items():
        detail = (
            f"Its newest export says what was on {newest[source]:%Y-%m-%d}, {days:,} days before "
            f"the newest of all; export it again, else figures stop there or take closed for open."
        )
        yield "warning", "stale_source", source, int(items.get(source, 0)), detail


def _same_tickets(data: Dataset) -> Iterable[Finding]:
    """Items of different sources that are one ticket: they have the same address."""
    told = data.items.dropna(subset=["url"])
    sources = told.groupby("url")["source"].transform("nunique")
    for key, rows in told[(sources > 1).to_numpy(dtype=bool)].groupby("url", sort=True):
        names = ", ".join(sorted(rows["item_id"]))
        yield "warning", "same_ticket", str(key), len(rows), f"It is counted as {names}."


def _same_titles(data: Dataset) -> Iterable[Finding]:
    """Items of one incident that have the same title and are counted as one."""
    family = same_work(data.items, team=data.items["team"])
    shared = data.items.assign(_family=family)[family >= 0]
    for _, rows in shared.groupby("_family", sort=False):
        names = ", ".join(sorted(rows["item_id"]))
        detail = f"They have the same title and count as one action item: {names}."
        yield "warning", "same_title", str(rows["incident_id"].iloc[0]), len(rows), detail


def _same_keys(data: Dataset) -> Iterable[Finding]:
    """Sources in which one key stands for tickets that were not created on one day."""
    told = data.observations[["item_id", "source", "created_at"]].dropna()
    created = data.items.drop_duplicates("item_id").set_index("item_id")["created_at"]
    apart = (told["created_at"] - created.reindex(told["item_id"]).array).abs() > _ONE_TICKET
    for source, copies in told[apart.to_numpy(dtype=bool)].groupby("source"):
        keys = copies["item_id"].unique()
        detail = (
            f"Several files have {keys[0]}, created on different days; if they are of two systems, "
            "only one ticket of the two is counted."
        )
        yield "warning", "same_key", str(source), len(keys), detail


def _severity_differs(data: Dataset) -> Iterable[Finding]:
    """Items whose own severity, or that of their label, is not that of their incident."""
    labels = label_values(data.items, labels=data.settings.labels)["severity"]
    own = data.items["severity"].fillna(labels)
    known = data.incidents.drop_duplicates("incident_id").set_index("incident_id")["severity"]
    theirs = data.items["incident_id"].map(known)
    differs = own.notna() & theirs.notna() & (own != theirs)
    pairs = pd.DataFrame({"own": own[differs], "theirs": theirs[differs]})
    for (said, meant), items in pairs.value_counts().items():
        detail = f"They say {said}, and their incident says {meant}, which counts."
        yield "warning", "severity_differs", f"{said} items", items, detail


def _reversed_times(data: Dataset) -> Iterable[Finding]:
    early = data.items["closed_at"] < data.items["created_at"]
    if early.any():
        detail = "They were closed before they were created."
        yield "warning", "times_reversed", "items", int(early.sum()), detail
    began = data.incidents.drop_duplicates("incident_id").set_index("incident_id")["started_at"]
    before = data.items["closed_at"] < began.reindex(data.items["incident_id"]).array
    if before.any():
        detail = "They were closed before their incident began, and count as closed on day 0."
        yield "warning", "done_before_incident", "items", int(before.sum()), detail
    over = data.incidents["resolved_at"] < data.incidents["started_at"]
    items = data.items["incident_id"].value_counts()
    for name in data.incidents.loc[over.fillna(value=False), "incident_id"]:
        detail = "It was resolved before it began."
        yield "warning", "times_reversed", name, int(items.get(name, 0)), detail


def _idle_patterns(data: Dataset) -> Iterable[Finding]:
    position, written = registry.one_row_per_text(data.items["labels"])
    labels = written.drop_duplicates()
    labelled = len(pd.unique(position))
    unlinked = data.items["incident_id"].isna().any()
    for place in fields(Labels):
        pattern = getattr(data.settings.labels, place.name)
        # A default that fits nothing matters only where it was needed to find the incidents.
        needed = pattern != place.default or (unlinked and place.name != "kind")
        if len(labels) and needed and not _fits_any(pattern, labels):
            detail = f"The pattern {pattern!r} in [labels] fits none of {len(labels)} labels."
            yield "warning", "idle_pattern", place.name, labelled, detail


def _fits_any(pattern: str, labels: Iterable[str]) -> bool:
    compiled = re.compile(pattern, re.IGNORECASE)
    return any(compiled.fullmatch(label.strip()) for label in labels)


_RULES: Final[tuple[Callable[[Dataset], Iterable[Finding]], ...]] = (
    _rejects,
    _file_warnings,
    _unknown_names,
    _unknown_people,
    _unlinked,
    _undated,
    _stale_sources,
    _same_tickets,
    _same_titles,
    _same_keys,
    _severity_differs,
    _reversed_times,
    _false_repeats,
    decision_findings,
    _idle_patterns,
    document_findings,
)
