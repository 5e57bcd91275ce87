"""Signals: for each test an organisation in which it finds one, and one in which it does not."""

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from tests.reporting.contents.test_answers import opened
from tests.reporting.worlds import Rows, incident, item

Build = Callable[..., Dataset]
World = dict[str, Rows]


def look(report: pma.Report, question: str) -> tuple[str, str]:
    """The signal and the sentence of the question that begins so."""
    rows = pma.signals(report).set_index("question")
    (name,) = [each for each in rows.index if each.startswith(question)]
    return rows.loc[name, "signal"], rows.loc[name, "found"]


def alone(day: str, number: int, **more: Any) -> Rows:
    """So many incidents of one day, each of a service of its own."""
    return [
        incident(f"{day}-{n}", day, **{"service": f"s{n}", "causes": [], **more})
        for n in range(number)
    ]


def owed(incidents: Rows, done: str | None = None, each: int = 1, **more: Any) -> Rows:
    return [
        item(f"{one['incident_id']}/{n}", one["incident_id"], done, **more)
        for one in incidents
        for n in range(each)
    ]


def promises(*, fell: bool) -> World:
    # Due on 25 April and on 25 July: 8 of 8 done, then none of 8; or the same again.
    before, now = alone("2026-04-10", 8), alone("2026-07-10", 8)
    items = owed(before, "2026-04-12") + owed(now, None if fell else "2026-07-12")
    return {"incidents": before + now, "items": items}


def months(*, low: bool) -> World:
    # Thirteen months, 6 and 7 of 10 in turn. With none in the last, the mean is 0.6 and the mean
    # range (11 x 0.1 + 0.7) / 12 = 0.15, so that the lower limit is 0.6 - 2.66 x 0.15 = 0.2.
    kept = [6, 7] * 6 + [0 if low else 6]
    days = [day.strftime("%Y-%m-%d") for day in pd.date_range("2025-09-01", periods=13, freq="MS")]
    incidents = [incident(day, day, causes=[], service=day) for day in days]
    items = [
        item(f"{day}/{n}", day, f"{day[:8]}05" if n < number else None)
        for day, number in zip(days, kept, strict=True)
        for n in range(10)
    ]
    return {"incidents": incidents, "items": items}


def teams(*, low: bool) -> World:
    # Twelve teams with 20 items due each, 12 of them kept; or none in the first team.
    incidents = alone("2026-07-10", 12)
    items = [
        item(f"{n}/{k}", one["incident_id"], "2026-07-12" if k < kept else None, team=f"t{n:02}")
        for n, one in enumerate(incidents)
        for kept in [0 if low and n == 0 else 12]
        for k in range(20)
    ]
    return {"incidents": incidents, "items": items}


def moves(*, more: bool) -> World:
    # 20 came in the quarter, and none or 18 went. By the binomial, 20 of 38 is no signal.
    incidents = alone("2026-07-10", 20)
    done = owed(incidents[:18], "2026-07-20")
    return {
        "incidents": incidents,
        "items": owed(incidents) if more else done + owed(incidents[18:]),
    }


def gaps(*, more: bool) -> World:
    # 8 items of services with an owner fell due before, and 8 of services without one now.
    before, now = alone("2026-04-10", 8), alone("2026-07-10", 8, service="web" if more else "pay")
    owned = [{"service": one["service"], "team": "core"} for one in before]
    services = [*owned, {"service": "pay", "team": "core"}, {"service": "web"}]
    items = owed(before + now, key="X-1", project="X")
    return {"incidents": before + now, "items": items, "services": services}


def returns(*, more: bool) -> World:
    before = alone("2026-04-10", 8)
    names = [one["incident_id"] for one in before] if more else [None] * 8
    now = [
        one | {"repeat_of": name} for one, name in zip(alone("2026-07-10", 8), names, strict=True)
    ]
    return {"incidents": before + now, "items": []}


def while_open(*, more: bool) -> World:
    # 12 incidents with an item that is still open, and 60 whose item was done on the next day; on
    # day 20 six of the 60 return, and all of the 12; or 60 and 60, and six of each.
    first = alone("2026-01-10", 12 if more else 60)
    second = [one | {"incident_id": f"x{one['incident_id']}"} for one in alone("2026-01-10", 60)]
    again = [
        incident(f"r{one['incident_id']}", "2026-01-30", service="r", causes=[])
        | {"repeat_of": one["incident_id"]}
        for one in [*first[: 12 if more else 6], *second[:6]]
    ]
    return {
        "incidents": first + second + again,
        "items": owed(first) + owed(second, "2026-01-11"),
    }


def arrivals(*, faster: bool) -> World:
    start, step = ("2026-08-20", 4) if faster else ("2025-02-01", 50)
    days = pd.date_range(start, periods=12, freq=f"{step}D").strftime("%Y-%m-%d")
    first = incident("first", "2025-01-01", service="z", causes=[])
    return {"incidents": [first, *(alone(day, 1)[0] for day in days)], "items": []}


def quieter(*, long: bool) -> World:
    # Ten repeats, or one, in the 100 days from the end of the first incident to 11 April 2025, when
    # the work was done; quiet since, for 549 days. Chance (100 / 649)^10, or 100 / 649 = 0.15.
    days = pd.date_range("2025-01-11", periods=10 if long else 1, freq="9D").strftime("%Y-%m-%d")
    first = incident("first", "2025-01-01", causes=[])
    later = [incident(day, day, causes=[]) | {"repeat_of": "first"} for day in days]
    items = owed([first], "2025-04-11")
    return {"incidents": [first, *later], "items": items}


def reviews(*, fell: bool) -> World:
    def held(one: dict[str, Any], *, on: bool) -> dict[str, Any]:
        return one | {"reviewed_at": one["started_at"].replace("T10", "T20") if on else None}

    before = [held(one, on=True) for one in alone("2026-04-10", 8)]
    now = [held(one, on=not fell) for one in alone("2026-07-10", 8)]
    return {"incidents": before + now, "items": []}


def near_due(*, near: bool) -> World:
    # Of the days 0 to 15 the last three are 3 / 16 = 19%; 20 of 20, or 4 of 20, which is 8 to 42%.
    incidents = alone("2026-07-10", 20)
    last = 20 if near else 4
    items = owed(incidents[:last], "2026-07-25") + owed(incidents[last:], "2026-07-11")
    return {"incidents": incidents, "items": items}


def written_down(*, fewer: bool) -> World:
    # Half of the eight earlier Sev-1 incidents have more than three items, recent ones none or four.
    before, now = alone("2025-04-10", 8), alone("2026-08-10", 8)
    items = owed(before, each=4) + owed(now, each=0 if fewer else 4)
    return {"incidents": before + now, "items": items}


CASES: dict[str, tuple[str, World, World, str]] = {
    "promises": ("Sev-1 promises", promises(fell=True), promises(fell=False), "a fall beyond"),
    "months": ("promises kept, month", months(low=True), months(low=False), "2026-09 is below"),
    "teams": ("teams beside", teams(low=True), teams(low=False), "Of 12 teams with ten or more"),
    "moves": ("items that came", moves(more=True), moves(more=False), "20 items came and 0 went"),
    "gaps": ("gaps in ownership", gaps(more=True), gaps(more=False), "8 of 8 items that fell due"),
    "returns": ("incidents that came", returns(more=True), returns(more=False), "8 of 8 incidents"),
    "while open": (
        "repeats while", while_open(more=True), while_open(more=False), "12 of 18 returns came while",
    ),
    "arrivals": ("how often", arrivals(faster=True), arrivals(faster=False), "they come faster"),
    "quieter": ("services that got", quieter(long=True), quieter(long=False), "pay: without a"),
    "reviews": ("reviews held", reviews(fell=True), reviews(fell=False), "0 of 8 reviews"),
    "near due": ("closings just", near_due(near=True), near_due(near=False), "20 of 20 items done"),
    "written down": (
        "items written", written_down(fewer=True), written_down(fewer=False), "8 of 8 recent Sev-1",
    ),
}  # fmt: skip


def cases() -> Iterator[Any]:
    for name, (question, fires, calm, words) in CASES.items():
        yield pytest.param(question, fires, calm, words, id=name)


@pytest.mark.parametrize(("question", "fires", "calm", "words"), list(cases()))
def test_a_test_finds_a_signal_where_there_is_one_and_only_there(
    dataset: Build, question: str, fires: World, calm: World, words: str
) -> None:
    signal, found = look(opened(dataset, **fires), question)
    assert (signal, words in found) == ("yes", True), found
    signal, found = look(opened(dataset, **calm), question)
    assert signal == "no", found


def test_every_question_has_its_case() -> None:
    from pmanalytics.reporting.contents.signal_table import LOOKS

    assert len(CASES) == len(LOOKS)


def test_a_month_of_long_ago_is_no_signal_of_this_period(dataset: Build) -> None:
    world = months(low=False)
    first = world["incidents"][0]["incident_id"]
    none = [
        one | {"state": "open", "closed_at": None} if one["incident_id"] == first else one
        for one in world["items"]
    ]
    signal, found = look(opened(dataset, **world | {"items": none}), "promises kept, month")
    assert signal == "no"
    assert found == "Of 13 months, none of this period stands out; 1 earlier month did."


def test_few_data_are_called_so(dataset: Build) -> None:
    table = pma.signals(opened(dataset)).set_index("question")
    assert table.loc["Sev-1 promises kept", "signal"] == "too few"
    assert table.loc["promises kept, month by month", "found"].startswith("3 months with promises")
    assert "yes" not in set(table["signal"])


def test_without_a_period_before_nothing_is_compared(dataset: Build) -> None:
    now = alone("2026-07-10", 8)
    created = [one | {"created_at": "2026-07-13T10:00Z"} for one in owed(now)]
    report = opened(dataset, incidents=now, items=created)
    assert not report.has_previous
    signal, found = look(report, "Sev-1 promises kept")
    assert (signal, found) == (
        "too few",
        "0 of 8 Sev-1 promises were kept; nothing is known of the period before.",
    )


def test_the_exhibits_that_are_named_are_on_the_page(sample: Dataset) -> None:
    import json
    from pathlib import Path

    notebook = Path(__file__).parents[3] / "notebooks" / "quarterly.ipynb"
    source = "".join("".join(cell["source"]) for cell in json.loads(notebook.read_text())["cells"])
    report = pma.Report(sample, pma.snapshot(sample, as_of="2026-10-12", period="2026Q3"))
    named = set(pma.signals(report)["exhibit"])
    named |= {decision.exhibit for decision in pma.decisions_now(report)} | {"unknowns"}
    assert [name for name in sorted(named) if f'name="{name}"' not in source] == []
