"""The lock under which files are put in place: what stands in its way, and who has it."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pmanalytics import writing
from pmanalytics.writing import LOCK, whole_file

pytestmark = pytest.mark.skipif(not writing.LOCKS, reason="this system has no locks of files")
WRITE = """
import sys
from pathlib import Path
from pmanalytics.writing import whole_file
with whole_file(Path(sys.argv[1])) as written:
    written.write_text("new")
"""


@pytest.mark.parametrize("name", [LOCK, ".a.txt.00c0ffee.part"])
def test_a_pipe_in_the_place_of_a_lock_keeps_nobody_waiting(name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / name)
    # In a process of its own, which can be ended: opening such a pipe waits for its other end.
    subprocess.run([sys.executable, "-c", WRITE, tmp_path / "a.txt"], check=True, timeout=60)
    assert (tmp_path / "a.txt").read_text() == "new"


def test_a_link_in_the_place_of_the_lock_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / LOCK).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"), whole_file(tmp_path / "a.txt"):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_an_error_under_the_lock_is_told_as_itself(tmp_path: Path) -> None:
    # The lock looks for its own file, and must not take the missing file of somebody else for it.
    with pytest.raises(FileNotFoundError, match="of theirs"), writing._alone(tmp_path):
        raise FileNotFoundError("of theirs")
    assert list(tmp_path.iterdir()) == []


def test_a_lock_on_a_file_that_was_moved_away_is_none(tmp_path: Path) -> None:
    place, held, waiting = tmp_path / LOCK, threading.Event(), threading.Event()
    found = []

    def second() -> None:
        waiting.set()
        with writing._locked(place):
            found.append(place.stat().st_ino)
            held.set()

    with writing._locked(place):
        first = place.stat().st_ino
        other = threading.Thread(target=second)
        other.start()
        waiting.wait(30)
        assert not held.wait(0.5)
        # It still has a name, so that the number of its links says nothing.
        place.rename(tmp_path / "moved")
    assert held.wait(30)
    other.join()
    assert found != [first]
