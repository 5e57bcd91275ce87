"""The metrics find exactly what was planted in the sample, no more and no less."""

import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.samples import truth
from pmanalytics.snapshots import Snapshot

STANDINGS = (
    "met", "late", "overdue", "pending", "dropped_in_time", "dropped_late", "no_target", "unknown",
)  # fmt: skip
TRUTH = truth()


def plain(value: Any) -> Any:
    """A cell as Python says it; missing is None, a day is a date."""
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


def folded(name: str | None) -> str:
    return re.sub(r"[\s_-]+", "-", name or "").lower()


@pytest.fixture(scope="module")
def found(q3: Snapshot) -> dict[str, dict[str, Any]]:
    return {
        row["item_id"]: {name: plain(value) for name, value in row.items()}
        for row in q3.items.to_dict("records")
    }


def test_the_default_day_is_that_of_the_newest_exports(sample: Dataset) -> None:
    assert pma.default_as_of(sample) == TRUTH.as_of


def test_exactly_the_planted_items_are_judged(found: dict[str, dict[str, Any]]) -> None:
    assert sorted(found) == sorted(item.item_id for item in TRUTH.items)


@pytest.mark.parametrize(
    ("column", "planted"),
    [
        ("title", lambda item: item.title),
        ("severity", lambda item: item.severity or None),
        ("state", lambda item: item.state),
        ("incident_id", lambda item: item.incident_id or None),
        ("incident_rule", lambda item: item.incident_rule or None),
        ("due_on", lambda item: item.due_on),
        ("closed_on", lambda item: item.closed_on),
        ("first_closed_on", lambda item: item.first_closed_on),
        ("standing", lambda item: item.standing),
    ],
)
def test_each_item_is_judged_as_planted(
    column: str, planted: Callable[[Any], Any], found: dict[str, dict[str, Any]]
) -> None:
    expected = {item.item_id: planted(item) for item in TRUTH.items}
    different = {
        name: (
            found[name][column],
            value,
            next(i for i in TRUTH.items if i.item_id == name).special,
        )
        for name, value in expected.items()
        if found[name][column] != value
    }
    assert different == {}


def test_other_incidents_are_kept(found: dict[str, dict[str, Any]]) -> None:
    named = {
        name: tuple(row["other_incidents"])
        for name, row in found.items()
        if row["other_incidents"] is not None and len(row["other_incidents"])
    }
    assert named == {
        item.item_id: item.other_incidents for item in TRUTH.items if item.other_incidents
    }


def test_services_are_the_registrys(found: dict[str, dict[str, Any]]) -> None:
    expected = {item.item_id: item.service or None for item in TRUTH.items}
    assert {name: row["service"] for name, row in found.items()} == expected


def test_standings(q3: Snapshot) -> None:
    table = pma.standings(q3, by="severity")
    counted = {
        plain(row["severity"]) or "": {name: row[name] for name in STANDINGS}
        for row in table.to_dict("records")
    }
    expected = {
        severity: {name: counts[name] for name in STANDINGS}
        for severity, counts in TRUTH.standings().items()
    }
    assert counted == expected
    assert table["total"].sum() == len(TRUTH.items)


def test_attainment(q3: Snapshot) -> None:
    table = pma.attainment(q3, by="severity").set_index("severity")
    for severity, planted in TRUTH.attainment.items():
        row = table.loc[severity]
        names = (
            "due",
            "met",
            "late",
            "overdue",
            "dropped_late",
            "dropped_in_time",
            "unknown",
            "waived",
        )
        assert {name: row[name] for name in names} == {
            name: getattr(planted, name) for name in names
        }
        assert row["attainment"] == pytest.approx(planted.met / planted.due)
        assert row["attainment_adjusted"] == pytest.approx(planted.adjusted / planted.adjusted_due)


@pytest.mark.parametrize("code", list(TRUTH.gaps()))
def test_ownership_gaps(code: str, q3: Snapshot) -> None:
    gaps = pma.ownership_gaps(q3)
    assert sorted(gaps.loc[gaps["code"] == code, "item_id"]) == list(TRUTH.gaps()[code])


def test_gap_rates_count_the_same_items(q3: Snapshot) -> None:
    rates = pma.gap_rates(q3).set_index("population").loc["open"]
    assert rates["items"] == sum(item.state == "open" for item in TRUTH.items)
    counts = {code: len(items) for code, items in TRUTH.gaps().items()}
    assert {code: rates[code] for code in counts} == counts


def test_unowned_services(q3: Snapshot) -> None:
    table = pma.unowned_services(q3)
    names = ["incidents", "open_items", "overdue_items"]
    counted = {
        folded(row["service"]): tuple(row[name] for name in names)
        for row in table.to_dict("records")
    }
    assert counted == {
        each.service: (each.incidents, each.open_items, each.overdue_items)
        for each in TRUTH.unowned_services
    }


def test_repeats(q3: Snapshot) -> None:
    names = [
        "level", "days_between", "open_before", "overdue_before", "preventive_open_before",
        "preventive_overdue_before",
    ]  # fmt: skip
    counted = {
        (row["incident_id"], row["repeat_of"]): tuple(plain(row[name]) for name in names)
        for row in pma.repeats(q3).to_dict("records")
    }
    assert counted == {
        (each.incident_id, each.repeat_of): tuple(getattr(each, name) for name in names)
        for each in TRUTH.repeats
    }


def test_discoverability(q3: Snapshot) -> None:
    (row,) = pma.discoverability(q3).to_dict("records")
    planted = asdict(TRUTH.visibility)
    assert row["items"] == planted.pop("items")
    assert {name: round(row[name] * row["items"]) for name in planted} == planted


def test_reopened_items_show_both_closings(found: dict[str, dict[str, Any]]) -> None:
    reopened = sorted(
        name
        for name, row in found.items()
        if row["first_closed_on"] and row["first_closed_on"] != row["closed_on"]
    )
    assert reopened == list(TRUTH.special("reopened"))


def test_reopened_items_are_in_the_flow(q3: Snapshot) -> None:
    assert pma.flow(q3)["reopened"].sum() == len(TRUTH.special("reopened"))


def test_waivers(found: dict[str, dict[str, Any]]) -> None:
    waived = sorted(name for name, row in found.items() if row["waived"])
    assert waived == list(TRUTH.waived)


def test_a_known_duplicate_is_merged_and_an_unknown_one_is_unknown(
    found: dict[str, dict[str, Any]], sample: Dataset
) -> None:
    assert TRUTH.merged not in found
    assert TRUTH.survivor in found
    copies = sample.items.set_index("item_id")["duplicate_of"]
    assert copies[TRUTH.merged] == TRUTH.survivor
    (unknown,) = TRUTH.special("duplicate of an unknown ticket")
    assert copies[unknown] == "unknown"


def test_every_row_of_every_file_is_accounted_for(sample: Dataset) -> None:
    files = sample.files.assign(name=sample.files["path"].str.split("/").str[-1]).set_index("name")
    for name, planted in TRUTH.files.items():
        row = files.loc[name]
        assert row["rows"] == planted.rows, name
        assert row["filtered"] == planted.filtered, name
        assert row["rejects"] == len(planted.rejected), name
        assert row["items"] + row["duplicates"] == planted.tickets, name
    parts = ["items", "incidents", "filtered", "duplicates", "rejects"]
    tracked = files.loc[[*TRUTH.files, "incidents.csv"]]
    assert (tracked["rows"] == tracked[parts].sum(axis=1)).all()
    assert files.loc["incidents.csv", "incidents"] == TRUTH.incidents
    assert files["duplicates"].sum() == TRUTH.overlap + TRUTH.repeated_rows


def test_rejects_name_the_planted_rows(sample: Dataset) -> None:
    rejects = sample.rejects
    named = {
        (file.split("/")[-1], row)
        for file, row in zip(rejects["file"], rejects["row"], strict=True)
    }
    assert named == {
        (name, row) for name, planted in TRUTH.files.items() for row in planted.rejected
    }
    assert rejects["rule"].nunique() == 2


def test_the_sample_says_that_it_is_one(sample: Dataset) -> None:
    assert sample.settings.sample
