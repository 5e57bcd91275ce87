"""What `check` finds, in words: for the terminal and for the sheet on data quality alike."""

from collections.abc import Mapping
from typing import Final

__all__ = ["finding_words"]

# rule of `check`: what its findings are, and what settles them
FINDINGS: Final[Mapping[str, tuple[str, str]]] = {
    "unreadable": ("files that could not be read", ""),
    "rejects": ("rows that could not be read", "mend them, or export the file again"),
    "bad_date": (
        "rows with a date that is none, or is written in another way",
        'date_formats = ["%d.%m.%Y"] under [[source]], if it is the way in which they are written',
    ),
    "short_row": ("rows with too few cells", "export the file again"),
    "long_row": ("rows with too many cells", "export the file again"),
    "cut_off": ("files that end in the middle of a row", "export the file again"),
    "no_key": ("rows without a key", 'key = "the field that names the row" under [source.fields]'),
    "file": ("doubts about a file", ""),
    "unknown_team": (
        "teams that the registry does not know",
        'add them to teams.csv, or as an alias there: teams = "teams.csv" under [registry]',
    ),
    "unknown_service": (
        "services that the registry does not know",
        'add them, or as an alias: services = ["catalog-info.yaml"] under [registry]',
    ),
    "unknown_person": (
        "persons whom the registry does not know",
        'add them to people.csv, or as an alias there: people = "people.csv" under [registry]',
    ),
    "no_incident": (
        "items without an incident",
        'incident_id = "the field that names it" under [source.fields], or labels like sev1, '
        "20260312",
    ),
    "unknown_incident": (
        "incidents that no export holds",
        'export them from the incident tool, and name the file: [[source]] path = "incidents.csv"',
    ),
    "closed_without_date": (
        "closed items without a date",
        'closed_at = "the field that says when" under [source.fields], or an export with history',
    ),
    "derived_closing": (
        "closing dates that only several exports bound",
        "export more often, or with a column or a history that dates the closing",
    ),
    "no_state": (
        "items without a state",
        'status = "the field that says it" under [source.fields]',
    ),
    "false_repeat": ("repeats of what was not over", "mend repeat_of in the incidents"),
    "idle_waiver": ("waivers for nothing", "mend the subject in the decisions, or leave it out"),
    "bad_decision": (
        "decisions that say too little to count",
        "mend the row in the decisions: decided_on, subject, kind, and what the kind needs",
    ),
    "idle_decision": (
        "decisions about what nobody knows",
        "mend the subject or the value in the decisions, or leave the row out",
    ),
    "open_although_dropped": (
        "items that were dropped by a decision and are open in their tracker",
        "close them in the tracker, or record the decision to keep them (kind keep)",
    ),
    "idle_pattern": ("patterns that fit no label", "mend the pattern under [labels]"),
    "stale_source": ("sources that lag behind", "export them again, all on one day"),
    "same_ticket": (
        "tickets that are counted twice",
        "give both exports one name under [[source]], or leave one out",
    ),
    "same_title": (
        "items with one title that count as one",
        "give them titles of their own where they are several pieces of work",
    ),
    "same_key": (
        "keys that may stand for two tickets",
        'give each system its own name: name = "jira-eu" under [[source]]',
    ),
    "severity_differs": (
        "items that disagree with their incident's severity",
        "the incident's counts; mend the label or field of the items",
    ),
    "only_in_document": (
        "action items that live only in their document",
        "open a ticket for each, and link to it in the document",
    ),
    "not_in_document": (
        "tickets of an incident that its document does not list",
        "list them among the action items of the document",
    ),
    "broken_link": (
        "links of documents to tickets that no export holds",
        "mend the link, or export that ticket too",
    ),
    "state_differs": (
        "items whose document and ticket say different things",
        "the ticket counts; mend the mark in the document",
    ),
    "unmarked_item": (
        "items of documents that say nothing of their state",
        "write them as check boxes, or link to their tickets",
    ),
    "unknown_attendee": (
        "attendees whom the registry does not know",
        'add them to people.csv, or as an alias there: people = "people.csv" under [registry]',
    ),
    "done_before_incident": (
        "items that were closed before their incident began",
        "mend the dates in the tracker, or the incident that they name",
    ),
    "times_reversed": ("things that ended before they began", "mend the dates in the tracker"),
}


def finding_words(rule: str) -> tuple[str, str]:
    """What the findings of a rule are, and what settles them; empty where no rule can say it.

    Examples:
        >>> finding_words("no_state")[0], finding_words("my_own")
        ('items without a state', ('my own', ''))
    """
    return FINDINGS.get(rule, (rule.replace("_", " "), ""))
