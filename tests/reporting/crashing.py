"""Runs that are killed, and runs that meet: the trials, and what must be there after each."""

import random
import subprocess
import sys
import time
from pathlib import Path

from pmanalytics.reporting.manifest import is_whole, read_manifest

HERE = Path(__file__).parent
TEAM = HERE / "notebooks" / "team.ipynb"
CONFIG = '[[source]]\npath = "items.csv"\nobserved_at = 2026-10-12T06:00:00Z\n'
ITEMS = "item_id,title,state,team\na:1,x,open,web\na:2,x,open,core\na:3,x,open,apps\n"


def batch_command(place: Path) -> list[str]:
    """Write a company of three teams, and give the command that makes a report for each."""
    (place / "items.csv").write_text(ITEMS)
    (place / "pmanalytics.toml").write_text(CONFIG)
    command = [sys.executable, "-m", "pmanalytics", "report", str(TEAM), "--each", "team"]
    command += ["--config", str(place / "pmanalytics.toml"), "--output", str(place / "reports")]
    return [*command, "--period", "2026Q3"]


def whole_reports(output: Path) -> list[Path]:
    """The folders of reports that anybody can see; every file that is seen must be of a whole one."""
    seen = {path for path in output.rglob("*") if path.is_file() and is_seen(path, output)}
    folders = sorted(path.parent for path in seen if path.name == "manifest.json")
    known = {output / "index.html"}
    for folder in folders:
        manifest = read_manifest(folder)
        assert manifest is not None, folder
        assert is_whole(folder, manifest), folder
        known |= {folder / file["path"] for file in manifest["files"]} | {folder / "manifest.json"}
    assert seen <= known
    return folders


def is_seen(path: Path, output: Path) -> bool:
    return not any(part.startswith(".") for part in path.relative_to(output).parts)


def hidden(output: Path) -> list[Path]:
    return [path for path in output.rglob(".*") if path.name != ".lock"]


def survive_kills(place: Path, *, kills: int, seed: int) -> None:
    """Kill a batch at random moments, and look at the folder after each death."""
    command, output = batch_command(place), place / "reports"
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    lasts, moments = time.monotonic() - began, random.Random(seed)
    for number in range(kills):
        # Every second run is forced to replace what is there, the others find a new export.
        forced = ["--force"] if number % 2 else []
        process = subprocess.Popen(
            [*command, *forced], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(moments.uniform(0, 1.1 * lasts))
        process.kill()
        process.wait()
        whole_reports(output)
        if not number % 2:
            (place / "items.csv").write_text(ITEMS + f"a:9,{number},done,web\n")
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert len(whole_reports(output)) == 3
    assert hidden(output) == []
    assert (output / "index.html").read_text().count('class="page"') == 3
    assert (
        subprocess.run(command, check=True, capture_output=True, text=True).stdout.count(
            "unchanged: "
        )
        == len(done.stdout.splitlines()) - 1
    )


def survive(trial: str, often: int, place: Path) -> None:
    """Run a trial of `dying.py`, in two processes at once where they are to meet."""
    output = place / "reports"
    command = [
        sys.executable,
        "-m",
        "tests.reporting.dying",
        str(TEAM),
        str(output),
        trial,
        str(often),
    ]
    runs = [
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=HERE.parent.parent)
        for _ in range(2 if trial == "race" else 1)
    ]
    failures = [run.communicate()[1] for run in runs]
    assert [run.returncode for run in runs] == [0] * len(runs), failures
    assert len(whole_reports(output)) == 3
    assert hidden(output) == []
