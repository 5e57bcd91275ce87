"""The words on the first sheet: what this is, how to answer, and how to read each sheet."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pmanalytics.snapshots import Snapshot
from pmanalytics.words import STANDINGS, counted
from pmanalytics.workbook.actions import recently
from pmanalytics.workbook.layout import OPEN_ALTHOUGH_DROPPED, ROLE_LABEL

__all__ = ["about_lines", "section"]

MOST_WARNINGS: Final = 8
PURPOSE: Final = (
    "What was promised after incidents, the greatest harm to customers first: what is open or "
    "overdue, what came back, and where it is unclear who answers. It speaks of teams, not of "
    "persons. That an item is done does not show that anything was learned."
)
# What a reader must know before the first answer; it fits on the first screen.
STEPS: Final = (
    f"1. Choose '{ROLE_LABEL}' above. Your name is not needed.",
    "2. On Actions, write into the yellow columns what you want to change. Leave the rest alone.",
    "3. Answer check, to the right of them, says what an answer still lacks.",
    "4. On Repeats, confirm or deny that an incident was the return of the earlier one.",
    "5. Save the file and send it back. Each change is looked at before it counts. No tracker is "
    "changed.",
)
ANSWERING: Final = (
    "Answers that were given before stand in their places.",
    "New promised date: the day on which the item will be done now. New owner team: the team that "
    "answers for it now.",
    "Decision, keep: the item stays, or is open again after it was dropped.",
    "Decision, drop: it will not be done. Give a reason, and close it in its tracker too.",
    "Decision, ask for a waiver: more time. Give the day under Waiver until, and a reason. One "
    "that is granted after the item was due changes no share of kept promises.",
    "Note: what the next reader must know. It changes no figure.",
    "An answer counts from the day on which you save the file, or on which a waiver is granted.",
    "To take an answer back, write another one. An emptied cell changes nothing.",
    "Sort, filter, hide columns and delete rows as you like. Do not rename sheets or headers, and "
    "leave the hidden column Key and the hidden sheet alone: by them an answer finds its item.",
)
STANDING_MEANINGS: Final[Mapping[tuple[str, ...], str]] = {
    ("met", "late"): "closed as done, on or before the policy date, or after it",
    ("overdue", "pending"): "not closed, and the policy date is past, or still to come",
    (
        "dropped_in_time",
        "dropped_late",
    ): "closed without being done, by the policy date or after it",
    ("no_target",): "the policy gives no date to such items",
    ("unknown",): "something that the policy needs is missing, such as the date of the incident",
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
        *section("How to answer", STEPS),
        ("", ""),
        ("Organisation", about.get("organisation") or "not named in the configuration"),
        *([("Only about", str(subject))] if subject else []),
        ("Period", _period(about)),
        ("As of", _day(snapshot)),
        *section("Warnings", _warnings(about.get("warnings") or ["None."])),
        *section("Your answers", ANSWERING),
        *section("Summary", _summary(snapshot, interval)),
        *section("Actions", _actions(snapshot)),
        *section("Other sheets", OTHERS),
        *section("Standing", _standings()),
        *section("Policy", about.get("policy", ())),
        *section("Method", about.get("method", ())),
        *section("Counted", _counts(about)),
    ]


def section(heading: str, sentences: Sequence[str]) -> list[tuple[str, str]]:
    """An empty line, then the sentences, the first beside the heading."""
    headings = [heading, *[""] * len(sentences)]
    return [("", ""), *zip(headings, map(str, sentences), strict=False)] if sentences else []


def _standings() -> list[str]:
    told = STANDING_MEANINGS.items()
    return [f"{'; '.join(STANDINGS[code] for code in codes)}: {said}." for codes, said in told]


def _day(snapshot: Snapshot) -> str:
    day, zone = snapshot.as_of.isoformat(), snapshot.settings.timezone
    return f"{day}: what happened later is not in here. Days are those of {zone}."


def _period(about: Mapping[str, Any]) -> str:
    told = [about.get("period_label") or about.get("period") or "all items"]
    return ". ".join(str(part) for part in [*told, about.get("period_remark")] if part)


def _warnings(sentences: Sequence[str]) -> list[str]:
    """The first warnings, which concern most; untidy data have pages of them."""
    more = len(sentences) - MOST_WARNINGS
    rest = [f"{more:,} more are on Data quality."] if more > 0 else []
    return [*sentences[:MOST_WARNINGS], *rest]


def _counts(about: Mapping[str, Any]) -> list[str]:
    counts = [
        counted(number, name.removesuffix("s")) for name, number in about.get("counts", {}).items()
    ]
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
        f"hold the range of shares that such counts allow (95% interval{grown}). Of a team or a "
        "product area with fewer than 10 items due the share is left out, with fewer than 5 the "
        "limits too, because so few items say little.",
    )


def _actions(snapshot: Snapshot) -> tuple[str, ...]:
    return (
        "Every item that is open or of an unknown state, and what was closed since "
        f"{recently(snapshot).isoformat()}. Product "
        "area, minutes, customers and came back since are those of the incident behind the item.",
        "Order: open items first, and of these the items of incidents that came back. Then those "
        "with most minutes times customers affected; where only one of the two is known, they "
        "follow by that one. Of one incident, the item that was due first comes first.",
        "Policy date is what the policy gives; standing and days are counted from it, of closed "
        "items up to their closing. Promised date is what the ticket says, or what was answered "
        "here. Waived until changes the order of the rows, and not the standing.",
        "Missed, of items like it: of comparable items that were open at the same age, the share "
        "that was still open after the policy date. It is there for items that are not due yet.",
        f"State '{OPEN_ALTHOUGH_DROPPED}': the decision counts. Close the item there, or answer "
        "keep.",
        "The columns up to the promised date are printed.",
    )


OTHERS: Final = (
    "Gaps: one row for each open item and each way in which it is unclear who answers for it.",
    "Repeats: texts that are much alike wait for your answer and come first. Then come the returns "
    "that are counted, then texts that are somewhat alike, then what was denied.",
    "Data quality: what could not be read, disagrees or is doubtful in all exports, not only in "
    "those of a part.",
    "Lists: what may be chosen in answers.",
)
