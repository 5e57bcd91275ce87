"""Comparing: what was given out, what the reader says and what stands now, side by side.

An answer is a change when nothing else happened to it since the workbook was given out. What stands
so already is known; what was decided, or what its tracker says, otherwise since then is a conflict
that people settle; and what cannot be applied is refused with the reason.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from pmanalytics.answers.current import Current, Fact
from pmanalytics.answers.differing import WAIVER, Asked, Values, header_of, in_words
from pmanalytics.answers.objecting import objection
from pmanalytics.workbook.layout import DECISIONS, VERDICTS

__all__ = ["Compared", "Made", "compared_answers"]

_SETTLE: Final = "settle it between you, and answer in a new workbook"


@dataclass(frozen=True)
class Made:
    """A decision that an answer becomes."""

    kind: str
    value: str = ""
    until: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Compared:
    """What an answer came to: change, known, conflict or refused, and why in a sentence.

    `about` is the item or the two incidents, as they are called now; a change has the day on which
    it is decided (none for a waiver that nobody granted yet) and its decisions.
    """

    ask: Asked
    about: tuple[str, ...]
    title: str
    now: Values
    outcome: str
    detail: str
    decided_on: date | None = None
    decisions: tuple[Made, ...] = ()


def compared_answers(
    asks: Iterable[Asked], current: Current, *, days: Mapping[str, date], granted: bool
) -> list[Compared]:
    """Compare the answers of all workbooks with what stands now, and with each other.

    `days` has the day of the answers of each workbook by its sha256; `granted` says that waivers
    which are asked for are granted on this day.
    """
    found = [_compared(ask, current, days[ask.book.sha256], granted=granted) for ask in asks]
    return _undropped(_settled(found))


def _compared(ask: Asked, current: Current, day: date, *, granted: bool) -> Compared:
    about = current.about(ask)
    ask = _spelled(ask, current)
    result = Compared(ask, about or _called(ask), _title(ask, current), (), "", "")
    if about is None:
        gone = "is not" if len(result.about) == 1 else "are not both"
        return _refused(result, f"{' and '.join(result.about)} {gone} in the data any more")
    now = current.stands(ask)
    result = replace(result, now=now)
    if now == ask.answered:
        return _known(result, "It stands so already.")
    if now != ask.given_out:
        return _conflict(result, f"it now says {in_words(now, ask.group)}")
    if found := objection(ask, current, day):
        outcome, reason = found
        return _ENDS[outcome](result, reason)
    return _change(result, current, day, granted=granted)


def _spelled(ask: Asked, current: Current) -> Asked:
    """An answer that names a team, with the team as the registry writes it."""
    if ask.group != "team":
        return ask
    given_out, answered = (current.spelled(values[0]) for values in (ask.given_out, ask.answered))
    return replace(ask, given_out=(given_out,), answered=(answered,))


def _called(ask: Asked) -> tuple[str, ...]:
    names = ("item_id",) if ask.row.record == "item" else ("incident_id", "repeat_of")
    return tuple(ask.facts[name] for name in names)


def _title(ask: Asked, current: Current) -> str:
    if ask.row.record == "item":
        fact = current.facts.get(ask.row.key)
        return fact.title if fact else ask.facts["title"]
    return current.title(_called(ask)[0])


def _refused(result: Compared, reason: str) -> Compared:
    ask = result.ask
    said = f"{ask.place}: {in_words(ask.answered, ask.group)!r} is not applied: {reason}."
    return replace(result, outcome="refused", detail=said)


def _conflict(result: Compared, now: str) -> Compared:
    ask = result.ask
    said = (
        f"{ask.place}: it was given out with {in_words(ask.given_out, ask.group)}, {now}, and the "
        f"reader says {in_words(ask.answered, ask.group)}; {_SETTLE}."
    )
    return replace(result, outcome="conflict", detail=said)


def _known(result: Compared, reason: str) -> Compared:
    return replace(result, outcome="known", detail=reason)


_ENDS: Final[Mapping[str, Callable[[Compared, str], Compared]]] = {
    "known": _known,
    "conflict": _conflict,
    "refused": _refused,
}


def _change(result: Compared, current: Current, day: date, *, granted: bool) -> Compared:
    ask = result.ask
    stands = current.decided_on.get((ask.group, *result.about))
    if stands and stands > day:
        reason = (
            f"a decision of {stands} on it stands already, which one of {day} would not change; "
            "give a later day with --on"
        )
        return _refused(result, reason)
    waits = ask.answered[0] == WAIVER and ask.group == "decision" and not granted
    return replace(
        result,
        outcome="change",
        detail=_effect(result, current, day, granted=granted) + _left_standing(ask),
        decided_on=None if waits else day,
        decisions=tuple(_decisions(result)),
    )


def _decisions(result: Compared) -> Iterator[Made]:
    group, values = result.ask.group, result.ask.answered
    if group == "promised":
        yield Made("promised", until=values[0])
    elif group == "team":
        yield Made("owner_team", value=values[0])
    elif group == "note":
        yield Made("note", value=values[0])
    elif group == "verdict":
        yield Made(VERDICTS[values[0]], value=result.about[1], reason=values[1])
    else:
        kind = DECISIONS[values[0]]
        if kind == "waiver" and result.now[0] == "drop":
            # A waiver alone would leave the item dropped.
            yield Made("keep", reason=values[2])
        yield Made(kind, until=values[1], reason=values[2])


def _effect(result: Compared, current: Current, day: date, *, granted: bool) -> str:
    """What a change does and what it leaves, in a sentence."""
    ask, first = result.ask, result.ask.answered[0]
    if ask.group == "decision" and first == WAIVER:
        fact = current.facts[ask.row.key]
        return _waiver_effect(fact, ask.answered[1], day, granted=granted)
    more = ""
    if ask.group == "note":
        more = "; it changes no figure"
    elif ask.group == "promised" and first < day.isoformat():
        more = "; the new date was over already when it was given"
    elif ask.group == "decision" and first == "keep" and result.now[0] == WAIVER:
        more = f"; the waiver until {result.now[1]} stays as it was granted"
    elif ask.group == "decision" and first == "keep" and result.now[0] != "drop":
        more = "; nothing was dropped, so that it changes no figure"
    return f"Counts from {day} on{more}."


def _left_standing(ask: Asked) -> str:
    """A reminder where another decision was chosen beside the reason of the one before."""
    if ask.group != "decision":
        return ""
    (word, _, reason), (before, _, given) = ask.answered, ask.given_out
    same = reason and reason == given and word != before
    return f" Its reason is still that of {before!r}." if same else ""


def _waiver_effect(fact: Fact, until: str, day: date, *, granted: bool) -> str:
    """Whether a waiver changes an attainment, by the rules of the snapshot."""
    start = f"Granted on {day}" if granted else "Asked for; granted with --on DATE"
    policy, due = fact.due_on, fact.adjusted_due_on
    if policy is None or due is None:
        return f"{start}; the policy gives it no date, so that it changes no attainment."
    if until <= policy.isoformat():
        return f"{start}; it ends on or before its due date {policy}: it changes no attainment."
    if not granted:
        over = ", which was over when it was asked for" if day > due else ""
        return f"{start}; it changes no attainment after its due date {due}{over}."
    if day > due:
        return f"{start}, after its due date {due}: it changes no attainment."
    return f"{start}, in time: its due date moves from {due} to {until}."


def _settled(found: list[Compared]) -> list[Compared]:
    """The same said twice is said once, and what contradicts each other is in conflict."""
    first: dict[tuple[str, ...], Compared] = {}
    several: dict[tuple[str, ...], dict[Values, Compared]] = {}
    for result in found:
        if result.outcome in ("change", "conflict"):
            several.setdefault(_key(result), {}).setdefault(result.ask.answered, result)
    settled = []
    for result in found:
        if result.outcome != "change":
            settled.append(result)
            continue
        said = several[_key(result)]
        other = next((one for values, one in said.items() if values != result.ask.answered), None)
        one = first.setdefault(_key(result), result)
        if other:
            settled.append(_contradicted(result, other.ask))
        else:
            settled.append(result if one is result else _same(result, one))
    return settled


def _undropped(found: list[Compared]) -> list[Compared]:
    """Nothing is dropped in one workbook and promised in another: both are in conflict."""
    dropped, promised = (
        {one.about: one for one in found if one.outcome == "change" and _says(one, group, word)}
        for group, word in (("decision", "drop"), ("promised", ""))
    )
    others: dict[int, Compared] = {}
    for about in dropped.keys() & promised.keys():
        drop, promise = dropped[about], promised[about]
        others |= {id(drop): promise, id(promise): drop}
    return [_contradicted(one, others[id(one)].ask) if id(one) in others else one for one in found]


def _says(result: Compared, group: str, word: str) -> bool:
    return result.ask.group == group and (not word or result.ask.answered[0] == word)


def _contradicted(result: Compared, other: Asked) -> Compared:
    what = "" if other.group == result.ask.group else f" as {header_of(other.group, record='item')}"
    says = f"{other.place} says {in_words(other.answered, other.group)}{what}"
    return replace(_conflict(result, says), decided_on=None, decisions=())


def _same(result: Compared, one: Compared) -> Compared:
    known = _known(result, f"{one.ask.place} says the same.")
    return replace(known, decided_on=None, decisions=())


def _key(result: Compared) -> tuple[str, ...]:
    return (result.ask.group, *result.about)
