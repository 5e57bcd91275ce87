"""Reliability: whatever ends a run, there is the old result or the new one, and it is whole."""

import gc
import os
import resource
import signal
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import plotly.graph_objects as go
import pytest

import pmanalytics as pma
from pmanalytics.errors import PmanalyticsError
from pmanalytics.exchange import write_tables
from pmanalytics.recording import record_decisions
from pmanalytics.reporting.manifest import read_manifest
from pmanalytics.samples import write_sample
from pmanalytics.workbook import write_workbook
from tests.reporting.crashing import batch_command, hidden, survive, whole_reports

# Newer Pythons warn of forks beside threads; the forks here only write files and end.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
SMALL = 4096  # bytes: less than any of the files that are written here


# What others do, to see that the trials below would find it.


def test_a_naive_save_of_a_workbook_loses_the_old_one(tmp_path: Path) -> None:
    """openpyxl opens the file first and then writes: a full disk leaves neither old nor new."""
    path = tmp_path / "w.xlsx"
    openpyxl.Workbook().save(path)
    code = f"""
        import openpyxl, resource, signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        book = openpyxl.load_workbook({str(path)!r})
        for row in range(3000):
            book.active.append([str(row * 7919) * 3])
        resource.setrlimit(resource.RLIMIT_FSIZE, ({SMALL}, {SMALL}))
        try:
            book.save({str(path)!r})
        except OSError:
            raise SystemExit(7)
    """
    done = in_a_process(code)
    assert done.returncode != 0
    with pytest.raises((KeyError, zipfile.BadZipFile)):
        openpyxl.load_workbook(path)


def in_a_process(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(code)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def with_a_full_disk(work: Callable[[], object]) -> None:
    """Do some work where no file may grow beyond SMALL; it must end in one sentence of ours."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, limit[1]))
    try:
        with pytest.raises(PmanalyticsError) as refused:
            work()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert str(refused.value).count(". ") == 0


def killed_in_writing(work: Callable[[], object]) -> None:
    """Do some work in a fork that is ended from outside once a file has grown to SMALL bytes."""
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, SMALL))
        work()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGXFSZ


Ending = Callable[[Callable[[], object]], None]
ENDINGS = pytest.mark.parametrize("ending", [with_a_full_disk, killed_in_writing])


def seen(folder: Path) -> dict[str, bytes]:
    """What anybody sees in a folder, by its name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


@ENDINGS
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_tables_are_the_old_ones_or_the_new_ones(
    ending: Ending, form: str, sample: pma.Dataset, tmp_path: Path
) -> None:
    write_tables(sample, tmp_path, form=form)
    before = seen(tmp_path)
    assert max(map(len, before.values())) > SMALL
    fewer = pma.Dataset(**{**vars(sample), "items": sample.items.iloc[1:]})
    ending(lambda: write_tables(fewer, tmp_path, form=form))
    assert seen(tmp_path) == before


@ENDINGS
def test_tables_that_were_never_written_are_not_there_half(
    ending: Ending, sample: pma.Dataset, tmp_path: Path
) -> None:
    ending(lambda: write_tables(sample, tmp_path / "tables"))
    assert seen(tmp_path) == {}


# The writer of workbooks leaves an archive behind that complains when it is thrown away.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@ENDINGS
def test_a_workbook_is_the_old_one_or_the_new_one(
    ending: Ending, q3: pma.Snapshot, tmp_path: Path
) -> None:
    write_workbook(q3, tmp_path / "w.xlsx", about={})
    before = seen(tmp_path)
    ending(lambda: write_workbook(q3, tmp_path / "w.xlsx", about={"organisation": "Another"}))
    gc.collect()
    assert seen(tmp_path) == before


@ENDINGS
def test_the_files_of_the_sample_are_the_old_ones_or_the_new_ones(
    ending: Ending, tmp_path: Path
) -> None:
    write_sample(tmp_path)
    before = seen(tmp_path)
    ending(lambda: write_sample(tmp_path))
    assert seen(tmp_path) == before


@ENDINGS
def test_decisions_are_added_whole_or_not_at_all(ending: Ending, tmp_path: Path) -> None:
    file = tmp_path / "decisions.csv"
    one = {"decided_on": "2026-10-12", "subject": "jira:PAY-1", "kind": "drop"}
    record_decisions(file, [one])
    before = file.read_bytes()
    many = [one | {"subject": f"jira:PAY-{number}", "reason": "x" * 50} for number in range(2, 99)]
    ending(lambda: record_decisions(file, many))
    assert file.read_bytes() == before
    assert len(record_decisions(file, many)) == 97


@ENDINGS
def test_a_draft_is_whole_or_not_there(ending: Ending, tmp_path: Path) -> None:
    write_sample(tmp_path / "exports")
    (tmp_path / "exports" / "pmanalytics.toml").unlink()
    target = tmp_path / "pmanalytics.toml"
    ending(lambda: pma.draft_settings(tmp_path / "exports", output=target))
    assert not target.exists()


def test_two_writers_of_one_workbook_leave_a_whole_one(q3: pma.Snapshot, tmp_path: Path) -> None:
    """Both succeed and the last one wins; neither takes the file that the other is writing."""
    path = tmp_path / "w.xlsx"
    (tmp_path / ".w.xlsx.part").write_text("what a third one is writing")
    children = []
    for number in range(2):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                for _ in range(2):
                    write_workbook(q3, path, about={"organisation": f"Company {number}"})
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    assert "About" in openpyxl.load_workbook(path, read_only=True).sheetnames
    assert sorted(found.name for found in tmp_path.iterdir()) == [".w.xlsx.part", "w.xlsx"]


# Whole reports.


@pytest.mark.parametrize(("trial", "often"), [("kill", 4), ("twice", 5), ("race", 5)])
def test_deaths_at_each_change_and_runs_that_meet(trial: str, often: int, tmp_path: Path) -> None:
    survive(trial, often, tmp_path)


def test_two_batches_at_once_do_not_mix(tmp_path: Path) -> None:
    command = batch_command(tmp_path)
    days = {"2026-10-12": "2026-10-13", "2026-10-13": "2026-10-12"}
    runs = [
        subprocess.Popen([*command, "--force", "--as-of", day], stdout=subprocess.DEVNULL)
        for day in days
    ]
    assert [run.wait() for run in runs] == [0, 0]
    folders = whole_reports(tmp_path / "reports")
    assert len(folders) == 3
    for folder in folders:
        # All files of a folder are of one run.
        manifest = read_manifest(folder)
        assert manifest is not None
        for name in ("notebook.ipynb", "report.html", "summary.md"):
            text = (folder / name).read_text()
            assert manifest["as_of"] in text
            assert days[manifest["as_of"]] not in text
    assert hidden(tmp_path) == []


def test_a_naive_report_differs_from_run_to_run(tmp_path: Path) -> None:
    """Identifiers of charts and styles, and the clock in a workbook, are new each time."""
    figure, table = go.Figure(go.Bar(y=[1])), pd.DataFrame({"a": [1]})
    assert figure.to_html(include_plotlyjs=False) != figure.to_html(include_plotlyjs=False)
    assert table.style.to_html() != table.style.to_html()


ABROAD = """
import locale
locale.setlocale(locale.LC_ALL, "")
assert locale.str(0.5) == "0,5"
from pmanalytics.cli import main
main()
"""


def test_the_same_input_gives_the_same_bytes_anywhere(
    quarterly: Path, locale_of: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    elsewhere = {"PYTHONHASHSEED": "7", "TZ": "Pacific/Kiritimati", **locale_of("tr_TR")}
    command = [sys.executable, "-c", ABROAD, "report", "quarterly", "--sample"]
    subprocess.run(
        [*command, "--output", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path.cwd()), **elsewhere},
        check=True,
        capture_output=True,
    )
    again = tmp_path / quarterly.parent.name / "quarterly"
    files = {path.relative_to(quarterly) for path in quarterly.rglob("*") if path.is_file()}
    assert files == {path.relative_to(again) for path in again.rglob("*") if path.is_file()}
    assert len(files) > 20
    different = [at for at in files if (quarterly / at).read_bytes() != (again / at).read_bytes()]
    assert different == []
