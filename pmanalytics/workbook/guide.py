"""The words on the first sheet: what this is, how to answer, and how to read each sheet."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pmanalytics.snapshots import Snapshot
from pmanalytics.words import STANDINGS, counted
from pmanalytics.workbook.actions import recently
from pmanalytics.workbook.layout import OPEN_ALTHOUGH_DROPPED, ROLE_LABEL

__all__ = ["about_lines", "section"]

PURPOSE: Final = (
    "Action items from postmortems, by what the incidents did to customers: what was promised, "
    "what is open and overdue, what came back, and where it is unclear who answers. There are "
    "places for your answers. It speaks of work and teams, not of persons. That an item is done "
    "does not show that something was learned from the incident."
)
ANSWERING: Final = (
    f"Say who answers under '{ROLE_LABEL}' at the top of this sheet: a role, not a name.",
    "Answer in the yellow columns with '(answer)' in their headers, on Actions and on Repeats. "
    "Answer what you want to change, and leave the rest as it is. What was answered before stands "
    "there already.",
    "New promised date: the day on which the item will be done now.",
    "New owner team: the team that answers for the item now. Choose it from the list.",
    "Decision, drop: the item will not be done. Give a reason. It counts as closed without being "
    "done; close it in its tracker too.",
    "Decision, ask for a waiver: more time for one item. Give the day under Waiver until, and a "
    "reason. You ask for it here, and it is dated when it is granted. Granted after the date on "
    "which the item was due, it changes no share of kept promises.",
    "Decision, keep: the item stays, or an item that was dropped is open again.",
    "Note: anything that the next reader must know. It changes no figure.",
    "Repeats: confirm that an incident was the return of the earlier one, or deny it. What you "
    "confirm counts as a return from then on, and what you deny does not.",
    "Answer check says while you write what an answer lacks. An empty check means that there is no "
    "answer.",
    "An answer counts from the day on which it is taken over. Figures of earlier days stay.",
    "To take an answer back, write another one; keep takes back a drop. An emptied cell changes "
    "nothing.",
    "Save the file and send it back to whoever sent it to you. They see every change before it is "
    "taken over. Nothing is written into your file, and nothing is sent to a tracker.",
    "You may sort and filter, hide columns and delete rows. Do not rename sheets or headers, and "
    "leave the hidden column Key and the hidden sheet alone: by them an answer finds its item.",
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
    """What the first sheet says, as pairs of a heading and a text.

    `about` is what the page says at its head (organisation, subject, period_label, period_remark,
    policy, method, counts, reject_count, unread_files, warnings); `interval` is that of
    `attainment`.
    """
    subject = about.get("subject")
    return [
        ("What this is", PURPOSE),
        ("Organisation", about.get("organisation") or "not named in the configuration"),
        *([("Only about", str(subject))] if subject else []),
        ("Period", _period(about)),
        ("As of", f"{snapshot.as_of.isoformat()}: what happened later is not in here."),
        ("Time zone", f"Days are counted in {snapshot.settings.timezone}; dates are local days."),
        *section("Warnings", about.get("warnings") or ["None."]),
        *section("How to answer", ANSWERING),
        *section("Summary", _summary(snapshot, interval)),
        *section("Actions", _actions(snapshot)),
        *section("Other sheets", OTHERS),
        *section("Standing", [f"{STANDINGS[c]}: {said}." for c, said in STANDING_MEANINGS.items()]),
        *section("Policy", about.get("policy", ())),
        *section("Method", about.get("method", ())),
        *section("Counted", _counts(about)),
    ]


def section(heading: str, sentences: Sequence[str]) -> list[tuple[str, str]]:
    """An empty line, then the sentences, the first beside the heading."""
    headings = [heading, *[""] * len(sentences)]
    return [("", ""), *zip(headings, map(str, sentences), strict=False)] if sentences else []


def _period(about: Mapping[str, Any]) -> str:
    told = [about.get("period_label") or about.get("period") or "all items"]
    return ". ".join(str(part) for part in [*told, about.get("period_remark")] if part)


def _counts(about: Mapping[str, Any]) -> list[str]:
    counts = [f"{number:,} {name}" for name, number in about.get("counts", {}).items()]
    rejects = int(about.get("reject_count", 0))
    said = f"{counted(rejects, 'row')} of the exports could not be read; see Data quality."
    left_out = [said] if rejects else []
    unread = [f"{name} could not be read." for name in about.get("unread_files", ())]
    return [*([", ".join(counts)] if counts else []), *unread, *left_out]


def _summary(snapshot: Snapshot, interval: str) -> tuple[str, ...]:
    period = "in the period" if snapshot.period else "up to the as-of date"
    grown = ", widened because items of one incident share a fate" * (interval == "cluster")
    return (
        f"Share kept = items done in time / items whose policy date fell {period}. The two limits "
        f"hold the range of shares that such counts allow (95% interval{grown}).",
        "Where a team or a product area has fewer than 10 items due, the share is left out, with "
        "fewer than 5 the limits too, because so few items say little. What is open is as of the "
        "as-of date.",
    )


def _actions(snapshot: Snapshot) -> tuple[str, ...]:
    return (
        f"Every open item, and what was closed since {recently(snapshot).isoformat()}. Product "
        "area, minutes and customers affected are those of the incident behind the item; came back "
        "since names the later incidents that were a return of it.",
        "Order: open items first, and of these the items of incidents that came back. Then the "
        "incidents with most minutes times customers affected; those of which only the minutes are "
        "known come after them, then those of which only the customers are known, then the rest. "
        "Of one incident, the item that was due first comes first.",
        "Promised date is what the ticket says, or what was answered here. Policy date is what the "
        "policy gives; standing and days are counted from it, as on the page, for closed items up "
        "to their closing where it was late. Waived until is the day that counts instead where a "
        "waiver was granted in time; it changes the order of the rows, and not the standing.",
        "Ownership gap says in which way it is unclear who answers for the item; empty means that "
        "none was found.",
        "Missed, of items like it, is there for items that are not due yet: of comparable items "
        "that were open at the same age, the share that was still open after the policy date. The "
        "number of such items stands beside it.",
        f"State '{OPEN_ALTHOUGH_DROPPED}': the decision counts. Close the item there, or answer "
        "keep.",
        "The columns up to the promised date are printed, on A3.",
    )


OTHERS: Final = (
    "Gaps: one row for each open item and each way in which its ownership is unclear, with what "
    "shows it; in the order of Actions.",
    "Repeats: texts that are much alike wait for your answer and come first. Then come the returns "
    "that are known and counted, then texts that are somewhat alike, then what was denied. In each "
    "part the incident that did most harm to customers comes first.",
    "Data quality: what could not be read, what disagrees and what is doubtful, each with what "
    "settles it. It is about all exports, also where this workbook is about a part.",
    "Lists: what may be chosen in answers.",
    "A coloured cell says nothing that its words do not say.",
)
