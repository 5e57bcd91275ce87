"""Unknown tables: a file that no tracker writes, with the mapping that its header suggests.

Beside files that are known nothing is mapped without a person's word, for a table with a title may
be about anything; but whoever exports from a tool of their own finds the lines to take the # from.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pmanalytics.errors import InputError
from pmanalytics.names import fold
from pmanalytics.reading.delimited import headers
from pmanalytics.reading.encodings import as_utf8
from pmanalytics.reading.files import open_file

__all__ = ["suggested_fields"]

# Names that tools give to what every ticket has, folded; the first that a header has is taken.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "key": ("key", "id", "ticket", "ticket-id", "issue", "issue-id", "number", "no", "nr",
            "task-id", "reference", "ref"),
    "title": ("title", "summary", "subject", "name", "task", "task-name", "action", "action-item",
              "short-description", "description", "what"),
    "status": ("status", "state", "stage", "progress"),
    "created_at": ("created", "created-at", "created-on", "creation-date", "opened", "opened-at",
                   "date-created", "raised"),
    "closed_at": ("closed", "closed-at", "closed-on", "completed", "completed-at",
                  "completed-on", "resolved", "resolved-at", "done-on", "date-closed"),
    "promised_on": ("due", "due-date", "due-on", "deadline", "target-date"),
    "owners": ("assignee", "assignees", "assigned-to", "owner", "owners", "responsible", "who"),
    "team": ("team", "owning-team", "squad", "assignment-group"),
    "service": ("service", "affected-service", "component"),
    "incident_id": ("incident", "incident-id", "incident-number", "postmortem"),
    "severity": ("severity", "sev", "incident-severity"),
    "labels": ("labels", "tags"),
}  # fmt: skip
_NEEDED: Final = ("key", "title")


def suggested_fields(path: Path) -> dict[str, str]:
    """Our columns with the names of a header that may hold them; nothing without key and title.

    Takes delimited text; of anything else, nothing is suggested.
    """
    try:
        content, _ = as_utf8(open_file(path, name=path.name).content, name=path.name)
        candidates = [file.names for file in headers(content, name=path.name)]
    except (InputError, UnicodeDecodeError):
        return {}
    found = [_fields(names) for names in candidates]
    best = max(found, key=len, default={})
    return best if len(best) > 1 and set(_NEEDED) & set(best) else {}


def _fields(names: tuple[str, ...]) -> dict[str, str]:
    folded = {fold(name): name for name in reversed(names)}
    chosen: dict[str, str] = {}
    for ours, candidates in _NAMES.items():
        name = next((folded[c] for c in candidates if c in folded), None)
        if name is not None and name not in chosen.values():
            chosen[ours] = name
    return chosen
