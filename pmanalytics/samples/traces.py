"""How a ticket shows which incident it came out of: a field, a link, an id or two labels."""

from datetime import date
from typing import Final

from pmanalytics.samples.belonging import DOCUMENTS
from pmanalytics.samples.dice import Dice
from pmanalytics.samples.outages import Incident, incidents, pairs_of_labels
from pmanalytics.samples.promises import Item, certain
from pmanalytics.samples.rules import days_after

__all__ = ["leave_traces"]

# The rules that each tracker's items can be found by, as often as they stand here.
RULES: Final = {
    "jira": ("field",) * 11 + ("link",) * 3 + ("id",) * 2 + ("label",) * 4,
    "github": ("label",) * 7 + ("id",) * 3,
    "gitlab": ("label",) * 7 + ("id",) * 3,
    DOCUMENTS: ("field",),
}
# One ticket serves both incidents: how it names them, earlier and later one.
SHARED_TICKETS: Final = (
    ("bk1", "ck1", "field"),
    ("eb1", "pe1", "link"),
    ("so1", "ds3", "field"),
)
AMBIGUOUS: Final = "av1"


def leave_traces(items: list[Item]) -> None:
    """Give every item the labels, fields and links that name its incident."""
    dice = Dice("traces")
    pairs = pairs_of_labels(incidents())
    shared = _share(items)
    for item in items:
        if item.incident is None:
            _leave_too_little(item, dice)
            continue
        later = shared.get(id(item))
        item.rule = later[1] if later else _rule(item, pairs, dice)
        item.other = (later[0],) if later else ()
        _name_incident(item, dice)
        item.labels = ("postmortem", *_labels(item, pairs, dice))


def _share(items: list[Item]) -> dict[int, tuple[Incident, str]]:
    named = {each.name: each for each in incidents() if each.name}
    found = {}
    for earlier, later, rule in SHARED_TICKETS:
        item = next(
            each
            for each in items
            if each.incident is named[earlier] and each.source == "jira" and not each.special
        )
        found[id(item)] = (named[later], rule)
    return found


def _rule(item: Item, pairs: dict[tuple[str, date], list[str]], dice: Dice) -> str:
    incident = certain(item.incident)
    several = len(pairs[incident.severity, incident.day]) > 1
    if item.special in ("duplicate of an unknown ticket", "duplicate of a known ticket"):
        return "field"
    rules = [rule for rule in RULES[item.source] if not (several and rule == "label")]
    return dice.pick(rules)


def _name_incident(item: Item, dice: Dice) -> None:
    name = certain(item.incident).incident_id
    if item.rule == "field":
        item.incident_field = name
        item.linked_keys = tuple(each.incident_id for each in item.other)
    elif item.rule == "link" and not item.other and dice.chance(0.4):
        item.parent = name
    elif item.rule == "link":
        # The later incident stands first, so that order alone does not find the right one.
        item.linked_keys = (*(each.incident_id for each in item.other), name)


def _labels(item: Item, pairs: dict[tuple[str, date], list[str]], dice: Dice) -> tuple[str, ...]:
    if item.source == DOCUMENTS:
        return ()
    incident = certain(item.incident)
    kind = (item.kind,) if item.source != "jira" and item.kind_written else ()
    named = (incident.incident_id,) if item.rule == "id" and dice.chance(0.4) else ()
    severity, day = incident.severity, incident.day
    if len(pairs[severity, day]) > 1:
        return (*named, *kind)
    draw = 1 if item.rule == "label" else dice.between(1, 100)
    if draw > 92:
        return (*named, *kind)
    if draw > 84:
        day = _wrong_day(severity, day, pairs)
    written = dice.pick((severity, severity, severity.replace("v", "v-"), severity.upper()))
    return (written, day.strftime("%Y%m%d"), *named, *kind)


def _wrong_day(severity: str, day: date, pairs: dict[tuple[str, date], list[str]]) -> date:
    """A mistyped date, never so that it names another incident."""
    later = (days_after(day, shift) for shift in range(3, 40))
    return next(each for each in later if (severity, each) not in pairs)


def _leave_too_little(item: Item, dice: Dice) -> None:
    """No incident can be found: the labels fit two, or one of the two labels is missing."""
    ambiguous = next(each for each in incidents() if each.name == AMBIGUOUS)
    item.labels = ("postmortem",)
    if item.special == "two incidents fit":
        item.labels += (ambiguous.severity, ambiguous.day.strftime("%Y%m%d"))
    elif item.severity:
        item.labels += (item.severity,)
    elif dice.chance(0.5):
        item.labels += (item.created.strftime("%Y%m%d"),)
