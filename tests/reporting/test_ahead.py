"""Reports opened ahead: what several notebooks ask for is there already, and is the same."""

from pathlib import Path

import pandas as pd
import pytest

from pmanalytics.reporting import ahead
from pmanalytics.reporting.ahead import keep_opened, opened_ahead
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
    keep_opened([OPENING | {"several": "yes"}])
    kept = opened_ahead(**OPENING)
    assert kept is not None
    assert kept.before is not None
    assert len(kept.before.items) > len(alone.previous.items) > 0
    pd.testing.assert_frame_equal(kept.on(team="Payments").previous.items, alone.previous.items)


def test_for_one_notebook_nothing_is_worked_out_that_it_may_not_need() -> None:
    keep_opened([OPENING])
    kept = opened_ahead(**OPENING)
    assert kept is not None
    assert kept.before is None


def test_each_way_to_open_is_asked_for_once(tmp_path: Path) -> None:
    jobs = [Job("team", {"team": "Payments"}), Job("team", {"team": "Depots"}), Job("policy")]
    jobs = [*jobs, Job("team", period="2026Q2")]
    plans = [plan(job, as_of=None, output=tmp_path, inputs=Inputs()) for job in jobs]
    assert _openings(plans) == [
        {"config": "", "period": "", "as_of": "", "several": "yes"},
        {"config": "", "period": "2026Q2", "as_of": ""},
    ]
