"""Processes of notebooks that die, hang or print without end, in reports on notebooks of one's own."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from pmanalytics.reporting import workers
from tests.faults.verbs import (
    TEAM,
    VERBS,
    Verb,
    environment,
    files_in,
    hidden_in,
    nobody_left,
    one_sentence,
)

pytestmark = pytest.mark.skipif(not workers.FORKS, reason="this system cannot fork")
STAYS = "import os, time\nif os.fork() == 0:\n    time.sleep(600)\n    os._exit(0)\n"
DYING = {
    "exits": "import os\nos._exit(3)",
    "killed": "import os\nos.kill(os.getpid(), 9)",
    "segments": "import ctypes\nctypes.string_at(0)",
    "dies_and_its_child_stays": STAYS + "os._exit(1)",
    "tells_much_first": "import os\nfor _ in range(100):\n    os.write(2, b'x ' * 500_000)\nos._exit(1)",
}
HANGING = {
    "sleeps": "import time\ntime.sleep(600)",
    "heeds_no_signal": "import signal, time\n"
    "for one in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:\n"
    "    signal.signal(one, signal.SIG_IGN)\nwhile True:\n    time.sleep(1)",
    "sleeps_and_so_does_its_child": STAYS + "while True:\n    time.sleep(1)",
}
LOUD = {
    "prints": "print('x' * 100_000_000)",
    "prints_errors": "import sys\nfor _ in range(100):\n    print('x' * 1_000_000, file=sys.stderr)",
    "heeds_no_error": "while True:\n    try:\n        print('x' * 1_000_000)\n"
    "    except Exception:\n        break",
    "displays": "display({'text/plain': 'x' * 100_000_000}, raw=True)",
    "displays_numbers": "display({'application/json': [12345678] * 11_000_000}, raw=True)",
    "raises": "raise ValueError('x' * 100_000_000)",
}
# The command, with other patience than half an hour, and how much memory it took at most.
COMMAND = """
import sys
from pmanalytics.reporting import kernels
kernels.EXECUTION_TIMEOUT = int(sys.argv.pop(1))
from pmanalytics.cli import main
try:
    main()
finally:
    from tests.memory import own_peak
    print("peak", own_peak() // 2**20)
"""
MOST_MEMORY = 350  # megabytes; the command itself takes half of that


def notebook(path: Path, code: str) -> Path:
    """A notebook for a report, with a part that goes wrong."""
    team = nbformat.read(TEAM, as_version=4)
    cells = [*team.cells[:2], new_markdown_cell("## A part"), new_code_cell(code)]
    nbformat.write(new_notebook(cells=cells, metadata=team.metadata), path)
    return path


def fails(place: Path, parts: Mapping[str, str], sentence: str, *, seconds: int) -> None:
    """Make reports on notebooks that go wrong, all in one run, where older ones stand."""
    for name in parts:
        shutil.copytree(place / "out" / "2026Q3" / "team", place / "out" / "2026Q3" / name)
    before = files_in(place / "out")
    own = [str(notebook(place / f"{name}.ipynb", code)) for name, code in parts.items()]
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, str(seconds), "report", *own, *VERBS["report"].words[2:]],
        cwd=place, env=environment(place), capture_output=True, text=True, check=False, timeout=550,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert one_sentence(done.stderr)
    said = [line for line in done.stderr.splitlines() if line.startswith("failed: ")]
    for name, line in zip(parts, said, strict=True):
        assert sentence.format(name=f"{name}.ipynb") in line
        assert len(line) < 700
    after = files_in(place / "out")
    assert {name for name in before if after.get(name) != before[name]} <= {"index.html"}
    assert hidden_in(place / "out") == set()
    assert int(done.stdout.split()[-1]) < MOST_MEMORY
    assert nobody_left(place)
    assert list((place / "tmp").iterdir()) == []


Place = Callable[[Verb], Path]


def test_a_notebook_that_dies_is_one_sentence(place_of: Place) -> None:
    sentence = "The Python process that runs {name} ended twice before it was done ("
    fails(place_of(VERBS["report"]), DYING, sentence, seconds=500)


def test_a_notebook_that_hangs_is_one_sentence(place_of: Place) -> None:
    fails(place_of(VERBS["report"]), HANGING, "A cell of {name} ran for more than ", seconds=5)


def test_a_notebook_that_shows_100_megabytes_is_one_sentence(place_of: Place) -> None:
    sentence = "A notebook may show 50 million characters, and this one shows more, "
    fails(place_of(VERBS["report"]), LOUD, sentence, seconds=500)
