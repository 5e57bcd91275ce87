"""The recipes of the README for unattended runs: they parse, and their shell lines make reports.

They run in a folder whose exports arrive by the step that stands for the reader's own. Only the
installation is left out, and the clock stands still.
"""

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import small_folder

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
SECTION = README.split("\n## On a schedule\n")[1].split("\n## ")[0]
HOME = "/srv/postmortems"
MONDAY = "2026-10-12"  # the day of the exports
WEEK, QUARTER = "2026-W41", "2026Q3"  # what was over before it
SCHEDULES = ("0 6 * * 1", "0 6 5 1,4,7,10 *")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", SECTION, flags=re.MULTILINE | re.DOTALL)


SCRIPT, CRONTAB = blocks("bash")[0], blocks("cron")[0]
GITHUB, GITLAB = (yaml.safe_load(text) for text in blocks("yaml"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the recipes: a configuration that reads `exports`, and what came in."""
    place = tmp_path_factory.mktemp("recipes") / "post mortems"
    (place / "incoming").mkdir(parents=True)
    (place / "exports").mkdir()
    small_folder(place / "incoming", items="own:PAY-1,PAY-1,x,prevent,open" + 9 * "," + "\n")
    text = (place / "incoming" / "pmanalytics.toml").read_text("utf-8")
    (place / "incoming" / "pmanalytics.toml").unlink()
    (place / "pmanalytics.toml").write_text(text.replace('"*.csv"', '"exports/*.csv"'), "utf-8")
    (place / "reports.sh").write_text(SCRIPT)
    (place / "reports.sh").chmod(0o755)
    programs = place.parent / "bin"
    programs.mkdir()
    for name, line in (
        ("pmanalytics", f'exec "{sys.executable}" -m pmanalytics "$@"'),
        ("date", f'test "$*" = "+%F" && echo {MONDAY}'),
        ("pip", 'test -n "$2"'),
    ):
        (programs / name).write_text(f"#!/bin/sh\n{line}\n")
        (programs / name).chmod(0o755)
    return place


def shell(line: str, folder: Path, **variables: str) -> str:
    """Run a line as the service would, with the programs of the folder first; what it printed."""
    paths = os.pathsep.join([str(folder.parent / "bin"), "/usr/bin", "/bin"])
    environment = {"PATH": paths, "PYTHONPATH": str(ROOT), "HOME": str(folder.parent), **variables}
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def is_made(said: str, folder: Path, period: str, report: str) -> None:
    """See that a run named its report, made from what came in.

    The recipes share their folder: one that asks for what another made finds it unchanged.
    """
    made = Path("reports") / period / report
    assert {f"unchanged: {made}", str(made / "report.html")} & {*said.splitlines()}
    manifest = json.loads((folder / made / "manifest.json").read_text())
    assert (manifest["as_of"], manifest["period"]) == (MONDAY, period)
    assert sum(entry["items"] or 0 for entry in manifest["inputs"]) == 1


def jobs() -> list[str]:
    lines = [line for line in CRONTAB.splitlines() if re.match(r"[0-9*]", line)]
    return [line.split(maxsplit=5)[5] for line in lines]


def test_the_crontab_has_five_fields_a_path_and_no_bare_percent() -> None:
    first, *lines = CRONTAB.splitlines()
    assert first.startswith("PATH=")
    assert [line.split()[:5] for line in lines] == [
        ["0", "7", "*", "*", "1"],
        ["0", "7", "5", "1,4,7,10", "*"],
    ]
    # cron ends a command at a percent sign.
    assert "%" not in "".join(lines)


@pytest.mark.parametrize(("place", "period"), [(0, WEEK), (1, QUARTER)])
def test_the_lines_of_cron_make_their_reports(place: int, period: str, folder: Path) -> None:
    job = jobs()[place]
    name = job.split()[1]
    is_made(shell(job.replace(HOME, f'"{folder}"'), folder), folder, period, name)


@pytest.fixture
def units(tmp_path: Path) -> dict[str, Path]:
    """The unit files by their suffix, with a script that exists."""
    script = tmp_path / "reports.sh"
    script.write_text(SCRIPT)
    script.chmod(0o755)
    found = {}
    for text in blocks("ini"):
        name = text.splitlines()[0].removeprefix("# ")
        found[Path(name).suffix] = tmp_path / name
        (tmp_path / name).write_text(text.replace(HOME, str(tmp_path)))
    return found


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(path)
    return parser


def test_the_service_runs_what_cron_runs(units: dict[str, Path]) -> None:
    service, timer = unit(units[".service"]), unit(units[".timer"])
    assert units[".service"].stem == units[".timer"].stem
    start = service["Service"]["ExecStart"].replace(str(units[".service"].parent), HOME)
    assert start == jobs()[0]
    assert service["Service"]["Type"] == "oneshot"
    assert service["Service"]["Environment"].startswith("PATH=")
    assert timer["Timer"]["OnCalendar"].startswith("Mon ")
    assert timer["Install"]["WantedBy"] == "timers.target"


def test_systemd_understands_the_units(units: dict[str, Path]) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is missing here; the units are parsed in the test above.")
    files = [str(path) for path in units.values()]
    done = subprocess.run(
        ["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    spans = [unit(units[".timer"])["Timer"]["OnCalendar"]]
    spans += re.findall(r"`OnCalendar=([^`]+)`", SECTION)
    assert len(spans) == 2
    subprocess.run(["systemd-analyze", "calendar", *spans], check=True, capture_output=True)


def steps(schedule: str) -> list[dict[str, Any]]:
    """The steps of the workflow that one of its schedules runs."""
    condition = re.compile(r"github\.event\.schedule == '(.+)'")
    chosen = []
    for step in GITHUB["jobs"]["reports"]["steps"]:
        named = condition.fullmatch(str(step.get("if", "")))
        if named is None or named[1] == schedule:
            chosen.append(step)
    return chosen


def test_each_schedule_of_github_makes_one_report_and_keeps_it() -> None:
    # YAML 1.1 reads the key `on` as true.
    triggers = GITHUB[True]["schedule"]
    assert [trigger["cron"] for trigger in triggers] == list(SCHEDULES)
    for schedule in SCHEDULES:
        lines = [step["run"] for step in steps(schedule) if "run" in step]
        assert len([line for line in lines if "pmanalytics report" in line]) == 1
        kept = steps(schedule)[-1]
        assert kept["uses"].startswith("actions/upload-artifact@")
        assert kept["with"]["path"] == "reports/"
    assert GITHUB["permissions"] == {"contents": "read"}


@pytest.mark.parametrize(
    ("schedule", "report", "period"),
    [(SCHEDULES[0], "week", WEEK), (SCHEDULES[1], "quarterly", QUARTER)],
)
def test_the_steps_of_github_make_their_reports(
    schedule: str, report: str, period: str, folder: Path
) -> None:
    said = [shell(step["run"], folder) for step in steps(schedule) if "run" in step]
    is_made("".join(said), folder, period, report)


def test_the_script_of_gitlab_makes_its_report_and_keeps_it(folder: Path) -> None:
    job = GITLAB["reports"]
    assert job["artifacts"]["paths"] == ["reports/"]
    assert job["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "schedule"'}]
    assert GITLAB["variables"] == {"REPORT": "week", "PERIOD": "last-week"}
    said = [shell(line, folder, **GITLAB["variables"]) for line in job["script"]]
    is_made("".join(said), folder, WEEK, "week")


def test_the_schedules_of_gitlab_are_those_of_github() -> None:
    text = SECTION.split("**GitLab CI**")[1].split("```")[0]
    assert re.findall(r"`(0 [^`]+)`", text) == list(SCHEDULES)
    assert {"`REPORT=quarterly`", "`PERIOD=last-quarter`"} <= set(re.findall(r"`[^`]+`", text))
