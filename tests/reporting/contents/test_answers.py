"""The answers of the first screen, on an organisation that is worked by hand."""

from collections.abc import Callable
from typing import Any

import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.reporting.contents.answers import change_of_shares
from tests.reporting.worlds import INCIDENTS, ITEMS, SERVICES, incident, item

Build = Callable[..., Dataset]


def opened(dataset: Build, **rows: Any) -> pma.Report:
    tables = {"items": ITEMS, "incidents": INCIDENTS, "services": SERVICES, **rows}
    data = dataset(**tables)
    return pma.Report(data, pma.snapshot(data, as_of="2026-10-12", period="2026Q3"))


def test_promises_are_k_of_n_by_severity_with_the_period_before(dataset: Build) -> None:
    sev1, sev2 = pma.promise_answers(opened(dataset))
    # a1 in time, a2 open, b1 four days late; c1 in time; in the second quarter o1 in time.
    # Wilson: 1 of 3 is 0.061 to 0.792, 1 of 1 is 0.207 to 1.
    assert (sev1.label, sev1.figure) == ("Sev-1 promises kept", "1 of 3")
    assert sev1.detail == "33%, 95% interval 6 to 79%; in 2026Q2: 1 of 1"
    assert set(sev1.items) == {"a1", "a2", "b1"}
    assert (sev2.figure, sev2.detail) == ("1 of 1", "100%, 95% interval 21 to 100%")
    assert sev2.items == ("c1",)
    assert not sev1.signal


def test_a_change_is_called_one_only_beyond_chance(dataset: Build) -> None:
    # 0 of 8 after 8 of 8, each item of its own incident: Newcombe's limits lie below 0.
    days = [("Q", "2026-04-10", "2026-04-12"), ("R", "2026-07-10", None)]
    incidents = [incident(f"{q}{n}", day, causes=[]) for q, day, _ in days for n in range(8)]
    items = [item(f"{q}{n}-1", f"{q}{n}", done) for q, _, done in days for n in range(8)]
    answer = pma.promise_answers(opened(dataset, incidents=incidents, items=items))[0]
    assert answer.figure == "0 of 8"
    assert answer.detail.endswith("in 2026Q2: 8 of 8, a fall beyond chance")
    assert answer.signal


def test_what_cannot_be_judged_is_said_beside_the_figure(dataset: Build) -> None:
    undated = item("a3", "A") | {"state": "done"}
    answer = pma.promise_answers(opened(dataset, items=[*ITEMS, undated]))[0]
    assert answer.figure == "1 of 3"
    assert "; 1 more cannot be judged;" in answer.detail


def test_where_nothing_was_due_the_answer_says_so(dataset: Build) -> None:
    (answer,) = pma.promise_answers(opened(dataset, items=ITEMS[:1]))
    assert (answer.label, answer.figure, answer.items) == ("Promises kept", "none due", ())


def test_what_came_back_is_counted_in_the_period_and_in_the_year(dataset: Build) -> None:
    (answer,) = pma.return_answers(opened(dataset))
    # A, B and C began in the quarter, O in the three before; in the second quarter O alone.
    assert answer.figure == "1 of 3"
    assert answer.detail == "in the last four quarters 1 of 4; in 2026Q2: 0 of 1"
    assert answer.incidents == ("B",)
    # Without O nothing began before, and 0 of 0 is not said.
    (alone,) = pma.return_answers(opened(dataset, incidents=INCIDENTS[1:]))
    assert alone.detail == "in the last four quarters 1 of 3"


def test_without_incidents_nothing_is_said_to_have_come_back(dataset: Build) -> None:
    (answer,) = pma.return_answers(opened(dataset, incidents=[]))
    assert answer.figure == "not known"
    (answer,) = pma.return_answers(opened(dataset, incidents=INCIDENTS[:1]))
    assert (answer.figure, answer.detail[:33]) == (
        "none began",
        "in the last four quarters 0 of 1;",
    )


def test_what_nobody_owns_is_counted_in_services_and_in_items(dataset: Build) -> None:
    report = opened(dataset, items=[*ITEMS, item("o2", "O")])
    services, items = pma.ownership_answers(report)
    # web has no owner; o2 hangs on it, was due in April, and has no team for the same reason.
    assert (services.figure, services.detail) == ("1 of 2", "1 open item on them, 1 overdue")
    assert services.items == ("o2",)
    assert (items.figure, items.detail, items.items) == (
        "1 of 2",
        "1 of them overdue",
        ("o2",),
    )
    unknown, _ = pma.ownership_answers(opened(dataset, services=[]))
    assert unknown.figure == "not known"


def test_what_is_overdue_tells_the_oldest(dataset: Build) -> None:
    (answer,) = pma.overdue_answers(opened(dataset))
    # a2 was due on 16 July: 88 days before 12 October.
    assert answer.figure == "1 of 1"
    assert answer.detail == "1 of them preventive and Sev-1; the oldest for 88 days"
    assert answer.signal
    assert answer.items == ("a2",)
    (calm,) = pma.overdue_answers(opened(dataset, items=[*ITEMS[:2], item("c2", "C")]))
    assert (calm.figure, calm.signal) == ("1 of 1", False)
    (nothing,) = pma.overdue_answers(opened(dataset, items=ITEMS[:2]))
    assert nothing.figure == "none open"


def test_a_narrowed_report_answers_for_its_part(dataset: Build) -> None:
    narrowed = opened(dataset).narrowed(team="core")
    assert [answer.figure for answer in pma.promise_answers(narrowed)] == ["1 of 3", "none due"]
    # The incidents bear no team: those that the team's items come from count.
    assert pma.return_answers(narrowed)[0].figure == "1 of 2"
    web = opened(dataset).narrowed(service="web")
    assert pma.return_answers(web)[0].figure == "0 of 1"


def test_on_hardly_any_data_every_answer_is_true(empty_folder: Any, one_item_folder: Any) -> None:
    for folder in (empty_folder, one_item_folder):
        report = pma.open_report(str(folder))
        answers = (
            *pma.promise_answers(report), *pma.return_answers(report),
            *pma.ownership_answers(report), *pma.overdue_answers(report),
        )  # fmt: skip
        assert all(answer.figure for answer in answers)
        assert not [answer for answer in answers if "nan" in answer.detail.lower()]
        assert len(pma.last_commitments(report)) == 0


@pytest.mark.parametrize(
    ("counts", "said"),
    [((9, 10, 2, 10), "higher"), ((2, 10, 9, 10), "lower"), ((5, 10, 4, 10), "within chance"),
     ((4, 4, 0, 9), "")],
)  # fmt: skip
def test_a_change_of_shares_is_read_from_its_limits(counts: tuple[int, ...], said: str) -> None:
    assert change_of_shares(*counts) == said
