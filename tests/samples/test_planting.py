"""The planted truth agrees with itself, with the rules, and with what was asked of the sample."""

from collections import Counter
from datetime import date, timedelta

from pmanalytics.samples.planting import PlantedItem, truth
from pmanalytics.samples.rules import business_days_after
from pmanalytics.samples.whole import world
from pmanalytics.samples.wording import NASTY_TITLES

DENOMINATOR = ("met", "late", "overdue", "dropped_late")


def items() -> tuple[PlantedItem, ...]:
    return truth().items


def test_sizes() -> None:
    assert len(items()) == 500
    assert len({item.item_id for item in items()}) == 500
    assert truth().incidents == 120
    assert sum(sum(counts.values()) for counts in truth().standings().values()) == 500


def test_days_fit_the_standing() -> None:
    """The definitions of a standing, read from its words."""
    assert [item for item in items() if not _fits(item)] == []


def _fits(item: PlantedItem) -> bool:
    if item.closed_on and item.closed_on >= truth().as_of:
        return False
    if item.standing in ("no_target", "unknown"):
        return item.standing == "unknown" or item.due_on is None
    if item.due_on is None:
        return False
    words = {
        "open": "overdue" if item.due_on < truth().as_of else "pending",
        "done": "late" if _after_due(item) else "met",
        "dropped": "dropped_late" if _after_due(item) else "dropped_in_time",
    }
    return item.standing == words[item.state]


def _after_due(item: PlantedItem) -> bool:
    return item.due_on is not None and item.closed_on is not None and item.closed_on > item.due_on


def test_due_days_of_three_items_worked_by_hand() -> None:
    """2026-07-14 is resolved the same day: 15 days lead to 2026-07-29. 2026-09-08: 2026-10-08.

    2026-09-21, a Monday: 20 business days, none of them a holiday (2026-10-03 is a Saturday),
    lead to Monday 2026-10-19.
    """
    names = {each.incident_id: each.name for each in world().incidents}
    days = {names[item.incident_id]: item.due_on for item in items() if item.incident_id}
    assert days["lp10"] == date(2026, 7, 29)
    assert days["lp11"] == date(2026, 10, 8)
    assert days["la2"] == date(2026, 10, 19)


def test_business_days_skip_weekends_and_holidays() -> None:
    # Thursday before Easter 2026; Friday and Monday are holidays.
    assert business_days_after(date(2026, 4, 2), 1) == date(2026, 4, 7)
    # A Saturday first rolls forward to Monday.
    assert business_days_after(date(2026, 9, 5), 1) == date(2026, 9, 8)


def test_attainment_of_the_period_follows_from_the_items() -> None:
    for severity, planted in truth().attainment.items():
        cohort = Counter(
            item.standing
            for item in items()
            if item.severity == severity
            and item.due_on
            and date(2026, 7, 1) <= item.due_on <= date(2026, 9, 30)
        )
        assert planted.due == sum(cohort[name] for name in DENOMINATOR)
        assert [planted.met, planted.late] == [cohort["met"], cohort["late"]]
        assert planted.unknown >= cohort["unknown"]


def test_every_gap_is_planted_at_least_twice() -> None:
    assert {code: len(found) >= 2 for code, found in truth().gaps().items()} == dict.fromkeys(
        truth().gaps(), True
    )


def test_every_rare_case_is_planted() -> None:
    expected = {
        "reopened": 4,
        "undated": 5,
        "closed at 23:30": 1,
        "closed at 00:30": 1,
        "done before the clock": 1,
        "duplicate of an unknown ticket": 1,
        "two incidents fit": 2,
    }
    assert {name: len(truth().special(name)) for name in expected} == expected
    assert len(truth().without_incident()) == 8
    assert len(truth().waived) == 3
    assert len(truth().waived_too_late) == 1
    assert Counter(pair.level for pair in truth().repeats) == {"L1": 4, "L2": 8, "L3": 4}
    assert any(pair.preventive_overdue_before for pair in truth().repeats)


def test_every_linking_rule_is_used() -> None:
    rules = Counter(item.incident_rule for item in items())
    assert set(rules) == {"field", "link", "id", "label", ""}
    assert min(rules[rule] for rule in ("field", "link", "id", "label")) >= 20


def test_titles_differ_within_an_incident() -> None:
    named = Counter((item.incident_id, item.title) for item in items())
    assert max(named.values()) == 1


def test_nasty_titles_reach_the_page() -> None:
    """Pages list what is overdue; half of the titles that could be taken for commands are there."""
    states = {item.title: item.standing for item in items() if item.title in NASTY_TITLES}
    assert len(states) == len(NASTY_TITLES)
    assert sum(standing == "overdue" for standing in states.values()) == len(NASTY_TITLES) // 2


def test_the_story_that_a_reader_sees() -> None:
    """Promises for sev1 are kept more often than for sev2, and some items are dropped."""
    counts = truth().standings()
    shares = {
        severity: counts[severity]["met"] / sum(counts[severity][name] for name in DENOMINATOR)
        for severity in ("sev1", "sev2")
    }
    assert 0.60 < shares["sev1"] < 0.75
    assert 0.50 < shares["sev2"] < shares["sev1"]
    dropped = sum(item.state == "dropped" for item in items())
    assert 0.12 < dropped / 500 < 0.18
    old = [item for item in items() if item.standing == "overdue" and item.due_on]
    assert sum(item.due_on < date(2026, 10, 12) - timedelta(days=365) for item in old) >= 5
