"""Saving: the workbook may be begun early, and is the same whenever it was begun."""

import os
import time
from pathlib import Path

import pytest

from pmanalytics.reporting import beside
from pmanalytics.reporting.opening import Report, open_report
from pmanalytics.reporting.saving import begin_saving, save_report

FORK = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


@pytest.fixture(scope="module")
def report() -> Report:
    return open_report(period="2026Q3", as_of="2026-10-12").on(team="Payments")


def written(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@FORK
def test_what_was_begun_early_is_what_is_saved_late(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, early = tmp_path / "late", tmp_path / "early"
    save_report(report, output=late)
    monkeypatch.setattr(beside, "_ALLOWED", [True])
    early.mkdir()
    begin_saving(report, output=early)
    until = time.monotonic() + 60
    while not (early / "workbook.xlsx").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert set(written(early)) == {"workbook.xlsx"}, "no other process was making it"
    made_on = (early / "workbook.xlsx").stat().st_ino
    save_report(report, output=early)
    assert (early / "workbook.xlsx").stat().st_ino == made_on, "it was made once more"
    assert written(early) == written(late)


def test_where_nothing_is_done_beside_nothing_is_begun(report: Report, tmp_path: Path) -> None:
    begin_saving(report, output=tmp_path)
    begin_saving(report, output="")
    assert list(tmp_path.iterdir()) == []


@FORK
def test_another_folder_is_not_left_without_a_workbook(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "_ALLOWED", [True])
    begin_saving(report, output=tmp_path / "gone")
    save_report(report, output=tmp_path / "here")
    assert (tmp_path / "here" / "workbook.xlsx").exists()


@FORK
def test_a_report_that_was_narrowed_after_the_beginning_has_its_own_workbook(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_report(report, output=tmp_path / "alone")
    monkeypatch.setattr(beside, "_ALLOWED", [True])
    (tmp_path / "narrowed").mkdir()
    begin_saving(open_report(period="2026Q3", as_of="2026-10-12"), output=tmp_path / "narrowed")
    save_report(report, output=tmp_path / "narrowed")
    assert written(tmp_path / "narrowed") == written(tmp_path / "alone")
