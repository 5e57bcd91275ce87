"""The words on the first sheet: what this is, how to read it and how to answer."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pmanalytics.snapshots import Snapshot
from pmanalytics.words import STANDINGS, counted
from pmanalytics.workbook.actions import recently

__all__ = ["about_lines", "section"]

PURPOSE: Final = (
    "Action items from postmortems: which promises were kept, what is open, what is overdue, and "
    "where ownership is unclear. It speaks of work and teams, not of persons. That an item is done "
    "does not show that something was learned from the incident."
)

STANDING_MEANINGS: Final[Mapping[str, str]] = {
    "met": "closed as done on or before its policy date",
    "late": "closed as done after its policy date",
    "overdue": "not closed, and its policy date is past",
    "pending": "not closed, and its policy date is still to come",
    "dropped_in_time": "closed without being done, on or before its policy date",
    "dropped_late": "closed without being done, after its policy date",
    "no_target": "the policy gives no date to such items",
    "unknown": "something that the policy needs is missing, such as the date of the incident",
}


def about_lines(
    snapshot: Snapshot, about: Mapping[str, Any], *, interval: str = "wilson"
) -> list[tuple[str, str]]:
    """What the first sheet says, as pairs of a heading and a text."""
    return [
        ("What this is", PURPOSE),
        ("Organisation", about.get("organisation") or "not named in the configuration"),
        ("Period", about.get("period_label") or about.get("period") or "all items"),
        ("As of", f"{snapshot.as_of.isoformat()}: what happened later is not in here"),
        ("Time zone", f"days are counted in {snapshot.settings.timezone}; dates are local days"),
        *section("Policy", about.get("policy", ())),
        *section("Method", about.get("method", ())),
        *section("Counted", _counts(about)),
        *section("How to read", _guide(snapshot, interval)),
        *section("Standing", [f"{STANDINGS[c]}: {said}" for c, said in STANDING_MEANINGS.items()]),
        *section("Warnings", about.get("warnings") or ["none"]),
    ]


def section(heading: str, sentences: Sequence[str]) -> list[tuple[str, str]]:
    """An empty line, then the sentences, the first beside the heading."""
    headings = [heading, *[""] * len(sentences)]
    return [("", ""), *zip(headings, map(str, sentences), strict=False)] if sentences else []


def _counts(about: Mapping[str, Any]) -> list[str]:
    counts = [f"{number:,} {name}" for name, number in about.get("counts", {}).items()]
    rejects = int(about.get("reject_count", 0))
    said = f"{counted(rejects, 'row')} of the exports could not be read; the page lists them"
    left_out = [said] if rejects else []
    unread = [f"{name} could not be read" for name in about.get("unread_files", ())]
    return [*([", ".join(counts)] if counts else []), *unread, *left_out]


def _guide(snapshot: Snapshot, interval: str) -> list[str]:
    period = "in the period" if snapshot.period else "up to the as-of date"
    grown = ", widened because items of one incident share a fate" * (interval == "cluster")
    return [
        f"Summary: share kept = items done in time / items whose policy date fell {period}. "
        f"The two limits hold the range of shares that such counts allow (95% interval{grown}).",
        "Summary: for teams with fewer than 10 items due the share is left out, with fewer than 5 "
        "the limits too, because so few items say little. What is open is as of the as-of date.",
        f"Actions: every open item, and what was closed since {recently(snapshot).isoformat()}. "
        "Overdue items come first, then those due next.",
        "Actions: promised date is what the ticket says, policy date is what the policy gives. "
        "Days are counted from the policy date to the closing or the as-of date.",
        "Actions: ownership gap says in which way it is unclear who answers for the item; empty "
        "means that none was found.",
        "A coloured cell marks an overdue item; the words in it say the same.",
    ]
