"""Reports opened ahead: what several notebooks ask for is there already, and is the same."""

from pathlib import Path

import pandas as pd
import pytest

from pmanalytics.metrics import similarity
from pmanalytics.reporting import ahead
from pmanalytics.reporting.ahead import keep_opened, opened_ahead, read_all
from pmanalytics.reporting.batches import _openings
from pmanalytics.reporting.fingerprints import Inputs
from pmanalytics.reporting.opening import open_report
from pmanalytics.reporting.planning import Job, plan

OPENING = {"config": "", "period": "2026Q3", "as_of": "2026-10-12"}


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process goes on without what a worker would keep."""
    for name in ("_READ", "_OPENED"):
        monkeypatch.setattr(ahead, name, {})


def test_the_period_before_is_that_of_a_report_opened_alone() -> None:
    alone = open_report(period="2026Q3", as_of="2026-10-12").on(team="Payments")
    keep_opened([OPENING], read_all([OPENING]))
    kept = opened_ahead(**OPENING)
    assert kept is not None
    assert kept.before is not None
    assert len(kept.before.items) > len(alone.previous.items) > 0
    pd.testing.assert_frame_equal(kept.on(team="Payments").previous.items, alone.previous.items)


def test_what_cannot_be_read_is_left_to_the_cell_that_says_so(tmp_path: Path) -> None:
    missing = OPENING | {"config": str(tmp_path / "missing")}
    keep_opened([missing, OPENING], read_all([missing, OPENING]))
    assert opened_ahead(**missing) is None
    assert opened_ahead(**OPENING) is not None


def test_one_opening_that_fails_leaves_the_others(tmp_path: Path) -> None:
    unfit = OPENING | {"as_of": "1999-01-01"}
    keep_opened([unfit, OPENING], read_all([OPENING]))
    assert opened_ahead(**unfit) is None
    assert opened_ahead(**OPENING) is not None


def test_before_a_first_period_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("item_id,title,created_at\nx:1,One,2026-01-05\n")
    first = {"config": str(tmp_path), "period": "2026Q1", "as_of": "2026-03-01"}
    keep_opened([first], read_all([first]))
    kept = opened_ahead(**first)
    assert kept is not None
    assert kept.before is None
    assert not kept.has_previous


def test_each_report_says_how_it_is_opened(tmp_path: Path) -> None:
    jobs = [Job("team", {"team": "Payments"}), Job("team", {"team": "Depots"}), Job("policy")]
    jobs = [*jobs, Job("team", period="2026Q2")]
    plans = [plan(job, as_of=None, output=tmp_path, inputs=Inputs()) for job in jobs]
    lately, before = ({"config": "", "period": period, "as_of": ""} for period in ("", "2026Q2"))
    assert _openings(plans) == [lately, lately, lately, before]


def test_reports_that_are_opened_in_one_way_compare_texts_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep_opened([OPENING, OPENING], read_all([OPENING, OPENING]))
    several, alone = opened_ahead(**OPENING), open_report(period="2026Q3", as_of="2026-10-12")
    expected = alone.on(team="Payments").table("similar_incidents")
    assert several is not None
    monkeypatch.setattr(similarity, "text_vectors", None)  # nobody compares texts any more
    found = several.on(team="Payments").table("similar_incidents")
    pd.testing.assert_frame_equal(found, expected)


def test_a_report_that_is_opened_alone_compares_no_texts_before_it_must(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(similarity, "text_vectors", None)
    keep_opened([OPENING], read_all([OPENING]))
    assert opened_ahead(**OPENING) is not None
