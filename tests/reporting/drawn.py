"""What must be seen in each chart, worked from the rows of the table beneath it and nothing else.

`FIGURES` says, for each exhibit, which series of figures the chart has to draw; `LABELS` which
words must stand in it. A series is an axis and the values in any order; no chart code is asked.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate, groupby
from typing import Any, Final

__all__ = ["FIGURES", "LABELS", "Row", "Series"]

Row = Mapping[str, Any]
Series = tuple[str, list[float]]
Reading = Callable[[Sequence[Row]], Iterator[Series]]

GAPS: Final = (
    "no_ticket", "no_owner", "person_only", "owner_inactive", "service_unowned", "multi_owned",
    "team_conflict", "wrong_project", "unknown_team", "stale_registry",
)  # fmt: skip
STANDINGS: Final = (
    "met", "late", "overdue", "pending", "dropped_in_time", "dropped_late", "no_target", "unknown",
)  # fmt: skip
MARKS: Final = ("ticketed", "right_project", "labelled", "linked", "fresh", "planned")


def _column(rows: Sequence[Row], name: str) -> list[float]:
    return [row[name] for row in rows if row[name] is not None]


def _columns(axis: str, *names: str) -> Reading:
    """Each of these columns is one series."""

    def read(rows: Sequence[Row]) -> Iterator[Series]:
        yield from ((axis, _column(rows, name)) for name in names)

    return read


def _across(*names: str) -> Reading:
    """The first row is one series, over these columns."""

    def read(rows: Sequence[Row]) -> Iterator[Series]:
        yield "x", [rows[0][name] for name in names]

    return read


def _intervals(value: str) -> Reading:
    """A dot for each row, and a line from its lower to its upper limit."""

    def read(rows: Sequence[Row]) -> Iterator[Series]:
        yield "x", _column(rows, value)
        yield from (("x", [row["low"], row["high"]]) for row in rows if row["low"] is not None)

    return read


def _months(rows: Sequence[Row]) -> Iterator[Series]:
    yield from _columns("y", "attainment", "due")(rows)
    yield from (("y", [rows[0][name]] * 2) for name in ("centre", "lower", "upper"))


def _curves(rows: Sequence[Row]) -> Iterator[Series]:
    """A curve and its band; the share of items that are done is drawn up to day 90."""
    for _, group in groupby(rows, key=lambda row: row.get("severity")):
        done = [row for row in group if row.get("outcome") == "done" and row["day"] <= 90]
        yield from _columns("steps", "cumulative_incidence", "low", "high")(done)


def _mean(rows: Sequence[Row]) -> Iterator[Series]:
    """One service has a count and no band."""
    banded = any(row["low"] is not None for row in rows)
    yield from _columns("steps", *(("mean", "low", "high") if banded else ("mean",)))(rows)


def _panels(rows: Sequence[Row]) -> Iterator[Series]:
    for _, group in groupby(rows, key=lambda row: row["severity"]):
        yield from _columns("x", "items", "overdue")(list(group))


def _flow(rows: Sequence[Row]) -> Iterator[Series]:
    """What came up to a day, and what went: they differ by what is open then."""
    came = list(accumulate(row["new"] + row["reopened"] for row in rows))
    start = rows[0]["opening"]
    yield "y", [start, *(start + total for total in came)]
    went = [start + total - row["closing"] for total, row in zip(came, rows, strict=True)]
    yield "y", [0, *went]


def _funnel(rows: Sequence[Row]) -> Iterator[Series]:
    judged = [row for row in rows if row["attainment"] is not None]
    yield from _columns("x", "due")(judged)
    yield from _columns("y", "attainment")(judged)


def _gaps(rows: Sequence[Row]) -> Iterator[Series]:
    yield "x", [row[gap] for row in rows if row["population"] == "open" for gap in GAPS]


def _weak(rows: Sequence[Row]) -> Iterator[Series]:
    shown = [row for row in rows if row["repeats"] or row["overdue_days"]][:12]
    yield from _columns("x", "repeats", "overdue_days")(shown)


def _returns(rows: Sequence[Row]) -> Iterator[Series]:
    """Two kinds of marks: an item of the first was overdue then, or none was."""
    for overdue in (True, False):
        kind = [row for row in rows if bool(row["overdue_before"]) == overdue]
        if kind:
            yield "x", _column(kind, "days_between")


FIGURES: Final[Mapping[str, Reading]] = {
    "attainment_by_severity": _intervals("attainment"),
    "attainment_by_quarter": _intervals("attainment"),
    "attainment_trend": _months,
    "completion_curve_by_severity": _curves,
    "backlog_by_severity": _panels,
    "flow": _flow,
    "due_burn_up": _columns("y", "due", "done", "dropped"),
    "funnel_by_team": _funnel,
    "overdue_by_team": _columns("text", "overdue"),
    "gap_rates": _gaps,
    "unowned_services": _columns("x", "open_items", "overdue_items"),
    "weak_services": _weak,
    "repeat_exposure": _intervals("rate_ratio"),
    "mean_cumulative": _mean,
    "repeats": _returns,
    "discoverability": _across(*MARKS),
    "review_timeliness": _intervals("in_time"),
    "standings": _across(*STANDINGS),
}


def _shares(value: str, met: str, of: str) -> Callable[[Sequence[Row]], list[str]]:
    def read(rows: Sequence[Row]) -> list[str]:
        judged = [row for row in rows if row[of]]
        return [f"{row[value]:.0%} {row[met]:.0f} of {row[of]:.0f}" for row in judged]

    return read


LABELS: Final[Mapping[str, Callable[[Sequence[Row]], list[str]]]] = {
    "attainment_by_severity": _shares("attainment", "met", "due"),
    "attainment_by_quarter": _shares("attainment", "met", "due"),
    "review_timeliness": _shares("in_time", "reviewed_in_time", "due"),
    "discoverability": lambda rows: [f"{rows[0][mark]:.0%}" for mark in MARKS],
    "gap_rates": lambda rows: [f"{rows[0][gap]:.0f}" for gap in GAPS],
    "standings": lambda rows: [f"{rows[0][name]:.0f}" for name in STANDINGS if rows[0][name]],
    "flow": lambda rows: [f"{rows[-1]['closing']:.0f} open"],
    "due_burn_up": lambda rows: [f"{rows[-1][name]:.0f} {name}" for name in ("due", "done")],
    "mean_cumulative": lambda rows: [f"{rows[-1]['mean']:.1f}"],
    "attainment_trend": lambda rows: [f"usual level {rows[0]['centre']:.0%}"],
    "repeat_exposure": lambda rows: [
        f"{row['repeats_while']:.0f} seen {row['expected_by_chance']:.1f} by chance" for row in rows
    ],
    "unowned_services": lambda rows: [f"{row['open_items']:.0f} open" for row in rows],
    "overdue_by_team": lambda rows: [f"{row['overdue']:.0f}" for row in rows],
}
