"""What leadership decided last time, and what it may decide now: computed by rules that are said.

A decision is proposed where the data show a promise that somebody has to renew, release or give an
owner. It speaks of work and services; it names no team as the cause and no person.
"""

from collections.abc import Callable, Iterator
from typing import Final

import pandas as pd

from pmanalytics.reporting.contents.answers import GRAVEST, began_within, incidents_of, preventive
from pmanalytics.reporting.opening import Report
from pmanalytics.reporting.showing.fronts import MOST_DECISIONS, Decision
from pmanalytics.words import counted, group_name, percent, plain

__all__ = ["decisions_now", "last_commitments"]

NAMED: Final = 2  # services that a sentence names
UNKNOWN_SHARE: Final = 0.1
LOW: Final = ("low", "run_low", "near_low")


def decisions_now(report: Report) -> tuple[Decision, ...]:
    """The decisions to take now: at most three, computed from the data by rules in a fixed order.

    Each rule gives at most one decision, and the first three that apply are taken:

    1. The weakest service: the first of `weak_services` that had a repeat in the year up to the
       end of the period and has preventive work open.
    2. Services without an owner on which overdue items hang.
    3. Overdue preventive items of Sev-1; where there are none, of Sev-2.
    4. Promises kept fell: a month of the period is low in `attainment_trend`, and the limits are
       not provisional; or the change from the period before is beyond chance.
    5. Too much is not known: at least one in ten of the items of the period cannot be judged.
    6. A commitment of leadership is past its day.

    Where no item has a kind, all count as preventive. Nothing is proposed where no rule applies.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> [one.exhibit for one in decisions_now(open_report(as_of="2026-10-12"))]
        ['weak_services', 'unowned_services', 'oldest_overdue']
    """
    found = (decision for rule in RULES for decision in rule(report))
    return tuple(decision for decision, _ in zip(found, range(MOST_DECISIONS), strict=False))


def _weakest(report: Report) -> Iterator[Decision]:
    snapshot = report.snapshot
    owed = (snapshot.items["state"].eq("open") & preventive(snapshot)).to_numpy()
    items = snapshot.items.loc[owed, ["service", "standing"]]
    inside = incidents_of(snapshot)[began_within(snapshot, years=1)]
    pairs = report.table("repeats", of=snapshot.whole)
    lately = inside.loc[inside["incident_id"].isin(pairs["incident_id"]), "service"]
    weak = report.table("weak_services", of=snapshot.whole)
    weak = weak[(weak["service"].isin(lately) & weak["service"].isin(items["service"])).to_numpy()]
    for row in weak.head(1).to_dict("records"):
        opened = items[items["service"].eq(row["service"]).to_numpy(dtype=bool)]
        overdue = int(opened["standing"].eq("overdue").sum())
        name, work = plain(row["service"]), counted(len(opened), "preventive item")
        was = "was the return" if row["repeats"] == 1 else "were returns"
        came = f"{row['repeats']:,} of its {counted(row['incidents'], 'incident')} {was}"
        yield Decision(
            f"Fund the open preventive work of {name} before new features, or release it.",
            f"{came} of an earlier one; {work} open, {overdue:,} overdue.",
            "weak_services",
        )


def _ownerless(report: Report) -> Iterator[Decision]:
    lacking = report.table("unowned_services")
    burdened = lacking[(lacking["overdue_items"] > 0).to_numpy(dtype=bool)]
    if len(burdened):
        overdue, them = burdened["overdue_items"].sum(), "it" if len(burdened) == 1 else "them"
        concern = "concerns" if overdue == 1 else "concern"
        yield Decision(
            f"Name the team that owns {_named(burdened['service'])}.",
            f"Nobody owns {them}, and {counted(overdue, 'overdue item')} {concern} {them}.",
            "unowned_services",
        )


def _grave(report: Report) -> Iterator[Decision]:
    items = report.snapshot.items
    overdue = items["standing"].eq("overdue") & preventive(report.snapshot)
    for severity in GRAVEST:
        chosen = items[(overdue & items["severity"].eq(severity)).to_numpy(dtype=bool)]
        if len(chosen):
            name = group_name(severity, "severity")
            one = len(chosen) == 1
            what = f"the {name} preventive item that is" if one else (
                f"the {len(chosen):,} {name} preventive items that are"
            )  # fmt: skip
            days = counted(chosen["days_over"].max(), "day")
            yield Decision(
                f"Schedule {what} overdue, or release {'it' if one else 'them'} with a reason.",
                f"{'It is' if one else 'The oldest is'} {days} past its policy day.",
                "oldest_overdue",
            )
            return


def _fallen(report: Report) -> Iterator[Decision]:
    what = "Agree on fewer promises, or free time for those that stand."
    row = report.change("attainment").iloc[0]
    if row.get("reading") == "lower":
        shares = f"{percent(row['attainment'])} kept, after {percent(row['attainment_before'])}"
        yield Decision(what, f"{shares}: more than chance.", "attainment_trend")
        return
    trend, period = report.table("attainment_trend"), report.snapshot.period
    low = trend[trend["signal"].isin(LOW).to_numpy(dtype=bool)]
    inside = low if period is None else low[(low["period"] >= f"{period.start:%Y-%m}").to_numpy()]
    if len(inside):
        month = inside["period"].iloc[-1]
        why = f"In {month} promises kept were lower than the months before let expect."
        yield Decision(what, why, "attainment_trend")


def _unknown(report: Report) -> Iterator[Decision]:
    row = report.table("attainment").iloc[0]
    total = row["due"] + row["unknown"]
    if row["unknown"] and row["unknown"] >= UNKNOWN_SHARE * total:
        bounds = f"between {percent(row['bound_low'])} and {percent(row['bound_high'])}"
        items = "item" if row["unknown"] == 1 else f"{row['unknown']:,} items"
        yield Decision(
            f"Say who settles the {items} that cannot be judged.",
            f"Something is missing in the data; promises kept may be anything {bounds}.",
            "unknowns",
        )


def _forgotten(report: Report) -> Iterator[Decision]:
    made = report.table("commitments")
    late = made[made["state"].eq("overdue").to_numpy(dtype=bool)]
    if len(late):
        about = _named(late["subject"].drop_duplicates())
        past = counted(late["days_over"].max(), "day")
        which = "It is" if len(late) == 1 else "The oldest is"
        yield Decision(
            f"Renew, change or release what was decided about {about}.",
            f"{which} {past} past the day that was set.",
            "commitments",
        )


RULES: Final[tuple[Callable[[Report], Iterator[Decision]], ...]] = (
    _weakest, _ownerless, _grave, _fallen, _unknown, _forgotten,
)  # fmt: skip


def _named(names: pd.Series) -> str:
    """The first names, and how many there are besides."""
    shown = [plain(name) for name in names.head(NAMED)]
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more:,} more"
    return " and ".join(shown)


def last_commitments(report: Report) -> pd.DataFrame:
    """What leadership decided last time, and what came of it.

    The rows of `commitments` that were decided since the period began, that are still open or
    overdue, or that were kept or dropped since then; the newest first.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> last_commitments(open_report(as_of="2026-10-12"))["state"].tolist()
        ['open', 'overdue', 'overdue']
    """
    made, period = report.table("commitments"), report.snapshot.period
    start = pd.Timestamp.min if period is None else pd.Timestamp(period.start)
    ended = made["until"] + pd.to_timedelta(made["days_over"].astype("float64"), unit="D")
    lately = (made["decided_on"] >= start) | (ended >= start)
    kept = made[(lately | made["state"].isin(["open", "overdue"])).to_numpy(dtype=bool)]
    return kept.sort_values("decided_on", ascending=False, kind="stable", ignore_index=True)
