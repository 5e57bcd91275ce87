"""The long trials: `make torture`. A small seeded share of each is among the ordinary tests."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.mutilation import mutilated
from tests.test_mutilated_files import EXPORTS, conserved

pytestmark = pytest.mark.torture
MANY = 400
KILLS = 20


@pytest.mark.parametrize("export", EXPORTS, ids=lambda path: path.name)
def test_mutilated_files(export: Path, tmp_path: Path) -> None:
    for seed in range(100, 100 + MANY):
        conserved(mutilated(export.read_bytes(), seed), export.name, tmp_path)


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
