"""Telling: what a ticket is to be told, and its texts in a form that no tracker takes for more.

Texts of people stand in comments behind words of ours, on one line and not longer than a tracker
takes them. How a tracker's markup is kept out of them, its own module says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pmanalytics.datasets import Dataset
from pmanalytics.words import plain

__all__ = ["SAMPLE", "Form", "Ticket", "Told", "Updates", "sentence", "short_text"]

# Two of them fit into a comment of Jira (32,767 characters), and into one argument of a command.
LONGEST: Final = 5_000
SAMPLE: Final = "SAMPLE DATA: these tickets do not exist."
_MARK: Final = " ... (shortened)"
_WHAT: Final = {
    "drop": "Dropped",
    "promised": "New promised date",
    "owner_team": "Owner team",
    "waiver": "Waived until",
    "note": "Note",
}


@dataclass(frozen=True)
class Told:
    """One decision in force: its kind, its day, what was decided, until when and why.

    `value` is the team of owner_team and the text of a note. Days are in ISO form, texts are of
    one line, and what is missing is empty.
    """

    kind: str
    decided_on: str
    value: str = ""
    until: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Ticket:
    """A ticket, and the decisions about it that its tracker does not follow yet."""

    item_id: str
    source: str
    key: str
    url: str
    title: str
    told: tuple[Told, ...]

    def of_kind(self, kind: str) -> Told | None:
        """The decision of one kind, if there is one."""
        return next((told for told in self.told if told.kind == kind), None)


@dataclass(frozen=True)
class Updates:
    """A file of updates: its text, how many tickets it tells, and what was left out, in sentences.

    `notes` are sentences for the person who is to use the file.
    """

    text: str
    count: int
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """A kind of file: its name, the system that takes it, and how tickets are written for it.

    With `apart`, each source needs a file of its own, because nothing in it says which of several
    systems a key is of. `remark` begins a line that the system does not read; without one, what was
    left out is not told in the file.
    """

    name: str
    system: str
    write: Callable[[Sequence[Ticket], Dataset], Updates]
    apart: bool = True
    remark: str = ""


def short_text(value: object) -> str:
    r"""A text on one line without control characters, cut with a visible mark where it is long.

    Examples:
        >>> short_text("two\nlines")
        'two lines'
        >>> short_text("x" * 9_000)[-20:]
        'xxxx ... (shortened)'
    """
    text = plain(value)
    return text if len(text) <= LONGEST else text[: LONGEST - len(_MARK)] + _MARK


def sentence(told: Told, *, quoted: Callable[[str], str]) -> str:
    """A decision in words; `quoted` keeps a tracker's markup out of what people wrote.

    Examples:
        >>> waiver = Told("waiver", "2026-10-12", until="2026-11-30", reason="the vendor is late")
        >>> sentence(waiver, quoted=str)
        'Waived until 2026-11-30 (decided on 2026-10-12): the vendor is late.'
    """
    named = f" {quoted(told.value)}" if told.kind == "owner_team" else ""
    day = f" {told.until}" if told.kind in ("promised", "waiver") else ""
    said = told.value if told.kind == "note" else told.reason
    made = "written" if told.kind == "note" else "decided"
    more = f": {quoted(said)}" if said else ""
    line = f"{_WHAT[told.kind]}{named}{day} ({made} on {told.decided_on}){more}"
    return line if line.endswith((".", "!", "?")) else line + "."
