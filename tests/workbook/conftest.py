"""A few items and their workbook, written once."""

from collections.abc import Callable
from pathlib import Path

import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.snapshots import Snapshot
from pmanalytics.workbook import write_workbook
from tests.workbook.making import ABOUT, item


@pytest.fixture(scope="session")
def few_data(dataset: Callable[..., Dataset]) -> Dataset:
    """Five items of two incidents; the default policy gives sev1 15 and sev2 30 days.

    INC-1 was resolved on 2026-07-01, so its items are due on 2026-07-16; INC-2 on 2026-10-10, due
    on 2026-11-09.
    """
    items = [
        item("PAY-4", "+cmd|' /C calc'!A0", team=None, owners=[]),
        item("PAY-3", "x" * 40_000, incident_id="INC-2", url="javascript:alert(1)", team="@sum"),
        item("PAY-2", "<r><t>bold</t></r>", incident_id="INC-1", state="done",
             closed_at="2026-07-10T09:00:00Z"),
        item("PAY-1", "=1+1", incident_id="INC-1", promised_on="2026-08-31"),
        item("PAY-5", "long ago", state="done", closed_at="2026-03-01T09:00:00Z"),
    ]  # fmt: skip
    incidents = [
        {"incident_id": "INC-1", "severity": "sev1", "started_at": "2026-07-01T03:00:00Z",
         "resolved_at": "2026-07-01T05:00:00Z"},
        {"incident_id": "INC-2", "severity": "sev2", "started_at": "2026-10-10T03:00:00Z",
         "resolved_at": "2026-10-10T05:00:00Z"},
    ]  # fmt: skip
    return dataset(items=items, incidents=incidents)


@pytest.fixture(scope="session")
def few(few_data: Dataset) -> Snapshot:
    """These items as of 2026-10-20."""
    return pma.snapshot(few_data, as_of="2026-10-20", period="2026Q3")


@pytest.fixture(scope="session")
def few_written(few: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Their workbook; no test may change it."""
    return write_workbook(few, tmp_path_factory.mktemp("few") / "workbook.xlsx", about=ABOUT)
