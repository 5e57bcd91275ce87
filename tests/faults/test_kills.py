"""Killed runs: at random moments by a signal, and before every change that they make."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import pmanalytics as pma
from pmanalytics.exchange import write_tables
from pmanalytics.exploring.copying import copy_notebooks
from pmanalytics.recording import record_decisions
from pmanalytics.samples import write_sample
from pmanalytics.workbook import write_workbook
from tests.answers.small_world import FILES, seen
from tests.deaths import died
from tests.faults.conftest import Try
from tests.faults.killing import loaded_command, old_or_new, survive_kills
from tests.faults.verbs import VERBS, Verb, files_in, hidden_in

# Newer Pythons warn of forks beside threads; the forks here only write files and end.
Place = Callable[[Verb], Path]
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@pytest.mark.parametrize("name", ["read", "report", "workbook", "ingest", "sample"])
def test_a_killed_command_leaves_the_old_or_the_new(name: str, place_of: Place, tries: Try) -> None:
    place, loaded = place_of(VERBS[name]), loaded_command(tries)
    assert survive_kills(VERBS[name], place, kills=10, seed=7, start=loaded).total() == 10
    assert list((place / "tmp").iterdir()) == []


def test_a_command_that_is_killed_while_it_begins_leaves_the_old(place_of: Place) -> None:
    """Most of the time of a small command is that in which everything is loaded."""
    assert survive_kills(VERBS["ingest"], place_of(VERBS["ingest"]), kills=3, seed=7).total() == 3


def works(snapshot: pma.Snapshot, data: pma.Dataset, out: Path) -> dict[str, Callable[[], object]]:
    """What writes through the public functions."""
    exports = Path(data.settings.folder or ".")
    decided = {"decided_on": "2026-10-12", "subject": "own:PAY-1", "kind": "drop"}
    return {
        "tables": partial(write_tables, data, out),
        "parquet": partial(write_tables, data, out, form="parquet"),
        "workbook": partial(write_workbook, snapshot, out / "w.xlsx", about={}),
        "decisions": partial(record_decisions, out / "decisions.csv", [decided]),
        "sample": partial(write_sample, out),
        "draft": partial(pma.draft_settings, exports / "items.csv", output=out / "drafted.toml"),
        "notebooks": partial(copy_notebooks, out),
    }


STEPS = {
    "tables": 5,
    "parquet": 5,
    "sample": 10,
    "workbook": 1,
    "decisions": 1,
    "draft": 1,
    "notebooks": 3,
}


@pytest.mark.parametrize("name", STEPS)
def test_a_death_before_a_change_leaves_the_old_or_the_new(name: str, tmp_path: Path) -> None:
    survive_deaths(name, tmp_path, step=STEPS[name])


def survive_deaths(name: str, folder: Path, *, step: int) -> None:
    """Every file is whole; the next run that comes to its end clears away what all have left."""
    exports, out, calm = (folder / name for name in ("exports", "out", "calm"))
    exports.mkdir()
    for file, text in FILES.items():
        (exports / file).write_text(text, "utf-8")
    data = pma.read(exports)
    # What is counted once for the snapshot is known in every fork.
    snapshot = seen(data)
    calm.mkdir()
    works(snapshot, data, calm)[name]()
    new = files_in(calm)
    out.mkdir()
    # What stands there already is an older file of ours, but for what is never overwritten.
    for file in new if name not in ("draft", "notebooks", "decisions") else ():
        (out / file).write_text("older\n")
    old, work = files_in(out), works(snapshot, data, out)[name]
    first, number = Path(shutil.copytree(out, folder / "first")), 1
    while died(work, out, number):
        if old_or_new(files_in(out), old, new) != "old":
            for file in set(files_in(out)) - set(old):
                (out / file).unlink()
            shutil.copytree(first, out, dirs_exist_ok=True)
        number += step
    assert number > 2
    assert files_in(out) == new
    assert hidden_in(out) == set()
