"""The long trials: `make torture`. A small seeded share of each is among the ordinary tests."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pmanalytics.trackers import Tracker
from tests.mutilation import mutilated
from tests.test_mutilated_files import EXPORTS, conserved
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
MANY = 400
KILLS = 20


@pytest.mark.parametrize("export", EXPORTS, ids=lambda path: path.name)
def test_mutilated_files(export: Path, tmp_path: Path) -> None:
    for seed in range(100, 100 + MANY):
        conserved(mutilated(export.read_bytes(), seed), export.name, tmp_path)


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


def test_killed_reports_leave_whole_folders_only(tmp_path: Path) -> None:
    """Kill a report at random moments: what stands there is the old report, whole, or a new one."""
    command = [sys.executable, "-m", "pmanalytics", "report", "--sample", "--period", "2026Q3"]
    command += ["--output", str(tmp_path)]
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    whole = time.monotonic() - began
    folder = tmp_path / "2026Q3" / "quarterly"
    expected = sorted(path.name for path in folder.rglob("*"))
    moments = random.Random(7)
    for _ in range(KILLS):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0, 1.1 * whole))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert sorted(path.name for path in folder.rglob("*")) == expected
    subprocess.run(command, check=True, capture_output=True)
    assert sorted(path.name for path in folder.rglob("*")) == expected
    assert [path.name for path in (tmp_path / "2026Q3").iterdir() if path.is_dir()] == ["quarterly"]
