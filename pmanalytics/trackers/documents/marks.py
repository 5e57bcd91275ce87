"""Marks: what is written on an action item besides its words.

Done, owner, due date, priority and kind count only where they are written as such: in brackets,
after a label, as a handle at the beginning or the end, or in capitals. Prose is never searched for
them, because a wrong owner or a wrong state is worse than none.
"""

import re
from dataclasses import dataclass
from typing import Final

from pmanalytics.trackers.documents.dates import dates_in, first_date
from pmanalytics.trackers.vocabulary import KINDS, fold_word, known_state

__all__ = ["Marks", "kind_word", "marks_of", "state_of"]

_STATES: Final = (
    r"done|complete|completed|fixed|resolved|closed|implemented|to ?do|open|in progress|wip|"
    r"ongoing|pending|not started|planned|started|blocked|on hold|won'?t (?:do|fix)|wontfix|"
    r"cancel+ed|dropped|rejected|abandoned|obsolete"
)
_CAPITALS: Final = (
    r"DONE|COMPLETED?|FIXED|RESOLVED|CLOSED|TO ?DO|WIP|IN PROGRESS|WON'?T (?:DO|FIX)|WONTFIX|"
    r"CANCEL+ED|DROPPED"
)
_BRACKETED: Final = re.compile(
    rf"[(\[]\s*(?P<word>{_STATES})\s*(?P<more>(?:[,:;#0-9\N{{EN DASH}}\N{{EM DASH}}-]"
    r"|\b(?:in|by|on|via|with|see|as|at)\s)[^()\[\]]{0,80})?\s*[)\]]",
    re.IGNORECASE,
)
_LEADING: Final = re.compile(
    rf"^\W{{0,3}}(?P<word>{_CAPITALS}|(?:Done|Completed|Fixed|To ?do)"
    r"(?=\s*[:\N{EN DASH}\N{EM DASH}]|\s+-\s))\b(?:\W{1,3}|$)"
)
_TRAILING: Final = re.compile(
    rf"(?:^|(?<=[\s.,;:!?)\N{{EN DASH}}\N{{EM DASH}}-]))(?P<word>{_CAPITALS})\W{{0,3}}$"
)
_SIGNS: Final = {
    "\N{WHITE HEAVY CHECK MARK}": "done", "\N{HEAVY CHECK MARK}": "done",
    "\N{CHECK MARK}": "done", "\N{BALLOT BOX WITH CHECK}": "done", ":white_check_mark:": "done",
    ":heavy_check_mark:": "done", "\N{BALLOT BOX}": "open",
    "\N{CROSS MARK}": "open", "\N{HEAVY BALLOT X}": "open", ":x:": "open",
    "\N{WHITE LARGE SQUARE}": "open",
    "\N{BLACK SQUARE BUTTON}": "open", "\N{WHITE SQUARE BUTTON}": "open",
    "\N{HOURGLASS WITH FLOWING SAND}": "open", "\N{CONSTRUCTION SIGN}": "open",
}  # fmt: skip
_PUNCTUATION: Final = " ,;:\N{EN DASH}\N{EM DASH}-"
_OPEN_WORDS: Final = frozenset(("wip", "ongoing", "not started", "proposed", "not done", "no"))
_DONE_WORDS: Final = frozenset(("yes", "y", "complete", "already done", "100%", "x", "finished"))

_VALUE: Final = r"(?P<value>[^;,()\[\]|]{1,60}?)"
_END: Final = r"(?=\s*(?:[;,)\]|]|$|\.\s|\s[-\N{EN DASH}\N{EM DASH}]\s))"
_OWNER: Final = re.compile(
    rf"[(\[]?\b(?:owners?|assignees?|assigned to|dri|responsible|who)\s*:\s*{_VALUE}{_END}[)\]]?",
    re.IGNORECASE,
)
_HANDLE: Final = r"@[A-Za-z0-9](?:[\w.-]*\w)?(?:/[\w.-]*\w)?"
_HANDLES: Final = re.compile(
    rf"[(\[]\s*(?P<inside>{_HANDLE}(?:[\s,&+/]+(?:and\s+)?{_HANDLE})*)\s*[)\]]"
    rf"|^\W{{0,3}}(?P<first>{_HANDLE})\s*(?::|[-\N{{EN DASH}}\N{{EM DASH}}]\s|to\s)"
    rf"|(?:^|[\s\N{{EN DASH}}\N{{EM DASH}}>-])(?P<last>{_HANDLE}(?:[\s,&]+{_HANDLE})*)\W{{0,8}}$"
)
_NAMED: Final = re.compile(
    r"^\W{0,2}\[(?P<name>[^\[\]\d@]{2,40})\]\s*[:\N{EN DASH}\N{EM DASH}-]?\s+"
)
_DUE: Final = re.compile(
    r"[(\[]?\b(?:due(?: date| by| on)?|deadline|eta|target(?: date)?|by)\s*:?\s+"
    r"(?P<date>[^()\[\];|]{6,40})",
    re.IGNORECASE,
)
_PRIORITY: Final = re.compile(
    r"[(\[]\s*(?P<p>P[0-5])\s*[)\]]|^\W{0,2}(?P<q>P[0-5])\b\s*[:\N{EN DASH}\N{EM DASH}-]"
    r"|[(\[]?\bpriority\s*:\s*(?P<r>[\w-]{1,20})[)\]]?|[(\[]\s*(?P<s>critical|high|medium|low)\s*[)\]]",
    re.IGNORECASE,
)
_KIND: Final = re.compile(
    r"[(\[]\s*(?P<a>[A-Za-z]{5,14})\s*[)\]]|^\W{0,2}(?P<b>[A-Za-z]{5,14})\s*:", re.IGNORECASE
)
_KIND_STEMS: Final = {
    "prevent": "prevent", "preventi": "prevent", "preventa": "prevent", "detect": "detect",
    "mitigat": "mitigate", "process": "process", "procedur": "process",
}  # fmt: skip
# Words in brackets at the beginning that name a kind of work, and no person.
_NO_PERSON: Final = frozenset(
    ("action", "item", "action item", "action items", "monitoring", "alerting", "alerts", "docs",
     "doc", "documentation", "testing", "tests", "test", "infra", "infrastructure", "process",
     "technical", "tech", "short term", "long term", "medium term", "short-term", "long-term",
     "medium-term", "high", "low", "medium", "critical", "urgent", "must", "should", "could",
     "nice to have", "prevent", "detect", "mitigate", "prevention", "detection", "mitigation",
     "security", "ops", "dev", "qa", "tooling", "code", "communication", "comms", "training",
     "follow-up", "follow up", "followup", "optional", "stretch", "bug", "feature", "chore", "fix",
     "investigation", "investigate", "research", "spike", "link", "issue", "ticket", "database",
     "network", "platform", "backend", "frontend", "api", "ci", "cd", "ci/cd", "runbook",
     "observability", "cleanup", "config", "configuration", "automation", "policy", "hardening",
     "architecture", "team", "all", "everyone", "tbd", "n/a", "none", "owner", "name", "unassigned")
)  # fmt: skip


@dataclass(frozen=True)
class Marks:
    """The marks of an item, and its text without them."""

    text: str
    status: str = ""
    owners: tuple[str, ...] = ()
    due: str = ""
    priority: str = ""
    kind: str = ""
    closed: str = ""


def state_of(word: str) -> str:
    """The state that a word or sign of a document means, or nothing.

    Examples:
        >>> [state_of(word) for word in ("DONE", "TODO", "n/a **WIP**", "Won't do", "soon")]
        ['done', 'open', 'open', 'dropped', '']
    """
    signed = next((state for sign, state in _SIGNS.items() if sign in word), "")
    bare = "" if word in _SIGNS else fold_word(re.sub(r"^[^\w%]+|[^\w%]+$", "", word))
    if bare in _DONE_WORDS or re.fullmatch(r"\[x\]", word.strip(), re.IGNORECASE):
        return "done"
    if bare in _OPEN_WORDS or word.strip() == "[ ]":
        return "open"
    known = known_state(bare)
    if known or signed:
        return known or signed
    capitals = re.search(rf"\b(?:{_CAPITALS})\b", word)
    return state_of(capitals[0]) if capitals and capitals[0] != word else ""


def kind_word(word: str) -> str:
    """A kind of ours for the ways to write it, else the word itself.

    Examples:
        >>> kind_word("Preventative"), kind_word("mitigation"), kind_word("Docs")
        ('prevent', 'mitigate', 'Docs')
    """
    folded = fold_word(re.sub(r"^\W+|\W+$", "", word))
    for stem, kind in _KIND_STEMS.items():
        if folded.startswith(stem) and " " not in folded:
            return kind
    return folded if folded in KINDS else word.strip()


def marks_of(text: str) -> Marks:
    """Take the marks off the text of an item."""
    marks: dict[str, str] = {}
    text = _state_mark(text, marks)
    # The date first, so that a handle before it stands at the end.
    text = _due_mark(text, marks)
    text, owners = _owner_marks(text)
    found = _PRIORITY.search(text)
    if found:
        marks["priority"] = next(group for group in found.groups() if group)
        text = _cut(text, found)
    found = _KIND.search(text)
    word = kind_word(found["a"] or found["b"]) if found else ""
    if found and word in KINDS and word != "other":
        marks["kind"] = word
        text = _cut(text, found)
    named = _NAMED.match(text)
    if named and not owners and _is_name(named["name"]):
        owners = (" ".join(named["name"].split()),)
        text = text[named.end() :]
    return Marks(_tidy(text), owners=owners, **marks)


def _state_mark(text: str, marks: dict[str, str]) -> str:
    for sign in _SIGNS:
        if sign in text:
            marks["status"] = sign
            text = text.replace(sign, " ").replace("\N{VARIATION SELECTOR-16}", "")
    for pattern in (_BRACKETED, _LEADING, _TRAILING):
        found = pattern.search(text)
        if found:
            marks["status"] = found["word"]
            more = found.groupdict().get("more") or ""
            if state_of(found["word"]) != "open":
                marks["closed"] = first_date(more)
            return _cut(text, found)
    return text


def _owner_marks(text: str) -> tuple[str, tuple[str, ...]]:
    labelled = _OWNER.search(text)
    if labelled:
        names = [part.strip(" @*_") for part in re.split(r"\s+and\s+|[/&]", labelled["value"])]
        return _cut(text, labelled), tuple(name for name in names if name and _is_name(name))
    found = _HANDLES.search(text)
    if not found:
        return text, ()
    written = next(group for group in found.groups() if group)
    handles = tuple(dict.fromkeys(handle[1:] for handle in re.findall(_HANDLE, written)))
    return _cut(text, found), handles


def _is_name(name: str) -> bool:
    return fold_word(name) not in _NO_PERSON and bool(re.search(r"\w\w", name))


def _due_mark(text: str, marks: dict[str, str]) -> str:
    for found in _DUE.finditer(text):
        due, start, end = next(dates_in(found["date"]), ("", 1, 0))
        if start == 0:
            marks["due"] = due
            rest = text[found.start("date") + end :].lstrip(")] ")
            return f"{text[: found.start()]} {rest}"
    return text


def _cut(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


def _tidy(text: str) -> str:
    """Text without empty brackets and the punctuation that led to what was taken away."""
    text = " ".join(re.sub(r"\([\s,;:.-]{0,9}\)|\[\s{0,9}\]", " ", text).split())
    text = re.sub(r" ([.,;:!?])(?= |$)", r"\1", text)
    return text.lstrip(_PUNCTUATION).rstrip(_PUNCTUATION) or text
