"""Speed as ratios to a floor that is measured in the same run: `make bench`.

Machines are noisy and differ, so no time is a test. A floor is work that cannot be avoided: reading
the same file with pandas and making nothing of it, or papermill running an empty notebook. Each
time is the best of a few; a ratio of 1 costs as much as the floor.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd

import pmanalytics as pma
from pmanalytics import metrics, statistics
from pmanalytics.settings import Settings, Source
from pmanalytics.tables import TABLES, conform
from pmanalytics.trackers import read_file
from tests.benchmarks import worlds
from tests.benchmarks.measures import peak, seconds, show
from tests.benchmarks.writing import writing
from tests.oracles.asking import INTERPRETER, ask

JIRA_ROWS = 1_000_000
GITHUB_ISSUES = 100_000
REPORTED_ROWS = 100_000
ITEMS = 1_000_000
LIVES = 100_000
WRITTEN_INCIDENTS = 50_000
# Comparing titles has no limit of its own; it grows with the contested items.
TIMED = [name for name in metrics.__all__ if name != "candidate_teams"]
# The tables that the design lists, which together have a limit of time.
LISTED = (
    "standings", "attainment", "speed", "completion_curve", "backlog", "flow", "attainment_trend",
    "funnel", "ownership_gaps", "gap_rates", "unowned_services", "repeats", "repeat_rate",
    "weak_services", "discoverability", "participation",
)  # fmt: skip


def reading(folder: Path) -> None:
    """Exports, everything checked, against making nothing of them."""
    file = folder / "jira.csv"
    worlds.write_jira(file, rows=JIRA_ROWS)
    text = {"dtype": str, "keep_default_na": False}
    floors = {
        "read_csv(dtype=str)": seconds(lambda: pd.read_csv(file, **text), times=1),
        "read_csv": seconds(lambda: pd.read_csv(file, low_memory=False), times=1),
    }
    cost = seconds(lambda: _tables(file), times=2)
    show(f"read {JIRA_ROWS:,} Jira rows of 60 columns", cost, floors)
    memory(f"peak memory of {JIRA_ROWS:,} Jira rows", file)
    stores = [folder / "store-1", folder / "store-2"]
    cost = seconds(lambda: pma.ingest(stores.pop(), file), times=2)
    show(f"keep {JIRA_ROWS:,} Jira rows in a store", cost, floors)
    cost = seconds(lambda: pma.read(folder / "store-1"), times=2)
    show(f"read {JIRA_ROWS:,} Jira rows from a store", cost, floors)
    for place in ("store-1", "store-2"):
        shutil.rmtree(folder / place)
    file.unlink()
    file = folder / "github.json"
    worlds.write_github(file, issues=GITHUB_ISSUES)
    floor = seconds(lambda: json.loads(file.read_bytes()), times=2)
    cost = seconds(lambda: _tables(file), times=2)
    show(f"read {GITHUB_ISSUES:,} GitHub issues", cost, {"json.load": floor})
    memory(f"peak memory of {GITHUB_ISSUES:,} GitHub issues", file)
    file.unlink()


def _tables(file: Path) -> object:
    return read_file(file, source=Source(), settings=Settings(), name=file.name)


def memory(what: str, file: Path) -> None:
    """Print how much memory reading a file takes at most, against the size of the file."""
    reading = f"read_file(Path({str(file)!r}), source=Source(), settings=Settings(), name='x')"
    used, size = peak(READING, reading) - peak(READING, "pass"), file.stat().st_size
    print(f"{what:<44} {used / 1e6:6.0f} MB  {used / size:6.2f} x the file", flush=True)


READING = (
    "from pathlib import Path\n"
    "from pmanalytics.settings import Settings, Source\n"
    "from pmanalytics.trackers import read_file"
)
MEASURING = (
    "import pmanalytics as pma\n"
    "from tests.benchmarks import worlds\n"
    f"data = worlds.large_dataset({ITEMS})\n"
    "q3 = pma.snapshot(data, as_of='2026-10-12', period='2026Q3')"
)
THE_TABLES = f"for name in {LISTED}: getattr(pma, name)(q3)"


def measuring(folder: Path) -> None:
    """Judging and measuring a million items of 50,000 incidents, against reading them.

    A metric is measured over everything and by team; it is the former that the sum is of.
    """
    data = worlds.large_dataset(ITEMS)
    file = folder / "items.csv"
    data.items.drop(columns=["owners", "labels", "links", "other_incidents"]).to_csv(
        file, index=False
    )
    floors = {
        "read_csv": seconds(lambda: pd.read_csv(file, low_memory=False), times=1),
        "read_csv(dtype=str)": seconds(
            lambda: pd.read_csv(file, dtype=str, keep_default_na=False), times=1
        ),
    }
    judging = seconds(lambda: pma.snapshot(data, as_of="2026-10-12", period="2026Q3"), times=2)
    show(f"snapshot of {ITEMS:,} items", judging, floors)
    total = dict.fromkeys(TIMED, 0.0)
    q3 = pma.snapshot(data, as_of="2026-10-12", period="2026Q3")
    for name in TIMED:
        metric = getattr(pma, name)
        cost = seconds(lambda metric=metric: metric(q3), times=1)
        show(f"  {name}", cost, floors)
        total[name] = cost
        cost = seconds(lambda metric=metric: metric(q3, by="team"), times=1)
        show("    by team", cost, floors)
    show("the 16 tables of the design", sum(total[name] for name in LISTED), floors)
    show("all metrics", sum(total.values()), floors)
    counting(data)
    used = peak(MEASURING, THE_TABLES)
    print(f"{'peak memory of snapshot and these tables':<44} {used / 1e6:6.0f} MB", flush=True)


def counting(data: pma.Dataset) -> None:
    """Flow by week from cumulative counts, against a mask over all items for every week."""
    weekly = pma.snapshot(data, as_of="2026-10-12", period="2026-W30")
    items, weeks = weekly.items, pd.unique(pma.flow(weekly)["period"])
    ends = [pma.parse_period(week).end for week in weeks]
    began, closed = items["started_on"], items["closed_on"]

    def masks(chosen: pd.Series | None = None) -> list[int]:
        mine = pd.Series(data=True, index=items.index) if chosen is None else chosen
        days = map(pd.Timestamp, ends)
        return [(mine & (began <= day) & ~(closed <= day)).sum() for day in days]

    week = seconds(masks, times=1)
    show("flow by week", seconds(lambda: pma.flow(weekly)), {"one mask per week": week})
    team = items["team"].unique()
    each = seconds(lambda: masks(items["team"] == team[0]), times=1) * len(team)
    cost = seconds(lambda: pma.flow(weekly, by="team"))
    show("flow by team and week", cost, {"one mask per team and week": each})


def estimating() -> None:
    """The estimators of survival against lifelines, which counts the same items."""
    dice = np.random.default_rng(5)
    days = dice.lognormal(3.2, 1.2, LIVES).astype(int)
    ended = dice.integers(0, 2, LIVES)
    cost = seconds(lambda: statistics.kaplan_meier(statistics.life_table(days, ended)), times=5)
    what = f"Kaplan-Meier of {LIVES:,} items"
    if not INTERPRETER.exists():
        print(f"{what:<44} {cost:7.2f} s   (for lifelines: make oracle)")
        return
    question = {"ask": "kaplan_meier", "days": days.tolist(), "ended": ended.tolist()}
    show(what, cost, {"lifelines": ask([question])[0]["seconds"]})


def growing() -> None:
    """Cost per item as the data grow: a constant ratio means that nothing is quadratic."""
    base = None
    for size in (10_000, 100_000, 1_000_000):
        data = worlds.large_dataset(size)

        def work(data: pma.Dataset = data) -> None:
            q3 = pma.snapshot(data, as_of="2026-10-12", period="2026Q3")
            for name in TIMED:
                getattr(pma, name)(q3)

        cost = seconds(work, times=1) / size * 1_000_000
        base = base or cost
        show(f"the same, per million, of {size:,} items", cost, {"that of 10,000": base})


def matching() -> None:
    """Candidates by text, against making vectors of the same texts with scikit-learn alone."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    known = worlds.written_incidents(WRITTEN_INCIDENTS)
    texts = (known["title"] + " " + known["title"] + " " + known["summary"]).tolist()
    runs = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    floor = {"TfidfVectorizer": seconds(lambda: runs.fit_transform(texts), times=1)}
    empty = {name: conform(pd.DataFrame(), name) for name in TABLES}
    for what, service in (("300 services", known["service"]), ("one service", "all")):
        size = len(known) if what == "300 services" else 20_000
        some = known.assign(service=service).iloc[:size]
        data = pma.Dataset(**(empty | {"incidents": some}), settings=Settings())
        q3 = pma.snapshot(data, as_of="2026-10-12")
        cost = seconds(lambda q3=q3: pma.similar_incidents(q3), times=1)
        show(f"similar_incidents, {size:,} in {what}", cost, floor)


def reporting(folder: Path) -> None:
    """Whole reports on 100,000 rows, against an empty notebook and the plain read."""
    config = worlds.write_company(folder / "company", rows=REPORTED_ROWS)
    empty = folder / "empty.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("")]), empty)
    papermill = ["papermill", "--no-progress-bar", "-k", "python3", empty, folder / "out.ipynb"]
    bare = _started(*papermill)
    export = folder / "company" / "jira.csv"
    plain = seconds(lambda: pd.read_csv(export, low_memory=False), times=2)
    quarter = ["pmanalytics", "report", "quarterly", "--period", "2026Q3", "--force"]
    quarter += ["--output", folder / "reports"]
    cost = _started(*quarter, "--config", config)
    what = f"quarterly report on {REPORTED_ROWS:,} rows"
    show(what, cost, {"papermill + read_csv": bare + plain})
    show("quarterly report on the sample", _started(*quarter, "--sample"), {"papermill": bare})
    teams(folder, config)
    helping = _started("pmanalytics", "--help", times=5)
    show("pmanalytics --help", helping, {"python -c ''": _started("this", times=5)})


def _started(*command: object, times: int = 3) -> float:
    """The best wall time of a module that is run as a program."""
    whole = [sys.executable, "-m", *map(str, command)]
    work = partial(subprocess.run, whole, check=True, capture_output=True)
    return seconds(work, times=times)


TEAM_REPORTS = """
import sys
from pmanalytics.reporting import Job, make_reports
config, output, *teams = sys.argv[1:]
jobs = [Job("team", settings={"team": team}, period="2026Q3") for team in teams]
done = make_reports(*jobs, config=config, output=output, force=True)
assert len(done.made) == len(teams), done.failed
"""


def teams(folder: Path, config: Path) -> None:
    """Twenty reports on one team each, in one batch, against one such report."""

    def batch(number: int) -> None:
        asked = [config, folder / "reports", *worlds.TEAMS[:number]]
        command = [sys.executable, "-c", TEAM_REPORTS, *asked]
        subprocess.run(command, check=True, capture_output=True)

    one = seconds(lambda: batch(1))
    show("20 team reports", seconds(lambda: batch(20), times=2), {"one team report": one})


PARTS: dict[str, Callable[[Path], None]] = {
    "reading": reading,
    "measuring": measuring,
    "growing": lambda folder: growing(),
    "estimating": lambda folder: estimating(),
    "matching": lambda folder: matching(),
    "writing": lambda folder: writing(),
    "reporting": reporting,
}


def main() -> None:
    """Run all benchmarks, or those that are named, and print the table."""
    for name in sys.argv[1:] or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            PARTS[name](Path(folder))


if __name__ == "__main__":
    main()
