"""Answers: how far the data answer each question of a report, and which inputs would answer more.

A question is counted over what it is about: items, open items, or incidents. Its function says for
how many of them it is answered, and for each input that may be missing, how many it would add at
most. What mapping a column would add is tried out elsewhere.
"""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from pmanalytics import registry
from pmanalytics.metrics.gap_rules import gap_flags
from pmanalytics.prospects.facts import Answer, Facts, Gain, flags
from pmanalytics.words import plain

__all__ = ["INCIDENTS", "MAPPED", "OF_INCIDENTS", "QUESTIONS"]

DOCUMENTS: Final = "postmortem_md"
FEW: Final = 3
INCIDENTS: Final = "Add the incidents of your incident tool"


def _incident_gains(facts: Facts, concerned: np.ndarray) -> tuple[Gain, ...]:
    """Ways to tie items to their incident."""
    written = flags(facts.items["incident_id"].notna())
    nameless = concerned & facts.lacking("incident_id")
    unheld = concerned & ~facts.linked & written
    on_trial = concerned & ~written & facts.on_trial
    finds = "find the incident that they name|finds the incident that it names"
    label = "Name the incident in a field, or label items with severity and date"
    return (
        Gain(label, int(nameless.sum()), "are tied to their incident|is tied to its incident"),
        Gain(INCIDENTS, int(unheld.sum()), finds),
        Gain(
            f"Map `{facts.incident_field}` and add the incidents of your incident tool",
            int(on_trial.sum()),
            finds,
        ),
    )


def _date_gains(facts: Facts, concerned: np.ndarray) -> tuple[Gain, ...]:
    undated, stateless = concerned & facts.undated, concerned & flags(facts.items["state"].isna())
    return (
        Gain(
            "Export the day of closing, or the history",
            int(undated.sum()),
            "are judged|is judged",
            noun="more closed item",
            at_most=False,
        ),
        Gain("Export the status", int(stateless.sum()), "are judged|is judged"),
    )


def _kept(facts: Facts) -> Answer:
    """Items with a target, and those that lack what would tell whether they have one."""
    items, found = facts.items, "find their target in the policy|finds its target in the policy"
    judged = flags(~items["standing"].isin(["no_target", "unknown"]))
    worded = ~judged & _worded(facts)
    silent = ~judged & flags(items["severity"].isna())
    unclear = flags(items["standing"] == "unknown") | silent | worded
    unrated = silent & facts.linked & facts.lacking("severity")
    words = sorted(items["severity"][worded].unique())
    listed = ", ".join(map(repr, map(plain, words[:FEW]))) + (", ..." if words[FEW:] else "")
    means = "mean" if len(words) > 1 else "means"
    meaning = Gain(f"Say under [source.severities] what {listed} {means}", int(worded.sum()), found)
    severity = Gain(
        "Give the severity of each incident",
        int(unrated.sum()),
        found,
    )
    return Answer(
        known=int(judged.sum()),
        concerned=int((unclear | judged).sum()),
        gains=(
            *_incident_gains(facts, unclear),
            severity,
            meaning,
            *_date_gains(facts, flags(items["standing"] == "unknown")),
        ),
    )


def _worded(facts: Facts) -> np.ndarray:
    """Items whose severity is a word that no rule of the policy names, and no number."""
    rules = [rule for version in facts.snapshot.policy.versions for rule in version.rules]
    severity = facts.items["severity"]
    numbered = flags(severity.str.fullmatch("sev[0-9]"))
    ruled = severity.isin([rule.severity for rule in rules if rule.severity])
    return flags(severity.notna() & ~numbered & ~ruled)


def _long(facts: Facts) -> Answer:
    """Items with a day from which days are counted and, if closed, a day until which."""
    clocked = flags(facts.items["clock_on"].notna())
    return Answer(
        known=int((clocked & ~facts.undated).sum()),
        concerned=len(facts.items),
        gains=(*_incident_gains(facts, ~clocked), *_date_gains(facts, clocked)),
    )


def _owed(facts: Facts) -> Answer:
    """Open items whose age since the incident is known."""
    stateless = flags(facts.items["state"].isna())
    aged = facts.open & flags(facts.items["clock_on"].notna())
    told = "are known to be open or not|is known to be open or not"
    return Answer(
        known=int(aged.sum()),
        concerned=int((facts.open | stateless).sum()),
        gains=(
            *_incident_gains(facts, facts.open & ~aged),
            Gain("Export the status", int(stateless.sum()), told, at_most=False),
        ),
    )


def _owners(facts: Facts) -> Answer:
    """Open items that a team answers for."""
    items, services, teams = facts.items, facts.snapshot.services, facts.snapshot.teams
    lacking = facts.open & facts.lacking("team")
    owners = registry.service_owners(services)
    owned = owners.loc[owners["owners"] > 0, "service"]
    unowned = facts.open & flags(items["service"].notna() & ~items["service"].isin(owned))
    gaps = gap_flags(facts.snapshot)[["no_owner", "person_only", "service_unowned"]]
    settled = int((gaps.to_numpy(dtype=bool) & unowned[:, None]).sum())
    ownership = "Give each service an owner" if len(services) else "Add catalog-info.yaml"
    projects = registry.team_projects(teams)["project"]
    project = lacking & flags(items["project"].notna() & ~items["project"].isin(projects))
    persons = lacking & flags(items["owners"].list.len() > 0)
    found = "find their team|finds its team"
    return Answer(
        known=int((facts.open & flags(items["team"].notna())).sum()),
        concerned=int(facts.open.sum()),
        gains=(
            Gain("Name the team in a field", int(lacking.sum()), found),
            Gain(ownership, settled, "settle|settles", noun="ownership gap"),
            Gain(_of_teams(facts), int(project.sum()), found),
            Gain(_of_people(facts), int(persons.sum()), found),
        ),
    )


def _of_teams(facts: Facts) -> str:
    known = len(facts.snapshot.teams)
    return "Name more projects in teams.csv" if known else "Add teams.csv (team, project)"


def _of_people(facts: Facts) -> str:
    known = len(facts.snapshot.people)
    return "Name more persons in people.csv" if known else "Add people.csv (person, team)"


def _documented(facts: Facts) -> Answer:
    """Incidents of which the document, and not only the tracker, was read."""
    items, files = facts.items, facts.data.files
    documents = files.loc[flags(files["format"] == DOCUMENTS), "source"]
    loose = items.loc[flags(items["key"].isna() | items["source"].isin(documents)), "incident_id"]
    every = facts.snapshot.incidents["incident_id"]
    known = int(every.isin(loose).sum())
    told = "can be compared with their tickets|can be compared with its tickets"
    documents_input = "Add the postmortem documents (Markdown)"
    gain = Gain(documents_input, len(every) - known, told, noun="more incident")
    return Answer(known, len(every), (gain,))


def _returned(facts: Facts) -> Answer:
    """Incidents with what shows a repeat: service and causes, or the earlier incident itself."""
    held, named = facts.held, facts.items["incident_id"].dropna()
    serviced, caused = flags(held["service"].notna()), flags(held["causes"].list.len() > 0)
    told = (serviced & caused) | flags(held["repeat_of"].notna())
    outside = named[~named.isin(held["incident_id"])].nunique()
    lacks = {
        INCIDENTS: outside,
        "Give each incident its service": int((~told & ~serviced).sum()),
        "Tag each incident with its causes": int((~told & ~caused).sum()),
    }
    effect = "can be compared with earlier ones"
    gains = [Gain(what, number, effect, noun="more incident") for what, number in lacks.items()]
    return Answer(int(told.sum()), len(held) + outside, tuple(gains))


def _open_before(facts: Facts) -> Answer:
    """Items to hold against a later incident: of an incident, dated, and of a known kind."""
    usable = facts.linked & ~facts.undated & flags(facts.items["state"].notna())
    kindless = int((usable & facts.lacking("kind")).sum())
    told = "are told to prevent, detect or mitigate|is told to prevent, detect or mitigate"
    return Answer(
        known=int((usable & flags(facts.items["kind"].notna())).sum()),
        concerned=len(facts.items),
        gains=(
            Gain("Give each item its kind", kindless, told),
            *_incident_gains(facts, ~facts.linked),
        ),
    )


def _found(facts: Facts) -> Answer:
    """Open items of which the labels and the projects of the owning team are known."""
    items = facts.items
    placing = registry.team_projects(facts.snapshot.teams)["team"]
    labelled = facts.open & flags(items["labels"].notna())
    placed = facts.open & flags(items["team"].isin(placing))
    ticketed = facts.open & ~placed & flags(items["project"].notna())
    in_place = "are looked for in their team's project|is looked for in its team's project"
    return Answer(
        known=int((labelled & placed).sum()),
        concerned=int(facts.open.sum()),
        gains=(
            Gain(_of_teams(facts), int(ticketed.sum()), in_place),
            Gain(
                "Export the labels",
                int((facts.open & ~labelled).sum()),
                "are known to be labelled or not|is known to be labelled or not",
            ),
        ),
    )


def _attended(facts: Facts) -> Answer:
    """Reviewed incidents of which it is written down who came."""
    held, came = facts.snapshot.incidents, facts.snapshot.attendance
    attended = flags(held["incident_id"].isin(came.loc[came["role"].notna(), "incident_id"]))
    reviewed = attended | flags(held["reviewed_at"].notna())
    concerned = reviewed if reviewed.any() else np.ones(len(held), dtype=bool)
    number = int((concerned & ~attended).sum())
    told = "show which managers came|shows which managers came"
    gain = Gain("Add attendance.csv (incident_id, role)", number, told, noun="more review")
    return Answer(int(attended.sum()), int(concerned.sum()), (gain,))


QUESTIONS: Final[Mapping[str, Callable[[Facts], Answer]]] = {
    "Are promises kept?": _kept,
    "How long does it take?": _long,
    "What is owed now?": _owed,
    "Who answers for it?": _owners,
    "Does work live only in a document?": _documented,
    "Which incidents came back?": _returned,
    "What was still open when they came back?": _open_before,
    "Can the work be found?": _found,
    "Were both managers at the review?": _attended,
}
OF_INCIDENTS: Final = frozenset(
    (
        "Does work live only in a document?",
        "Which incidents came back?",
        "Were both managers at the review?",
    )
)
# What mapping a column of the items does for those that it adds to a question.
MAPPED: Final[Mapping[str, str]] = {
    "Are promises kept?": "are judged|is judged",
    "How long does it take?": "are timed|is timed",
    "What is owed now?": "show their age|shows its age",
    "Who answers for it?": "have a team|has a team",
    "What was still open when they came back?": "count for repeats|counts for repeats",
    "Can the work be found?": "are looked for in their team's project|is looked for there",
}
