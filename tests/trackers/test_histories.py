"""Histories: days as the due dates of the same file are."""

import numpy as np
import pytest

from pmanalytics.reading.cells import Cells
from pmanalytics.settings import Settings, Source
from pmanalytics.trackers import TRACKERS
from pmanalytics.trackers.histories import days_of
from pmanalytics.trackers.model import Export


@pytest.mark.parametrize(("zone", "day"), [("UTC", "2026-01-24"), ("Europe/Berlin", "2026-01-25")])
def test_days_are_those_of_the_zone(zone: str, day: str) -> None:
    """23:30 in UTC is half past midnight in Berlin; what is no date stays as it is."""
    tracker = next(tracker for tracker in TRACKERS if tracker.name == "azure_devops")
    export = Export(
        name="x", sha256="", size=0, tracker=tracker, table="items", source=Source(),
        settings=Settings(timezone=zone), header=(), cells=Cells({}, np.arange(0)), columns={},
    )  # fmt: skip
    assert days_of(export, ["2026-01-24T23:30:00Z", "", "soon"]) == [day, "", "soon"]
