"""How often incidents return: rates, means per service and families, worked by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError

Build = Callable[..., Dataset]


def incident(name: str, day: str, **more: Any) -> dict[str, Any]:
    """A sev1 incident in the service web from 10 to 12 o'clock UTC of a day."""
    known = {"incident_id": name, "severity": "sev1", "service": "web", "causes": ["dns"]}
    return known | {"started_at": f"{day}T10:00Z", "resolved_at": f"{day}T12:00Z"} | more


def rates(dataset: Build, incidents: list[dict[str, Any]], **tables: Any) -> pd.DataFrame:
    snapshot = pma.snapshot(dataset(incidents=incidents, **tables), as_of="2026-04-11")
    return pma.repeat_rate(snapshot).set_index("within_days")


def test_a_rate_counts_each_incident_for_as_long_as_it_was_watched(dataset: Build) -> None:
    """Days to the return or the as-of date: A 10 returned, C 30, E 50 returned, B 90."""
    table = rates(
        dataset,
        [
            incident("A", "2026-01-01"),
            incident("B", "2026-01-11"),
            incident("C", "2026-03-12", service="mail"),
            incident("D", "2026-03-13", service="shop", resolved_at=None),
            incident("E", "2026-01-21", service="store"),
            incident("F", "2026-03-12", service="store", resolved_at=None),
        ],
    )
    # S(30) = 3/4 and S(90) = 3/4 * 1/2: of four at first, of two on day 50
    assert table["rate"].tolist()[:2] == pytest.approx([0.25, 0.625])
    assert table["incidents"].tolist() == [4] * 4
    assert table["repeats"].tolist() == [1, 2, 2, 2]
    # log-log: sqrt(1/12) / ln(3/4) = -1.00344; 3/4 to the power of exp(+-1.95996 * 1.00344)
    assert table.loc[30, ["low", "high"]].tolist() == pytest.approx([0.0395, 0.8720], abs=2e-4)
    # nobody was watched for longer than 90 days
    assert table.loc[[180, 365], ["rate", "low", "high"]].isna().all(axis=None)


def test_a_return_after_the_window_of_pairs_is_in_the_curve(dataset: Build) -> None:
    data = dataset(
        incidents=[
            incident("A", "2025-01-01"),
            incident("B", "2025-05-31"),  # 150 days later: no pair of level L2
            incident("C", "2026-06-01"),  # 366 days later: not in the curve either
        ]
    )
    snapshot = pma.snapshot(data, as_of="2027-12-31")
    assert pma.repeats(snapshot).empty
    table = pma.repeat_rate(snapshot)
    assert table["repeats"].tolist() == [0, 0, 1, 1]
    assert table["rate"].tolist() == pytest.approx([0, 0, 1 / 3, 1 / 3])
    assert table["high"].isna().tolist() == [True, True, False, False]


def test_the_first_return_counts_whatever_its_level_and_a_denied_one_does_not(
    dataset: Build,
) -> None:
    incidents = [
        incident("A", "2026-01-01"),
        incident("B", "2026-01-21"),
        incident("C", "2026-03-02", service="mail", causes=[], repeat_of="A"),
        incident("D", "2026-03-22", causes=["dns"]),
    ]
    found = rates(dataset, incidents)["repeats"].tolist()
    assert found[0] == 1  # A by B on day 20; B by D on day 60 comes later
    assert found[1] == 2
    denied = [{"decided_on": "2026-04-01", "subject": "b", "kind": "not_repeat", "value": "a"}]
    table = rates(dataset, incidents, decisions=denied)
    # A returns with C on day 60 then, and with D on day 80 when that is denied as well.
    assert table["repeats"].tolist()[:2] == [0, 2]
    denied += [{"decided_on": "2026-04-01", "subject": "C", "kind": "not_repeat", "value": "A"}]
    assert rates(dataset, incidents, decisions=denied)["repeats"].tolist()[:2] == [0, 2]
    denied += [{"decided_on": "2026-04-01", "subject": "D", "kind": "not_repeat", "value": "A"}]
    assert rates(dataset, incidents, decisions=denied)["repeats"].tolist()[:2] == [0, 1]


def test_rates_by_group_are_those_of_the_earlier_incident(dataset: Build) -> None:
    data = dataset(
        incidents=[
            incident("A", "2026-01-01", severity="sev2"),
            incident("B", "2026-01-11"),
            incident("C", "2026-01-11", service="mail", severity=None),
        ]
    )
    table = pma.repeat_rate(pma.snapshot(data, as_of="2026-12-31"), by="severity")
    assert table["severity"].fillna("none").unique().tolist() == ["sev1", "sev2", "none"]
    within = table[table["within_days"] == 30]
    assert within["rate"].tolist() == [0, 1, 0]
    assert within["incidents"].tolist() == [1, 1, 1]


def test_a_mean_counts_the_services_under_observation(dataset: Build) -> None:
    """Day 0 is 1 January. Quiet has no incident; late is known since day 31, and web is older."""
    data = dataset(
        incidents=[
            incident("A", "2026-01-01"),
            incident("B", "2026-01-11", service="mail", severity="sev2"),
            incident("C", "2026-03-02"),  # day 60
            incident("D", "2026-02-01", service="late"),  # day 31
            incident("E", "2026-02-01", service=None),
        ],
        services=[
            {"service": "quiet", "team": "core"},
            {"service": "late", "team": "core", "since": "2026-02-01"},
            {"service": "web", "team": "core", "since": "2026-02-01"},
        ],
    )
    snapshot = pma.snapshot(data, as_of="2026-06-01")
    table = pma.mean_cumulative(snapshot)
    assert table["day"].tolist() == [0, 10, 31, 60]
    assert table["at_risk"].tolist() == [3, 3, 4, 4]
    assert table["events"].tolist() == [1, 1, 1, 1]
    assert table["mean"].tolist() == pytest.approx([1 / 3, 2 / 3, 11 / 12, 14 / 12])
    assert (table["low"] < table["mean"]).all()
    # One severity of all services, but one service alone
    by_severity = pma.mean_cumulative(snapshot, by="severity")
    assert by_severity.query("severity == 'sev2'")["mean"].tolist() == pytest.approx([1 / 3])
    by_service = pma.mean_cumulative(snapshot, by="service")
    assert by_service.query("service == 'web'")["mean"].tolist() == [1, 2]
    assert by_service["low"].isna().all()
    both = pma.mean_cumulative(snapshot, by=["service", "severity"])
    assert both.query("service == 'mail'")["mean"].tolist() == [1]


def test_narrowing_to_a_severity_leaves_every_service_under_observation(dataset: Build) -> None:
    """Of two services one had a sev1; a mean over that one alone would say 1."""
    data = dataset(
        items=[{"item_id": "x:1", "incident_id": "A", "state": "open"}],
        incidents=[
            incident("A", "2026-01-01", team="core"),
            incident("B", "2026-01-11", service="mail", severity="sev2", team="post"),
        ],
    )
    snapshot = pma.snapshot(data, as_of="2026-06-01")
    assert pma.mean_cumulative(snapshot.where(severity="sev1"))["mean"].tolist() == [0.5]
    one = snapshot.where(severity="sev2").where(service="mail")
    assert pma.mean_cumulative(one)["mean"].tolist() == [1]


def test_a_mean_of_repeats_counts_each_returning_incident_once(dataset: Build) -> None:
    data = dataset(
        incidents=[
            incident("A", "2026-01-01"),
            incident("B", "2026-01-11"),
            incident("C", "2026-01-21", repeat_of="A"),  # of B as well, by its cause
            incident("D", "2026-01-21", service="mail"),
        ]
    )
    snapshot = pma.snapshot(data, as_of="2026-06-01")
    assert len(pma.repeats(snapshot)) == 3
    table = pma.mean_cumulative(snapshot, events="repeats")
    assert table["day"].tolist() == [10, 20]
    assert table["mean"].tolist() == pytest.approx([1 / 2, 1])
    with pytest.raises(UsageError, match="use 'incidents' or 'repeats'"):
        pma.mean_cumulative(snapshot, events="items")  # type: ignore[arg-type]


def families(dataset: Build, incidents: list[dict[str, Any]], **tables: Any) -> pd.DataFrame:
    return pma.repeat_families(
        pma.snapshot(dataset(incidents=incidents, **tables), as_of="2026-12-31")
    )


CHAIN = [
    incident("A", "2026-01-01"),
    incident("B", "2026-03-01"),
    incident("C", "2026-05-01", causes=["dns", "disk"]),
    incident("X", "2026-01-05", service="mail"),
    incident("Y", "2026-08-01", service="shop", causes=[], title="Down, same as X"),
    incident("Z", "2026-08-01", service="store"),
]


def test_a_family_is_what_any_chain_of_pairs_connects(dataset: Build) -> None:
    table = families(dataset, CHAIN)
    assert table["incident_id"].tolist() == ["A", "B", "C", "X", "Y"]
    assert table["family"].tolist() == ["A", "A", "A", "X", "X"]
    assert table["position"].tolist() == [1, 2, 3, 1, 2]
    assert table["size"].tolist() == [3, 3, 3, 2, 2]
    assert table["level"].fillna("").tolist() == ["", "L2", "L2", "", "L3"]
    assert table["cause"].fillna("").tolist() == ["", "dns", "dns", "", ""]
    narrowed = pma.snapshot(dataset(incidents=CHAIN), as_of="2026-12-31").where(service="shop")
    left = pma.repeat_families(narrowed)[["family", "incident_id", "position", "size"]]
    assert left.to_numpy().tolist() == [["X", "Y", 2, 2]]


def test_all_that_match_within_the_window_are_one_family(dataset: Build) -> None:
    """C shares one cause with A and another with B; a pair lists B only, the latest."""
    table = families(
        dataset,
        [
            incident("A", "2026-01-01", causes=["dns"]),
            incident("B", "2026-01-11", causes=["disk"]),
            incident("C", "2026-01-21", causes=["dns", "disk"]),
        ],
    )
    assert table["incident_id"].tolist() == ["A", "B", "C"]
    # B has no earlier incident: the link that joined it is the one to C.
    assert table["level"].fillna("").tolist() == ["", "L2", "L2"]


def decision(day: str, kind: str, subject: str = "B", value: str = "A") -> dict[str, Any]:
    return {"decided_on": day, "kind": kind, "subject": subject, "value": value}


def test_a_denied_pair_holds_no_family_together(dataset: Build) -> None:
    table = families(dataset, CHAIN, decisions=[decision("2026-09-01", "not_repeat", "b", "a")])
    assert table["incident_id"].tolist() == ["X", "Y", "B", "C"]
    joined = families(dataset, CHAIN, decisions=[decision("2026-09-01", "repeat", "Z", "C")])
    assert joined.query("family == 'A'")["incident_id"].tolist() == ["A", "B", "C", "Z"]
    assert joined.query("incident_id == 'Z'")["level"].tolist() == ["L1"]


def test_a_decision_counts_from_its_day_on(dataset: Build) -> None:
    data = dataset(
        incidents=[incident("A", "2026-01-01"), incident("B", "2026-01-11")],
        decisions=[decision("2026-03-01", "not_repeat"), decision("2026-04-01", "repeat")],
    )
    levels = {
        day: pma.repeats(pma.snapshot(data, as_of=day))["level"].tolist()
        for day in ("2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01")
    }
    assert list(levels.values()) == [["L2"], [], [], ["L1"]]


@pytest.mark.parametrize(
    ("kinds", "level"),
    [
        ([("2026-03-01", "repeat"), ("2026-03-02", "not_repeat")], []),
        ([("2026-03-02", "not_repeat"), ("2026-03-01", "repeat")], []),
        ([("2026-03-01", "not_repeat"), ("2026-03-02", "repeat")], ["L1"]),
        # on one day, the one that was written down later
        ([("2026-03-01", "not_repeat"), ("2026-03-01", "repeat")], ["L1"]),
        ([("2026-03-01", "repeat"), ("2026-03-01", "not_repeat")], []),
    ],
)
def test_of_two_decisions_that_contradict_the_later_counts(
    dataset: Build, kinds: list[tuple[str, str]], level: list[str]
) -> None:
    names = iter([("B", "A"), ("b", "a")])  # written in another case, and yet the same pair
    decisions = [decision(day, kind, *next(names)) for day, kind in kinds]
    data = dataset(
        incidents=[incident("A", "2026-01-01"), incident("B", "2026-01-11", repeat_of="A")],
        decisions=decisions,
    )
    snapshot = pma.snapshot(data, as_of="2026-12-31")
    assert pma.repeats(snapshot)["level"].tolist() == level
    assert len(pma.repeat_families(snapshot)) == 2 * len(level)


def test_confirmed_in_a_circle_is_one_family_in_the_order_of_time(dataset: Build) -> None:
    far = {"causes": [], "service": None}
    table = families(
        dataset,
        [incident(name, f"2026-0{n}-01", **far) for n, name in enumerate("ABC", start=1)],
        decisions=[
            decision("2026-09-01", "repeat", "B", "A"),
            decision("2026-09-01", "repeat", "C", "B"),
            decision("2026-09-01", "repeat", "A", "C"),  # A was over before C began
        ],
    )
    assert table["incident_id"].tolist() == ["A", "B", "C"]
    assert table["position"].tolist() == [1, 2, 3]
    assert np.array_equal(table["level"].isna(), [True, False, False])
