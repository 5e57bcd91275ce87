"""Verbs that write: the command, what stood in its place before, and what stands there after.

Each is tried in a folder of its own. The output goes to `out` beneath it, temporary files to `tmp`.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import openpyxl

import pmanalytics as pma
from pmanalytics.exchange import write_tables
from pmanalytics.reporting.folders import tidy
from pmanalytics.samples import write_sample
from tests.answers.small_world import FILES, ON, small_world
from tests.reporting.crashing import is_seen, whole_reports

ROOT: Final = Path(__file__).parent.parent.parent
TEAM: Final = ROOT / "tests" / "reporting" / "notebooks" / "team.ipynb"
Sight = Mapping[str, object]


def files_in(out: Path) -> Sight:
    """What anybody sees in a folder, by its name."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and is_seen(path, out)
    }


def hidden_in(out: Path) -> set[str]:
    """What nobody is to see; locks may stay."""
    found = {path.relative_to(out).as_posix() for path in out.rglob(".*")}
    return {name for name in found if not name.endswith(".lock")}


def report_in(out: Path) -> Sight:
    """The files of the report, which are of one run, once a next run has begun."""
    whole_reports(out)
    tidy(out)
    whole_reports(out)
    return {"report": {name: held for name, held in files_in(out).items() if "/" in name}}


def store_in(out: Path) -> Sight:
    """What somebody reads from a store."""
    return {"items": sorted(pma.read(out).items["title"])}


@dataclass(frozen=True)
class Verb:
    """A verb: the words of its command, what makes the older state of `out`, and how it is seen.

    `full` is its exit code on a full disk; `together` says that its files are replaced all or none.
    """

    name: str
    words: tuple[str, ...]
    older: Callable[[Path], object]
    sees: Callable[[Path], Sight] = files_in
    full: int = 2
    together: bool = True


def _read(place: Path) -> None:
    write_tables(pma.read(place / "first"), place / "out")


def _report(place: Path) -> None:
    run(place, *[word.replace("second", "first") for word in VERBS["report"].words])


def _workbook(place: Path) -> None:
    (place / "out").mkdir()
    world = small_world(place / "out")
    book = openpyxl.load_workbook(world.workbook)
    sheet = book["Actions"]
    header = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, 5):
        sheet.cell(row, header["Note (answer)"]).value = f"asked {row} times, Größe ✓"
    book.save(place / "edited.xlsx")
    shutil.rmtree(place / "out" / "given")


def _ingest(place: Path) -> None:
    pma.ingest(place / "out", place / "first" / "items.csv")


def _sample(place: Path) -> None:
    for file in write_sample(place / "out"):
        file.write_text("older\n")


def _nothing(place: Path) -> None:
    (place / "out").mkdir()


VERBS: Final = {
    verb.name: verb
    for verb in (
        Verb("read", ("read", "second", "--output", "out"), _read),
        Verb(
            "report",
            ("report", str(TEAM), "--config", "second/pmanalytics.toml", "--period", "2026Q3", "--output", "out"),
            _report,
            report_in,
            full=3,
        ),
        Verb(
            "workbook",
            ("workbook", "apply", "edited.xlsx", "--config", "out/pmanalytics.toml", "--write", "--on", ON),
            _workbook,
        ),
        Verb("ingest", ("ingest", "second/items.csv", "--store", "out"), _ingest, store_in),
        Verb("sample", ("sample", "out"), _sample),
        Verb("init", ("init", "second/items.csv", "--output", "out/drafted.toml"), _nothing),
        Verb("lab", ("lab", "out", "--copy-only", "--sample"), _nothing, together=False),
    )
}  # fmt: skip


def write_place(verb: Verb, place: Path) -> Path:
    """A folder with two states of some exports, the second one later, and an older output."""
    for number, name in enumerate(("first", "second")):
        (place / name).mkdir(parents=True)
        for file, text in FILES.items():
            told = text.replace("Alert on a full disk", "Größe der Platte … ✓") if number else text
            (place / name / file).write_text(told, "utf-8")
    (place / "tmp").mkdir()
    verb.older(place)
    return place


def environment(place: Path, **more: str) -> dict[str, str]:
    """The environment of a command; by its folder of temporary files its processes are known."""
    return os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(place / "tmp")} | more


def command(*words: str) -> list[str]:
    """The real command."""
    return [sys.executable, "-m", "pmanalytics", *words]


def run(place: Path, *words: str, before: tuple[str, ...] = (), **more: Any) -> Any:
    """Run the real command to its end; `before` is what it is started by."""
    options: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    options |= {"cwd": place, "env": environment(place), "timeout": 300, "encoding": "utf-8"}
    return subprocess.run([*before, *command(*words)], check=False, **(options | more))


def processes_of(place: Path) -> list[int]:
    """The numbers of the processes that were started for a place, whatever group they are in."""
    mark, found = os.fsencode(f"TMPDIR={place}"), []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue
    return found


def nobody_left(place: Path) -> bool:
    """Whether all processes that were started for a place end, soon."""
    for _ in range(1200):
        if not processes_of(place):
            return True
        time.sleep(0.05)
    return False


def one_sentence(text: str) -> bool:
    """Whether the last line that a command said is a sentence, and no traceback stands before it."""
    last = text.strip().splitlines()[-1]
    return last.startswith("pmanalytics: ") and last.endswith(".") and "Traceback" not in text
