"""Targets that need a folder around them: configurations, drafts, stores, decisions, workbooks."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Final

from pandas.testing import assert_frame_equal

import pmanalytics as pma
from pmanalytics.answers.edited import read_edited
from pmanalytics.datasets import Dataset
from pmanalytics.reporting.fingerprints import Inputs
from pmanalytics.reporting.manifest import is_whole, read_manifest
from pmanalytics.reporting.planning import Job, plan
from pmanalytics.reporting.rendering.index import update_index
from pmanalytics.settings import Settings, Source, load_settings
from pmanalytics.trackers import read_file
from tests.answers.returning import World, small_organisation
from tests.fuzzing.changing import packed, unpacked
from tests.fuzzing.invariants import keeps_all_rows, keeps_its_rows, refused_in_a_sentence
from tests.fuzzing.settings import other_settings
from tests.fuzzing.targets import Target
from tests.trackers.samples import EXPORTS

__all__ = ["TARGETS"]

SAMPLE: Final = Path(__file__).parents[2] / "data" / "sample"
EVERYTHING: Final = Path(__file__).parents[1] / "everything.toml"
CONFIGURATION: Final = "pmanalytics.toml"
BACK: Final = "edited.xlsx"
ON: Final = "2026-10-20"
OUTCOMES: Final = {"change", "waiting", "known", "conflict", "refused", "remark"}
DECISION: Final = {"decided_on": ON, "subject": "own:PAY-1", "kind": "note", "value": "asked"}


def configure(data: bytes, folder: Path) -> None:
    """Read a configuration, and small exports as it says."""
    _world(folder)
    config = folder / CONFIGURATION
    config.write_bytes(data)
    settings = None
    with refused_in_a_sentence(CONFIGURATION):
        settings = load_settings(config)
    if settings and _stays(settings):
        with refused_in_a_sentence():
            _judged(pma.read(config))


def _stays(settings: Settings) -> bool:
    """Whether a configuration names nothing outside of its own folder."""
    registry = settings.registry
    named = [*registry.services, *registry.teams, *registry.people, *registry.attendance]
    named += [path for source in settings.sources for path in source.path]
    named += filter(None, [settings.decisions, settings.store])
    return not any(".." in name or name.startswith(("/", "~")) for name in named)


def _judged(data: Dataset) -> None:
    keeps_all_rows(data)
    pma.check(data)
    pma.snapshot(data, as_of="2026-10-12")


def draft(data: bytes, folder: Path) -> None:
    """Draft a configuration for a folder of exports, and read with it."""
    exports = folder / "exports"
    unpack(data, exports)
    with refused_in_a_sentence():
        found = pma.draft_settings(exports, output=folder / CONFIGURATION)
        keeps_all_rows(found.data)
        keeps_all_rows(pma.read(folder / CONFIGURATION))


def restore(data: bytes, folder: Path) -> None:
    """Read a store, and keep one more export in it."""
    store, export = folder / "store", folder / "items.csv"
    unpack(data, store)
    export.write_bytes((EXPORTS / "table.csv").read_bytes())
    with refused_in_a_sentence():
        keeps_all_rows(pma.read(store))
    with refused_in_a_sentence():
        became = pma.ingest(store, export)
        assert set(became["outcome"]) <= {"kept", "known"}
        _judged(pma.read(store))


def count(data: bytes, folder: Path) -> None:
    """Count a store part by part: as in memory, or it is refused."""
    store, counted = folder / "store", {}
    unpack(data, store)
    with refused_in_a_sentence():
        counted = pma.measure_in_parts(store, as_of="2026-10-12", by="severity", workers=1)
    if counted:
        judged = pma.snapshot(pma.read(store), as_of="2026-10-12")
        for name, table in counted.items():
            assert_frame_equal(table, getattr(pma, name)(judged, by="severity"), obj=name)


def decide(data: bytes, folder: Path) -> None:
    """Judge by a file of decisions, and add one to it."""
    file = _world(folder).decisions
    file.write_bytes(data)
    with refused_in_a_sentence():
        read = pma.read(folder)
        _judged(read)
        before = len(read.decisions)
        added = pma.record_decisions(read, [DECISION])
        assert len(pma.read(folder).decisions) == before + len(added)
        assert len(pma.record_decisions(read, [DECISION])) == 0


def answer(data: bytes, folder: Path) -> None:
    """Take a workbook back, twice: what was written is there, whole and once."""
    path = folder / BACK
    path.write_bytes(data)
    world = replace(
        _pristine().data(), settings=replace(_pristine().data().settings, folder=folder)
    )
    with refused_in_a_sentence(BACK):
        read_edited(path, zone="UTC")
        pma.workbook_changes(world, path)
        changes = pma.workbook_changes(world, path, on=ON)
        assert set(changes["outcome"]) <= OUTCOMES
        written = pma.apply_answers(world, path, on=ON)
        assert len(written) == changes["outcome"].eq("change").sum()
        assert len(pma.apply_answers(world, path, on=ON)) == 0
        if len(written):
            file = folder / "decisions.csv"
            found = read_file(file, source=Source(), settings=world.settings, name=file.name)
            keeps_its_rows(found)
            assert len(found.tables["decisions"]) == len(written)


def look_back(data: bytes, folder: Path) -> None:
    """Look at the folders of old reports: list them, and tell whether they are as they were."""
    unpack(data, folder)
    with refused_in_a_sentence():
        update_index(folder)
    for mark in folder.glob("*/*/manifest.json"):
        if found := read_manifest(mark.parent):
            is_whole(mark.parent, found)
    with refused_in_a_sentence():
        plan(Job(), as_of=None, output=folder, inputs=Inputs()).kept()


def unpack(data: bytes, folder: Path) -> None:
    """Put the parts of an archive into a folder, and nowhere else."""
    folder.mkdir(exist_ok=True)
    for name, content in unpacked(data).items():
        place = (folder / name.replace("\0", "")).resolve()
        if place.is_relative_to(folder.resolve()) and not place.exists():
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
            except OSError:
                continue


def _packed_folder(folder: Path) -> bytes:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return packed({path.relative_to(folder).as_posix(): path.read_bytes() for path in files})


@cache
def _pristine() -> World:
    return small_organisation(seeds_folder("world"))


@cache
def seeds_folder(name: str) -> Path:
    """A folder for seeds, which is gone with the process."""
    import atexit

    folder = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _world(folder: Path) -> World:
    return small_organisation(folder)


def _configurations() -> list[bytes]:
    configured = (_pristine().folder / CONFIGURATION).read_bytes()
    return [configured, EVERYTHING.read_bytes()]


def _drafts() -> list[bytes]:
    names = ("jira_csv.csv", "github.json", "mapped.csv", "notion.csv", "incident_io.json")
    exports = {name: (EXPORTS / name).read_bytes() for name in names}
    one = {name: exports[name] for name in ("jira_csv.csv", "mapped.csv")}
    return [packed(one), packed(exports)]


def _stores(*, buckets: int = 64) -> list[bytes]:
    place = seeds_folder(f"store-{buckets}")
    names = ("jira_json.json", "postmortem_md.md", "incident_io.json")
    pma.ingest(place / "store", *[EXPORTS / name for name in names], buckets=buckets)
    return [_packed_folder(place / "store")]


def _workbooks() -> list[bytes]:
    world = _pristine()
    given = world.given_out()
    waived = {"Decision": "waive", "Waiver until": date(2026, 12, 1), "Reason": "waits"}
    answers: Mapping[str, Mapping[str, object]] = {
        "PAY-1": waived,
        "PAY-2": {"New promised date": date(2026, 11, 30), "Note": "asked"},
        "SEA-1": {"Decision": "drop", "Reason": "bought"},
        "SEA-2": {"New owner team": "Search Index"},
        "INC-4 INC-3": {"Is it a return?": "yes", "Reason": "the same index"},
    }
    return [given.read_bytes(), world.edited(answers).read_bytes()]


def _reports() -> list[bytes]:
    page = b"<html></html>"
    manifest = {
        "schema": 1, "status": "complete", "report": "quarterly", "title": "A quarter",
        "subject": "", "options": {"team": "Payments"}, "fingerprint": "ab", "parameters": {},
        "organisation": "Small", "sample": False, "period": "2026Q3", "as_of": "2026-10-12",
        "timezone": "UTC", "files": [{"path": "report.html", "bytes": len(page), "sha256": "ab"}],
    }  # fmt: skip
    parts = {}
    for place in ("2026Q3/quarterly", "2026Q2/quarterly", "2026Q3/team/x"):
        parts[f"{place}/manifest.json"] = json.dumps(manifest).encode()
        parts[f"{place}/report.html"] = page
    return [packed(parts)]


TARGETS: Final = (
    Target(
        name="configuration",
        form="text",
        seeds=_configurations,
        work=configure,
        more=(other_settings,) * 40,
    ),
    Target(name="draft", form="zip", seeds=_drafts, work=draft),
    Target(name="store", form="zip", seeds=_stores, work=restore),
    Target(name="store-in-parts", form="zip", seeds=partial(_stores, buckets=2), work=count),
    Target(
        name="decisions",
        form="csv",
        seeds=lambda: [
            b"".join((SAMPLE / "decisions.csv").read_bytes().splitlines(keepends=True)[:4])
        ],
        work=decide,
    ),
    Target(name="workbook", form="xlsx", seeds=_workbooks, work=answer),
    Target(name="reports", form="zip", seeds=_reports, work=look_back),
)
