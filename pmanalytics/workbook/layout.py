"""The layout of the workbook: what stands where, for those who write it and those who read it back.

Three sheets take answers: Actions (a row per item), Repeats (a row per pair of incidents) and About
(the role of the reader). Each of their rows has a hidden key, and a hidden sheet, the baseline,
remembers what was given out under that key, so that an edited workbook can be compared with it and
with the data of the day on which it comes back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import pandas as pd

from pmanalytics.workbook.cells import cell_text, held_texts

__all__ = [
    "ACTIONS",
    "ANSWERS",
    "BASELINE",
    "BASELINE_FACTS",
    "COSTS",
    "DECISIONS",
    "GAPS_SHEET",
    "KEY",
    "LAST_PRINTED",
    "LISTS",
    "MARK",
    "OPEN_ALTHOUGH_DROPPED",
    "OWNERS",
    "QUALITY",
    "REPEATS",
    "ROLES",
    "ROLE_LABEL",
    "SHEETS",
    "STATE_WORDS",
    "SUMMARY",
    "VERDICTS",
    "VERDICT_ANSWERS",
    "VERSION",
    "SheetColumn",
    "key_of",
    "keys_of",
]


@dataclass(frozen=True)
class SheetColumn:
    """One column of a sheet: the frame's column, its header, its kind and its width.

    `kind` is text, link, day, moment, integer, number, share, change, ratio, days or formula.
    `choices` names the column of Lists whose values are offered; `editable` says that the reader
    answers here, `hidden` that nobody is to look at it.
    """

    name: str
    header: str
    kind: str = "text"
    width: float = 12
    editable: bool = False
    choices: str = ""
    hidden: bool = False


# The sheets in their order; the last one is hidden.
SHEETS: Final = (
    "About", "Summary", "Actions", "Gaps", "Repeats", "Data quality", "Lists", "baseline",
)  # fmt: skip
BASELINE: Final = SHEETS[-1]
# What the first cells of the baseline say: whose file it is, and in which form.
MARK: Final = "pmanalytics workbook"
VERSION: Final = "1"
KEY: Final = SheetColumn("key", "Key", width=18, hidden=True)

# Words of the reader, and the kinds of decision that they become.
DECISIONS: Final[Mapping[str, str]] = {
    "keep": "keep",
    "drop": "drop",
    "ask for a waiver": "waiver",
}
# How Actions says a state; "" is one that the export does not say.
STATE_WORDS: Final[Mapping[str, str]] = {
    "open": "open",
    "done": "closed: done",
    "dropped": "closed: dropped",
    "": "not said",
}
# How it says a state on which the decisions and the tracker disagree.
OPEN_ALTHOUGH_DROPPED: Final = "dropped by decision; its tracker has it open"
VERDICTS: Final[Mapping[str, str]] = {"confirm": "repeat", "deny": "not_repeat"}
# Offered where the reader says who answers; another role may be written.
ROLES: Final = (
    "product manager",
    "engineering manager",
    "head of engineering",
    "incident lead",
    "team lead",
)
ROLE_LABEL: Final = "Your role"

SUMMARY: Final = (
    SheetColumn("group", "Group", width=24),
    SheetColumn("due", "Items due", "integer", 10),
    SheetColumn("met", "Done in time", "integer", 11),
    SheetColumn("attainment", "Share kept", "share", 10),
    SheetColumn("low", "Lower limit (95%)", "share", 14),
    SheetColumn("high", "Upper limit (95%)", "share", 14),
    SheetColumn("open_items", "Open now", "integer", 10),
    SheetColumn("overdue", "Overdue now", "integer", 11),
    SheetColumn("with_gap", "Open, with an ownership gap", "integer", 16),
)
# What stands behind the columns of SUMMARY for product areas.
COSTS: Final = (
    SheetColumn("incidents", "Incidents so far", "integer", 12),
    SheetColumn("impact_minutes", "Minutes affected", "integer", 12),
    SheetColumn("customers_affected", "Customers affected", "integer", 14),
)
ANSWERS: Final = (
    SheetColumn("new_promised_on", "New promised date (answer)", "day", 12, editable=True),
    SheetColumn("new_team", "New owner team (answer)", width=16, editable=True, choices="team"),
    SheetColumn("decision", "Decision (answer)", width=14, editable=True, choices="decision"),
    SheetColumn("waiver_until", "Waiver until (answer)", "day", 12, editable=True),
    SheetColumn("reason", "Reason (answer)", width=26, editable=True),
    SheetColumn("note", "Note (answer)", width=26, editable=True),
)
ACTIONS: Final = (
    # What hurts whom, and what was promised about it: so far it is printed, and on a usual screen
    # the answers stand beside it. Then what may be looked up behind them.
    SheetColumn("item_id", "Item", "link", 15),
    SheetColumn("title", "Title", width=36),
    SheetColumn("product", "Product area", width=16),
    SheetColumn("impact_minutes", "Minutes affected", "integer", 10),
    SheetColumn("customers_affected", "Customers affected", "integer", 13.5),
    SheetColumn("incident_id", "Incident", width=11),
    SheetColumn("came_back", "Came back since", width=21),
    SheetColumn("severity", "Severity", width=10),
    SheetColumn("team", "Team", width=14),
    SheetColumn("standing", "Standing", width=16),
    SheetColumn("days_over", "Days over or left", "days", 11),
    SheetColumn("promised_on", "Promised date", "day", 12),
    *ANSWERS,
    SheetColumn("check", "Answer check", "formula", 14),
    SheetColumn("gap", "Ownership gap", width=28),
    SheetColumn("service", "Service", width=18),
    SheetColumn("state", "State", width=14),
    SheetColumn("due_on", "Policy date", "day", 12),
    SheetColumn("waived_until", "Waived until", "day", 12),
    SheetColumn("closed_on", "Closed", "day", 12),
    SheetColumn("chance", "Missed, of items like it", "share", 11),
    SheetColumn("like_it", "Items like it", "integer", 9),
    KEY,
)
OWNERS: Final = SheetColumn("owners", "Owners", width=20)
GAPS_SHEET: Final = (
    SheetColumn("item_id", "Item", "link", 15),
    SheetColumn("title", "Title", width=40),
    SheetColumn("gap", "Ownership gap", width=28),
    SheetColumn("evidence", "What shows it", width=44),
    SheetColumn("team", "Team", width=14),
    SheetColumn("service", "Service", width=18),
    SheetColumn("project", "Project", width=16),
    SheetColumn("severity", "Severity", width=10),
    SheetColumn("standing", "Standing", width=17),
)
VERDICT_ANSWERS: Final = (
    SheetColumn("verdict", "Is it a return? (answer)", width=14, editable=True, choices="verdict"),
    SheetColumn("reason", "Reason (answer)", width=26, editable=True),
)
REPEATS: Final = (
    SheetColumn("incident_id", "Incident", "link", 13),
    SheetColumn("title", "Title", width=36),
    SheetColumn("repeat_of", "Earlier incident", width=13),
    SheetColumn("earlier_title", "Title of the earlier one", width=36),
    SheetColumn("level", "What ties them", width=24),
    *VERDICT_ANSWERS,
    SheetColumn("product", "Product area", width=15),
    SheetColumn("impact_minutes", "Minutes affected", "integer", 10),
    SheetColumn("customers_affected", "Customers affected", "integer", 13.5),
    SheetColumn("days_between", "Days between", "integer", 11),
    SheetColumn("score", "Likeness of the texts", "ratio", 12),
    SheetColumn("cause", "Shared cause", width=20),
    SheetColumn("service", "Service", width=18),
    SheetColumn("open_before", "Items of the earlier one open then", "integer", 20),
    SheetColumn("overdue_before", "Of these overdue", "integer", 11),
    KEY,
)
QUALITY: Final = (
    SheetColumn("level", "Level", width=13),
    SheetColumn("kind", "What it is", width=34),
    SheetColumn("subject", "Where", width=30),
    SheetColumn("items", "Items or rows", "integer", 10),
    SheetColumn("detail", "What was found", width=60),
    SheetColumn("remedy", "What settles it", width=50),
)
# What a reader may choose from, each column under its name in `SheetColumn.choices`.
LISTS: Final = (
    SheetColumn("team", "Teams", width=28),
    SheetColumn("decision", "Decisions", width=20),
    SheetColumn("verdict", "Is it a return?", width=20),
    SheetColumn("role", "Roles", width=24),
)
# The last column that is printed, where not all of a sheet are.
LAST_PRINTED: Final[Mapping[str, str]] = {"Actions": "promised_on", "Repeats": "customers_affected"}
# What the baseline remembers of a row beside the answers that were given out with it: the subjects
# of its decision, and the facts that its answers stand beside.
BASELINE_FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "item": ("item_id", "title", "state", "promised_on", "team"),
    "repeat": ("incident_id", "repeat_of"),
}


def key_of(*names: str) -> str:
    """The hidden key of a row, which no cell changes whatever the names hold.

    It is made of the names as cells hold them, so that it can be made anew from a workbook.

    Examples:
        >>> key_of("jira:PAY-1")
        'f4c324e401ea3569'
    """
    return _key([cell_text(name).strip() for name in names])


def keys_of(*names: pd.Series) -> list[str]:
    """The keys of many rows, each made of the names in the same place of some columns.

    Examples:
        >>> keys_of(pd.Series(["INC-2"]), pd.Series(["INC-1"])) == [key_of("INC-2", "INC-1")]
        True
    """
    return [_key(row) for row in zip(*map(held_texts, names), strict=True)]


def _key(held: Sequence[str]) -> str:
    return sha256("\0".join(held).encode("utf-8", "surrogatepass")).hexdigest()[:16]
