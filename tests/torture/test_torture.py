"""The long trials: `make torture`. A small seeded share of each is among the ordinary tests."""

import json
from pathlib import Path

import pytest

from pmanalytics.trackers import Tracker
from tests.reporting.crashing import survive, survive_kills
from tests.store.test_ingesting import survive_deaths
from tests.trackers.damages import changed_at, damaged_values, places_of
from tests.trackers.samples import in_form
from tests.trackers.test_bad_input import (
    CASES,
    JSON,
    TABULAR,
    TEXT,
    attempt_in,
    try_bytes,
    try_records,
    try_rows,
)

pytestmark = pytest.mark.torture
KILLS = 50  # of a batch of three reports


@pytest.mark.parametrize(("tracker", "form"), CASES)
def test_cut_at_every_byte(tracker: Tracker, form: str, tmp_path: Path) -> None:
    attempt, content = attempt_in(tmp_path), in_form(tracker, form) or b""
    for end in range(len(content)):
        attempt(content[:end], tracker)


@pytest.mark.parametrize(("tracker", "form"), TEXT)
def test_damaged_bytes(tracker: Tracker, form: str, tmp_path: Path) -> None:
    try_bytes(tracker, in_form(tracker, form) or b"", attempt_in(tmp_path), step=17)


@pytest.mark.parametrize(("tracker", "form"), TABULAR)
def test_damaged_rows(tracker: Tracker, form: str, tmp_path: Path) -> None:
    """A cell of ten megabytes, and ten thousand columns; a workbook holds smaller cells."""
    try_rows(tracker, form, attempt_in(tmp_path), cell=10_000_000, width=10_000)


@pytest.mark.parametrize(("tracker", "form"), JSON)
def test_damaged_records(tracker: Tracker, form: str, tmp_path: Path) -> None:
    content = in_form(tracker, form) or b""
    try_records(tracker, content, attempt_in(tmp_path), cell=10_000_000, width=10_000)


@pytest.mark.parametrize(("tracker", "form"), JSON)
def test_damaged_values(tracker: Tracker, form: str, tmp_path: Path) -> None:
    """Every value in every place."""
    attempt, document = attempt_in(tmp_path), json.loads(in_form(tracker, form) or b"")
    for path in places_of(document):
        for value in damaged_values("x"):
            attempt(json.dumps(changed_at(document, path, value)).encode(), tracker)


def test_killed_batches_leave_whole_folders_only(tmp_path: Path) -> None:
    """Kill a batch at random moments: what stands there are old reports, whole, or new ones."""
    survive_kills(tmp_path, kills=KILLS, seed=7)


@pytest.mark.parametrize(("trial", "often"), [("kill", 1), ("twice", 100), ("race", 100)])
def test_deaths_at_every_change_and_long_races(trial: str, often: int, tmp_path: Path) -> None:
    survive(trial, often, tmp_path)


@pytest.mark.parametrize("first", [0, 3])
def test_deaths_of_writers_of_a_store_at_every_change(first: int, tmp_path: Path) -> None:
    assert survive_deaths(tmp_path, step=1, first=first) >= 15
