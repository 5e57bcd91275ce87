"""Registering: what catalogs hold becomes services, teams and people.

All files are read before: an owner may be a person whom another file puts into a team, a domain of
another file may hand its owner down, and CODEOWNERS owns the services that others describe.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from pmanalytics.catalogs.documents import distinct
from pmanalytics.catalogs.knowledge import Knowledge, knowledge_of
from pmanalytics.catalogs.model import Entry, PathRule
from pmanalytics.catalogs.opening import OpenedCatalog
from pmanalytics.catalogs.paths import owning_rules, path_within, rulebook
from pmanalytics.tables import conform, empty
from pmanalytics.trackers.model import FileTables
from pmanalytics.words import counted

__all__ = ["file_tables"]

_MOST_NAMED: Final = 5
Row = Mapping[str, Any]


def file_tables(
    opened: Sequence[OpenedCatalog], *, known: Iterable[FileTables] = ()
) -> list[FileTables]:
    """The tables of some catalogs, in their order, with what they say of each other.

    `known` are the other files that were read, with registry tables of our own. Each file gives
    services, teams and people with the column `row`. Entries that give no row are filtered: those
    that say nothing about ownership, domains, and rules of CODEOWNERS that own no service.
    """
    world = knowledge_of(opened, known)
    return [_tables(file, world) for file in opened]


def _tables(file: OpenedCatalog, world: Knowledge) -> FileTables:
    contents = file.contents
    services, doubts = _services(file, world)
    tied, used, idle = _tied(file, world)
    tables = {
        "services": _table([*services, *tied], "services"),
        "teams": _table(_teams(contents.entries, world), "teams"),
        "people": _table(_people(contents.entries), "people"),
    }
    domains = sum(entry.kind == "domain" for entry in contents.entries)
    filtered = contents.filtered + domains + len(contents.rules) - len(used)
    rejects = [
        {"file": file.name, "row": row, "rule": rule, "detail": f"{detail}."}
        for row, rule, detail in contents.rejects
    ]
    return FileTables(
        name=file.name,
        format=file.catalog.name,
        source=file.catalog.source,
        sha256=file.sha256,
        rows=sum(map(len, tables.values())) + filtered + len(rejects),
        tables=tables,
        filtered=filtered,
        rejects=conform(pd.DataFrame(rejects), "rejects"),
        warnings=(*contents.warnings, *doubts, *idle),
        observed_at=pd.NaT,
    )


def _services(file: OpenedCatalog, world: Knowledge) -> tuple[list[Row], list[str]]:
    """The services of the entries, and what is doubtful about their owners."""
    rows: list[Row] = []
    personal: list[str] = []
    orphans: list[str] = []
    services = (each for each in file.contents.entries if each.kind == "service")
    for entry in (world.as_known(file.catalog.source, each) for each in services):
        owners, orphaned = world.owners_of(file.catalog.source, entry)
        orphans += [repr(entry.name)] * orphaned
        teams = [world.teams_of(owner) for owner in owners]
        if any(not found for found in teams):
            personal.append(repr(entry.name))
        named = distinct(team for found in teams for team in found) or ("",)
        rows += [_service(entry, team, file.catalog.source) for team in named]
    return rows, [*_personal(personal), *_orphaned(orphans)]


def _service(entry: Entry, team: str, source: str) -> Row:
    return {
        "row": entry.row,
        "service": entry.name,
        "team": team or None,
        "product": entry.product or None,
        "path": entry.path or None,
        "source": source,
        "aliases": list(entry.aliases),
    }


def _personal(services: Sequence[str]) -> Iterator[str]:
    if services:
        yield (
            f"{counted(len(services), 'service')} of it named a person as owner who is in no team "
            f"that the registry knows, or in several, and who counts for none: {_some(services)}."
        )


def _orphaned(services: Sequence[str]) -> Iterator[str]:
    if services:
        yield (
            f"{counted(len(services), 'service')} of it named a parent that no file describes, and "
            f"lack the owners that it hands down: {_some(services)}."
        )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _tied(file: OpenedCatalog, world: Knowledge) -> tuple[list[Row], set[int], list[str]]:
    """The services that the rules of a file own, which rules they are, and what is doubtful."""
    rules = file.contents.rules
    if not rules:
        return [], set(), []
    book, folder = rulebook(rules), tuple(file.name.split("/")[:-1])
    rows: list[Row] = []
    nameless: Counter[str] = Counter()
    for place in world.places:
        within = path_within(place.path, folder, slug=place.slug)
        for rule in () if within is None else owning_rules(book, within):
            teams = distinct(team for owner in rule.owners for team in world.teams_of(owner))
            nameless[place.service] += bool(rule.owners) and not teams
            rows += [_owned(place.service, place.path, rule, team) for team in teams]
            if not rule.owners:
                rows.append(_owned(place.service, place.path, rule, None))
    used = {row["row"] for row in rows}
    return rows, used, list(_idle(rules, rows, +nameless))


def _owned(service: str, path: str, rule: PathRule, team: str | None) -> Row:
    return {
        "row": rule.row,
        "service": service,
        "team": team,
        "path": path,
        "source": "codeowners",
        "aliases": [],
    }


def _idle(
    rules: Sequence[PathRule], rows: Sequence[Row], nameless: Mapping[str, int]
) -> Iterator[str]:
    if nameless:
        yield (
            "Rules name only owners that are no team, and persons of no team or of several that "
            f"the registry knows, for {counted(len(nameless), 'service')}: "
            f"{_some([repr(name) for name in nameless])}."
        )
    elif not rows:
        yield (
            f"It ties no service to a team: none of its {counted(len(rules), 'rule')} fits the "
            "path of a service; give the services of the registry their path in this repository."
        )


def _teams(entries: Sequence[Entry], world: Knowledge) -> Iterator[Row]:
    for entry in entries:
        if entry.kind != "team":
            continue
        parents = entry.parents or world.above.get(("team", entry.name), ())
        for project in entry.projects or ("",):
            yield {
                "row": entry.row,
                "team": entry.name,
                "project": project or None,
                "parent": parents[0] if parents else None,
                "aliases": list(entry.aliases),
            }


def _people(entries: Sequence[Entry]) -> Iterator[Row]:
    """People with their teams, which either end of the relation may name."""
    persons = {entry.name: entry for entry in entries if entry.kind == "person"}
    teams: dict[str, dict[str, None]] = {}
    rows: dict[str, int] = {}
    for entry in entries:
        for person in entry.members:
            teams.setdefault(person, {})[entry.name] = None
            rows.setdefault(person, entry.row)
        if entry.kind == "person":
            teams.setdefault(entry.name, {}).update(dict.fromkeys(entry.teams))
    for person in {**persons, **teams}:
        known = persons.get(person)
        for team in teams.get(person) or ("",):
            yield {
                "row": known.row if known else rows[person],
                "person": person,
                "team": team or None,
                "aliases": list(known.aliases) if known else None,
            }


def _table(rows: Iterable[Row], table: str) -> pd.DataFrame:
    listed = list(rows)
    if not listed:
        return empty(table).assign(row=pd.Series(dtype="Int64"))
    frame = pd.DataFrame(listed)
    return conform(frame, table).assign(row=frame["row"].astype("Int64"))
