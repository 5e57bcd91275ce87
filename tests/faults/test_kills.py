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
from tests.faults.killing import old_or_new, survive_kills
from tests.faults.verbs import VERBS, Verb, files_in, hidden_in

# Newer Pythons warn of forks beside threads; the forks here only write files and end.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@pytest.mark.parametrize("name", ["read", "report", "workbook", "ingest", "sample"])
def test_a_killed_command_leaves_the_old_or_the_new(
    name: str, place_of: Callable[[Verb], Path]
) -> None:
    place = place_of(VERBS[name])
    assert survive_kills(VERBS[name], place, kills=10, seed=7).total() == 10
    assert list((place / "tmp").iterdir()) == []


def works(folder: Path, out: Path) -> dict[str, Callable[[], object]]:
    """What writes through the public functions."""
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    data = pma.read(folder)
    snapshot = seen(data)
    decided = {"decided_on": "2026-10-12", "subject": "own:PAY-1", "kind": "drop"}
    return {
        "tables": partial(write_tables, data, out),
        "parquet": partial(write_tables, data, out, form="parquet"),
        "workbook": partial(write_workbook, snapshot, out / "w.xlsx", about={}),
        "decisions": partial(record_decisions, out / "decisions.csv", [decided]),
        "sample": partial(write_sample, out),
        "draft": partial(pma.draft_settings, folder, output=out / "drafted.toml"),
        "notebooks": partial(copy_notebooks, out),
    }


@pytest.mark.parametrize(
    "name", ["tables", "parquet", "workbook", "decisions", "sample", "draft", "notebooks"]
)
def test_a_death_before_any_change_leaves_the_old_or_the_new(name: str, tmp_path: Path) -> None:
    """Every file is whole; the next run that comes to its end clears away what all have left."""
    (tmp_path / "exports").mkdir()
    out, calm = tmp_path / "out", tmp_path / "calm"
    calm.mkdir()
    works(tmp_path / "exports", calm)[name]()
    new = files_in(calm)
    out.mkdir()
    # What stands there already is an older file of ours, but for what is never overwritten.
    for file in new if name not in ("draft", "notebooks", "decisions") else ():
        (out / file).write_text("older\n")
    old, work = files_in(out), works(tmp_path / "exports", out)[name]
    first, number = Path(shutil.copytree(out, tmp_path / "first")), 1
    while died(work, out, number):
        if old_or_new(files_in(out), old, new) != "old":
            for file in set(files_in(out)) - set(old):
                (out / file).unlink()
            shutil.copytree(first, out, dirs_exist_ok=True)
        number += 1
    assert number > 2
    assert files_in(out) == new
    assert hidden_in(out) == set()
