"""Repeats in open time: bands worked by hand, a count day by day, and what may be said of it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError
from pmanalytics.metrics.recurrence_words import exposure_reading, repeat_sentences
from pmanalytics.statistics import mantel_haenszel, rate_ratio
from pmanalytics.words import RETURNS

Build = Callable[..., Dataset]
COUNTS = ["repeats_while", "days_while", "repeats_otherwise", "days_otherwise"]


def day(number: int) -> pd.Timestamp:
    """Noon of a day, day 0 being 1 January 2026."""
    return pd.Timestamp("2026-01-01T12:00Z") + pd.Timedelta(number, "D")


def incident(name: str, number: int, service: str, **more: Any) -> dict[str, Any]:
    return {
        "incident_id": name,
        "severity": "sev1",
        "service": service,
        "causes": ["dns"],
        "started_at": day(number),
        "resolved_at": day(number),
    } | more


def item(name: str, of: str, closed: int | None, **more: Any) -> dict[str, Any]:
    return {
        "item_id": name,
        "incident_id": of,
        "kind": "prevent",
        "state": "open" if closed is None else "done",
        "created_at": day(0),
        "closed_at": None if closed is None else day(closed),
    } | more


def counts(table: pd.DataFrame) -> dict[str, list[int]]:
    return {row["days_since"]: [int(row[name]) for name in COUNTS] for _, row in table.iterrows()}


def three_families(dataset: Build) -> Dataset:
    return dataset(
        incidents=[
            incident("A", 0, "web"),
            incident("A2", 40, "web"),  # A returns on day 40, its item was done on day 20
            incident("B", 0, "mail"),  # never returns, its item is open
            incident("C", 0, "shop"),
            incident("C2", 12, "shop"),  # C returns on the day on which its item was done
            incident("D", 0, "store"),  # no preventive item: not compared
            incident("D2", 9, "store"),
            incident("E", 0, "depot"),  # closed, nobody knows when: not compared
        ],
        items=[
            item("x:1", "A", 20),
            item("x:2", "B", None),
            item("x:3", "C", 12),
            item("x:4", "C", 5),
            item("x:5", "D", None, kind="detect"),
            item("x:6", "E", None, state="done"),
            item("x:7", "E", None),
        ],
    )


def test_days_and_repeats_by_band(dataset: Build) -> None:
    """As of day 60: A open 0-20, else 21-40; B open 0-60; C open 0-12."""
    table = pma.repeat_exposure(pma.snapshot(three_families(dataset), as_of="2026-03-02"))
    assert counts(table) == {
        "0-15": [1, 16 + 16 + 13, 0, 0],
        "16-30": [0, 5 + 15, 0, 10],
        "31-90": [0, 30, 1, 10],
        "91-365": [0, 0, 0, 0],
        "all": [1, 95, 1, 20],
    }
    # (1 * 45 / 45) + (0 / 30) + (1 * 30 / 40) + nothing
    assert table["expected_by_chance"].tolist()[-1] == pytest.approx(1.75)
    assert pd.isna(table["expected_by_chance"][3])
    assert table[["rate_ratio", "low", "high"]].isna().all(axis=None)
    assert table["reading"].tolist()[-1] == (
        "1 of 2 returns fell into open time; chance alone would give 1.8: too few to tell."
    )


def test_overdue_time_begins_on_the_day_after_the_due_day(dataset: Build) -> None:
    """The default policy gives sev1 15 days, so that day 16 is the first overdue one."""
    snapshot = pma.snapshot(three_families(dataset), as_of="2026-03-02")
    table = pma.repeat_exposure(snapshot, exposure="overdue")
    assert counts(table) == {
        "0-15": [0, 0, 1, 45],
        "16-30": [0, 5 + 15, 0, 10],
        "31-90": [0, 30, 1, 10],
        "91-365": [0, 0, 0, 0],
        "all": [0, 50, 2, 65],
    }
    with pytest.raises(UsageError, match="use 'open' or 'overdue'"):
        pma.repeat_exposure(snapshot, exposure="late")  # type: ignore[arg-type]


def test_groups_add_up_and_keep_their_bands(dataset: Build) -> None:
    snapshot = pma.snapshot(three_families(dataset), as_of="2026-03-02")
    grouped = pma.repeat_exposure(snapshot, by="service")
    assert len(grouped) == 5 * grouped["service"].nunique()
    added = grouped.groupby("days_since", sort=False)[COUNTS].sum()
    whole = pma.repeat_exposure(snapshot).set_index("days_since")[COUNTS]
    pd.testing.assert_frame_equal(added, whole)


def random_families(dataset: Build, seed: int) -> Dataset:
    rng = np.random.default_rng(seed)
    incidents, items = [], []
    for number in range(int(rng.integers(1, 12))):
        service = f"service-{number}"
        incidents.append(incident(f"A{number}", int(rng.integers(0, 30)), service))
        if rng.random() < 0.6:
            again = int(rng.integers(30, 450))
            incidents.append(incident(f"B{number}", again, service))
        for own in range(int(rng.integers(0, 4))):
            closed = None if rng.random() < 0.3 else int(rng.integers(1, 450))
            kind = rng.choice(["prevent", "detect"], p=[0.8, 0.2])
            severity = rng.choice(["sev1", "sev3"])  # sev3 has no target, by the default policy
            items.append(item(f"x:{number}-{own}", f"A{number}", closed, kind=kind))
            incidents[-1]["severity"] = incidents[-1]["severity"] and severity
    return dataset(incidents=incidents, items=items)


def day_by_day(snapshot: pma.Snapshot, exposure: str) -> np.ndarray:
    """The four counts per band, one incident and one day after the other."""
    found = np.zeros((4, 4), dtype=int)
    rows = snapshot.incidents.to_dict("records")
    for row in rows:
        own = snapshot.items[snapshot.items["incident_id"] == row["incident_id"]]
        own = own[own["kind"] == "prevent"].to_dict("records")
        if not own:
            continue
        later = [
            (other["started_on"] - row["resolved_on"]).days
            for other in rows
            if other["service"] == row["service"] and other["started_at"] > row["resolved_at"]
        ]
        returned = min([days for days in later if days <= 365], default=None)
        last = min((pd.Timestamp(snapshot.as_of) - row["resolved_on"]).days, 365)
        for number in range((last if returned is None else returned) + 1):
            today = row["resolved_on"] + pd.Timedelta(number, "D")
            is_open = [
                (pd.isna(one["closed_on"]) or today <= one["closed_on"])
                and (exposure == "open" or today > one["due_on"])
                for one in own
            ]
            band = int(np.searchsorted([15, 30, 90], number))
            arm = 0 if any(is_open) else 2
            found[band, arm + 1] += 1
            found[band, arm] += number == returned
    return found


@pytest.mark.parametrize("exposure", ["open", "overdue"])
@given(seed=st.integers(0, 100_000))
@settings(max_examples=12)
def test_it_agrees_with_a_count_day_by_day(dataset: Build, exposure: Any, seed: int) -> None:
    snapshot = pma.snapshot(random_families(dataset, seed), as_of="2027-01-31")
    table = pma.repeat_exposure(snapshot, exposure=exposure)
    np.testing.assert_array_equal(table[COUNTS].to_numpy()[:4], day_by_day(snapshot, exposure))
    np.testing.assert_array_equal(table[COUNTS].to_numpy()[4], table[COUNTS][:4].sum())


def many_families(dataset: Build, *, closed: int, returns: list[int]) -> Dataset:
    """One incident per entry, its item done on a day, its return on the day of the entry."""
    incidents, items = [], []
    for number, again in enumerate(returns):
        incidents.append(incident(f"A{number}", 0, f"s{number}"))
        incidents.append(incident(f"B{number}", again, f"s{number}"))
        items.append(item(f"x:{number}", f"A{number}", closed))
    return dataset(incidents=incidents, items=items)


def test_a_ratio_needs_five_in_each_arm_and_is_that_of_its_kind(dataset: Build) -> None:
    returns = [5, 5, 5, 20, 22, 24, 26, 28, 29, 35, 40, 45, 60, 80, 100]
    data = many_families(dataset, closed=24, returns=returns)
    table = pma.repeat_exposure(pma.snapshot(data, as_of="2027-01-31"))
    assert table["repeats_while"].tolist() == [3, 3, 0, 0, 6]
    assert table["repeats_otherwise"].tolist() == [0, 3, 5, 1, 9]
    assert table["rate_ratio"].isna().tolist() == [True, True, True, True, False]
    x1, t1, x0, t0 = table[COUNTS].to_numpy(dtype=float)[:4].T
    pooled = mantel_haenszel(x1, t1, x0, t0)
    assert table[["rate_ratio", "low", "high"]].iloc[4].tolist() == pytest.approx(
        [pooled.ratio, pooled.low, pooled.high]
    )
    few = many_families(dataset, closed=24, returns=returns[2:])  # 4 and 9
    assert pma.repeat_exposure(pma.snapshot(few, as_of="2027-01-31"))["rate_ratio"].isna().all()
    within = many_families(dataset, closed=22, returns=[18, 19, 20, 21, 22, 24, 25, 26, 27, 28])
    band = pma.repeat_exposure(pma.snapshot(within, as_of="2027-01-31")).iloc[1]
    exact = rate_ratio(*(float(band[name]) for name in COUNTS))
    assert band[["rate_ratio", "low", "high"]].tolist() == pytest.approx(list(exact))


@pytest.mark.parametrize(
    ("numbers", "ends"),
    [
        ((12, 8, 12.0, 1.0, 0.38, 2.82), "12 of 20 returns fell into open time; chance alone would give 12.0: no sign of more."),
        ((12, 8, 4.0, 6.0, 2.26, 16.9), "chance alone would give 4.0: more than chance, an association and no proof of a cause."),
        ((5, 20, 15.0, 0.2, 0.1, 0.6), "15.0: fewer than chance, an association and no proof of a cause."),
        ((1, 0, 0.4, np.nan, np.nan, np.nan), "1 of 1 return fell into open time; chance alone would give 0.4: too few to tell."),
        ((0, 0, 0.0, np.nan, np.nan, np.nan), "No return is known here."),
        ((0, 0, np.nan, np.nan, np.nan, np.nan), "No return is known here."),
    ],
)  # fmt: skip
def test_the_reading_never_says_more_than_the_limits(numbers: tuple[float, ...], ends: str) -> None:
    names = [
        "repeats_while",
        "repeats_otherwise",
        "expected_by_chance",
        "rate_ratio",
        "low",
        "high",
    ]
    said = exposure_reading(dict(zip(names, numbers, strict=True)), "open")
    assert said.endswith(ends)
    assert "prevented" not in said


def states(dataset: Build, items: list[dict[str, Any]], **more: Any) -> dict[str, int]:
    """The states of a return on day 20, items having been due on day 15."""
    data = dataset(incidents=[incident("A", 0, "web"), incident("B", 20, "web")], items=items)
    table = pma.repeats_while_open(pma.snapshot(data, as_of="2026-12-31"), **more)
    assert table["state"].tolist() == list(RETURNS)
    return {state: n for state, n in zip(table["state"], table["repeats"], strict=True) if n}


def test_the_state_of_the_preventive_items_when_it_came_back(dataset: Build) -> None:
    late, done = item("x:1", "A", 21), item("x:2", "A", 19)
    dropped = item("x:3", "A", 19, state="dropped")
    other = item("x:4", "A", None, kind="detect")
    no_date = item("x:5", "A", None, state="done")
    younger = item("x:6", "A", None, created_at=day(22))
    assert states(dataset, [late, done, dropped]) == {"overdue": 1}
    assert states(dataset, [done, dropped, other]) == {"closed": 1}
    assert states(dataset, [dropped, other]) == {"dropped": 1}
    assert states(dataset, [other]) == {"none": 1}
    assert states(dataset, []) == {"none": 1}
    assert states(dataset, [younger]) == {"none": 1}
    assert states(dataset, [no_date]) == {"unknown": 1}
    assert states(dataset, [no_date, done]) == {"closed": 1}
    assert states(dataset, [item("x:7", "A", None, kind=None)]) == {"unknown": 1}


def test_open_but_not_yet_due_is_a_state_of_its_own(dataset: Build) -> None:
    data = dataset(
        incidents=[
            incident("A", 0, "web"),
            incident("B", 10, "web"),
            incident("C", 12, "web", repeat_of="A"),
            incident("D", 40, "web", repeat_of="A", severity="sev2"),
        ],
        items=[item("x:1", "A", None), item("x:2", "B", 11)],
    )
    snapshot = pma.snapshot(data, as_of="2026-12-31")
    table = pma.repeats_while_open(snapshot, by="severity")
    found = table[table["repeats"] > 0][["severity", "state", "repeats"]].to_numpy().tolist()
    # C is the return of B as well, whose item was done: it counts once, as open.
    assert found == [["sev1", "open", 2], ["sev2", "overdue", 1]]


def test_states_add_up_to_the_incidents_that_returned(q3: pma.Snapshot) -> None:
    returned = pma.repeats(q3)["incident_id"].nunique()
    assert pma.repeats_while_open(q3)["repeats"].sum() == returned
    assert pma.repeats_while_open(q3, by=["service", "severity"])["repeats"].sum() == returned


def test_sentences_say_what_happened_beside_what_chance_would_give(q3: pma.Snapshot) -> None:
    said = repeat_sentences(pma.repeats_while_open(q3), pma.repeat_exposure(q3))
    assert said[0].endswith("came while a preventive item was overdue.")
    assert "chance alone would give" in said[-1]
    assert not any("prevented" in sentence for sentence in said)
    nothing = pd.DataFrame({"state": list(RETURNS), "repeats": 0})
    assert repeat_sentences(nothing) == (
        "No incident is known to be the return of an earlier one.",
    )
