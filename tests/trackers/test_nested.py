"""Nested: lists inside records, whatever stands in their place."""

import numpy as np
import pytest

from pmanalytics.reading.cells import Cells
from pmanalytics.settings import Settings, Source
from pmanalytics.trackers import TRACKERS
from pmanalytics.trackers.model import Export
from pmanalytics.trackers.nested import days_of, mostly, named_values, nested, texts_at


@pytest.mark.parametrize(
    "listed",
    [
        [{"a": 1}, {"a": 2}],
        {"nodes": [{"a": 1}, None, {"a": 2}]},
        {"count": 2, "value": [{"a": 1}, {"a": 2}]},
        {"edges": [{"node": {"a": 1}}, {"node": None}, 5, {"node": {"a": 2}}]},
    ],
)
def test_lists_of_every_wrapping(listed: object) -> None:
    assert nested([{}, {"x": listed}], "x") == ([1, 1], [{"a": 1}, {"a": 2}])


@pytest.mark.parametrize("other", [None, 3, "text", {}, {"nodes": None}, [[], 3], {"edges": 1}])
def test_what_is_no_list_is_nothing(other: object) -> None:
    assert nested([{"x": other}], "x") == ([], [])
    assert named_values({"x": other}, "x", ("value",)) == {}


def test_texts_of_values_of_any_type() -> None:
    records: list[dict[str, object]] = [
        {"x": 5},
        {"x": ["a", "b"]},
        {"x": {"name": "c"}},
        {"x": None},
        {},
    ]
    assert texts_at(records, "x") == ["5", "a;b", "c", "", ""]
    assert texts_at([], "x", "y") == []


def test_exactly_half_is_not_most() -> None:
    assert not mostly([{"a": 1}, {}], lambda record: "a" in record)
    assert not mostly([None], lambda record: "a" in record)


@pytest.mark.parametrize(("zone", "day"), [("UTC", "2026-01-24"), ("Europe/Berlin", "2026-01-25")])
def test_days_are_those_of_the_zone(zone: str, day: str) -> None:
    """23:30 in UTC is half past midnight in Berlin; what is no date stays as it is."""
    tracker = next(tracker for tracker in TRACKERS if tracker.name == "azure_devops")
    export = Export(
        name="x", sha256="", size=0, tracker=tracker, table="items", source=Source(),
        settings=Settings(timezone=zone), header=(), cells=Cells({}, np.arange(0)), columns={},
    )  # fmt: skip
    assert days_of(export, ["2026-01-24T23:30:00Z", "", "soon"]) == [day, "", "soon"]
