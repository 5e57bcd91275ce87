"""The dataset: everything that the files say, in our tables, with what could not be read.

Reading takes a file, a folder, a glob or a configuration, reads every file on its own, and puts
the copies of one ticket together: the latest is the item, older ones are observations. A file that
cannot be read does not stop the others; it is listed among the rejects.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pandas as pd

from pmanalytics import linking
from pmanalytics.catalogs import OpenedCatalog, file_tables, open_catalog
from pmanalytics.copies import by_incident, latest, one_per_incident, stacked
from pmanalytics.disappearances import disappearances
from pmanalytics.documents import Together, brought_together, no_documents
from pmanalytics.errors import InputError, PmanalyticsError
from pmanalytics.inputs import Input, Location, configured_inputs, inputs_at
from pmanalytics.outcomes import OTHER_TABLES, failed, files_table, rejects_table
from pmanalytics.settings import CONFIGURATION_FILE, Settings, Source
from pmanalytics.store.layout import open_store
from pmanalytics.store.parts import Selection, restored
from pmanalytics.tables import conform, empty
from pmanalytics.trackers import FileTables, postmortem_md, read_file

__all__ = ["Dataset", "read"]


@dataclass(frozen=True, eq=False)
class Dataset:
    """All tables, the settings they were read with, and the files they came from.

    The tables have the columns of `pma.columns()`. For every file, rows = items + incidents +
    filtered + duplicates + rejects. `inputs` leads from the path in `files` to where the file lies,
    so that it can be looked at again, and `unread` to its columns that hold none of ours;
    `documents` is what the action items of postmortem documents
    became, for the check.
    """

    items: pd.DataFrame
    observations: pd.DataFrame
    events: pd.DataFrame
    incidents: pd.DataFrame
    attendance: pd.DataFrame
    services: pd.DataFrame
    teams: pd.DataFrame
    people: pd.DataFrame
    decisions: pd.DataFrame
    rejects: pd.DataFrame
    settings: Settings
    files: pd.DataFrame
    inputs: Mapping[str, Input] = field(default_factory=dict)
    documents: pd.DataFrame = field(default_factory=no_documents)
    unread: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return (
            f"Dataset({len(self.items):,} items, {len(self.incidents):,} incidents, "
            f"{len(self.files):,} files, {len(self.rejects):,} rejects)"
        )


def read(path: Location | Sequence[Location], *, config: Location | None = None) -> Dataset:
    """Read exports into tables.

    `path` is a file, a folder (with its `pmanalytics.toml`, if it has one), a glob, a configuration
    file, a store (see `ingest`), or several of these. `config` names a configuration whose mappings
    hold for the files. Raises InputError when nothing can be read and ConfigurationError for a
    wrong configuration; of several files, those that cannot be read are listed in `rejects` and
    `files`.
    """
    given = [path] if isinstance(path, (str, Path)) else list(path)
    settings, inputs = inputs_at(given, config)
    if not inputs:
        places = ", ".join(str(place) for place in given)
        raise InputError(
            f"There is no export in {places}; name a file, a folder or a glob of exports."
        )
    return _read(inputs, settings)


def read_configured(settings: Settings) -> Dataset:
    """Read what settings name, as `read` does with the file that they stand in."""
    return _read(configured_inputs(settings), settings)


def _read(inputs: list[Input], settings: Settings) -> Dataset:
    files, failures = read_inputs(inputs, settings)
    data = assembled(stacked_tables(files), files, failures, settings)
    return replace(data, inputs={entry.name: entry for entry in inputs})


def read_inputs(
    inputs: list[Input], settings: Settings, *, selection: Selection | None = None
) -> tuple[list[FileTables], dict[str, PmanalyticsError]]:
    """Every file on its own, and what is wrong with those that cannot be read.

    With a `selection` a store gives the items that are selected, and everything else whole. Raises
    InputError when no file can be read.
    """
    parts: dict[int, FileTables] = {}
    catalogs: dict[int, OpenedCatalog] = {}
    failures: dict[str, PmanalyticsError] = {}
    for number, entry in enumerate(inputs):
        try:
            if entry.store and entry.ledger:
                parts[number] = restored(open_store(entry.store), entry.ledger, selection)
            elif opened := _catalog(entry):
                catalogs[number] = opened
            else:
                parts[number] = read_file(
                    entry.path, source=entry.source, settings=settings, name=entry.name
                )
        except InputError as problem:
            failures[entry.name] = problem
    # What catalogs say depends on each other and on the other files.
    registered = file_tables(list(catalogs.values()), known=parts.values())
    parts |= dict(zip(catalogs, registered, strict=True))
    if not parts:
        raise next(iter(failures.values()))
    return [parts[number] for number in sorted(parts)], failures


def _catalog(entry: Input) -> OpenedCatalog | None:
    """The file as a catalog, if it is one; what a configuration calls a tracker's is none."""
    return None if entry.source.tracker else open_catalog(entry.path, name=entry.name)


def stacked_tables(files: Sequence[FileTables]) -> dict[str, pd.DataFrame]:
    """The tables of all files by name, each row with the number of its file, and `told`.

    These are the events that the rows of files tell of their past.
    """
    tables = {name: stacked(files, name) for name in ("items", "incidents", *OTHER_TABLES)}
    told = [part.events for part in files if len(part.events)]
    return {**tables, "told": pd.concat(told, ignore_index=True) if told else empty("events")}


def assembled(
    tables: Mapping[str, pd.DataFrame],
    files: Sequence[FileTables],
    failures: Mapping[str, PmanalyticsError],
    settings: Settings,
    *,
    derived: pd.DataFrame | None = None,
) -> Dataset:
    """The dataset of some files, from what `stacked_tables` returns.

    Where the tables hold a part of the items only, `derived` are the incidents that the labels of
    others make; what became of the rows of each file then holds for the part, and no item is told
    to be gone from an export.
    """
    tables = {**tables, "items": by_incident(tables["items"], files)}
    documents = [
        number for number, file in enumerate(files) if file.format == postmortem_md.TRACKER.name
    ]
    met = brought_together(tables, _attendees(files), files=documents)
    # Whole exports are compared with each other.
    gone = disappearances(met.items, files) if derived is None else empty("events")
    items, observations, older = latest(met.items)
    incidents, surplus = one_per_incident(met.incidents)
    registry = {
        name: tables[name].drop(columns="_file") for name in ("services", "teams", "people")
    }
    items, observations, incidents = _linked(
        items, observations, incidents, registry, settings, met, derived
    )
    became = files_table(
        files, tables, pd.concat([older, met.gone_items]), pd.concat([surplus, met.gone_incidents])
    )
    decisions = pd.concat([tables["decisions"].drop(columns="_file"), _waivers(settings)])
    return Dataset(
        items=items,
        observations=observations,
        events=_events(tables["events"].drop(columns="_file"), tables["told"], gone),
        incidents=incidents,
        attendance=met.attendance,
        **registry,
        decisions=_by_day(decisions),
        rejects=rejects_table(files, failures),
        settings=settings,
        files=pd.concat([became, failed(failures)], ignore_index=True) if failures else became,
        documents=met.documents,
        unread={file.name: file.unread for file in files},
    )


def _attendees(parts: Iterable[FileTables]) -> pd.DataFrame:
    """The persons that came to reviews, of all files; nobody outside of reading sees them."""
    return pd.concat([part.attendees for part in parts], ignore_index=True)


def _events(*told: pd.DataFrame) -> pd.DataFrame:
    """All events, those of files of events first; exports that overlap tell the same one once."""
    written, *more = told
    more = [events for events in more if len(events)]
    if not more:
        return written
    return pd.concat([written, *more], ignore_index=True).drop_duplicates(ignore_index=True)


def _linked(
    items: pd.DataFrame,
    observations: pd.DataFrame,
    incidents: pd.DataFrame,
    registry: dict[str, pd.DataFrame],
    settings: Settings,
    met: Together,
    elsewhere: pd.DataFrame | None,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    services, teams = registry["services"], registry["teams"]
    items, observations, incidents = (
        linking.spelled(frame, services=services, teams=teams)
        for frame in (items, observations, incidents)
    )
    link = partial(
        linking.link_incidents,
        labels=settings.labels,
        timezone=settings.timezone,
        documented=met.documented,
        listed=met.listed,
    )
    items, derived = link(items, incidents)
    if elsewhere is not None and len(elsewhere):
        every = pd.concat([derived, elsewhere]).drop_duplicates("incident_id")
        derived = every.sort_values("incident_id", ignore_index=True)
    if len(observations):
        everything = pd.concat([incidents, derived], ignore_index=True)
        observations, _ = link(observations, everything)
    if len(derived):
        incidents = conform(pd.concat([incidents, derived], ignore_index=True), "incidents")
    return items, observations, incidents


def decisions_of(settings: Settings) -> pd.DataFrame:
    """Every decision that a configuration names, without reading the exports.

    Returns the table decisions, oldest first: those of the decisions file, and the waivers that
    are written in the configuration itself. Raises InputError when the file cannot be read.
    """
    parts = [_waivers(settings)]
    if settings.decisions and (settings.folder / settings.decisions).is_file():
        file = settings.folder / settings.decisions
        read = read_file(file, source=Source(), settings=settings, name=settings.decisions)
        if "decisions" in read.tables:
            parts.insert(0, conform(read.tables["decisions"], "decisions"))
    return _by_day(pd.concat(parts))


def _by_day(decisions: pd.DataFrame) -> pd.DataFrame:
    ordered = decisions.sort_values("decided_on", kind="stable", ignore_index=True)
    return conform(ordered, "decisions")


def _waivers(settings: Settings) -> pd.DataFrame:
    rows = [
        {
            "decided_on": waiver.granted,
            "subject": waiver.item,
            "kind": "waiver",
            "until": waiver.until,
            "reason": waiver.reason,
            "origin": CONFIGURATION_FILE,
        }
        for waiver in settings.waivers
    ]
    return conform(pd.DataFrame(rows), "decisions")
