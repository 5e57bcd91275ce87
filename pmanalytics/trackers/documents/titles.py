"""Titles: the words of an action item without what only points at its ticket, and what is none."""

import re
from dataclasses import replace
from typing import Final

from pmanalytics.trackers.documents.facts import is_placeholder
from pmanalytics.trackers.documents.markdown import Span, Words
from pmanalytics.trackers.documents.tickets import bare_ticket_text, key_of_address

__all__ = ["gapped", "reason_to_leave_out", "says_nothing", "ungapped"]

_NOTHING: Final = re.compile(
    r"(?:there (?:are|were) )?(?:no|none|not?hing)\b(?: (?:further|follow[ -]?up|actions?|items?|"
    r"specific|immediate|new|additional|required|needed|necessary|identified|at this time|yet|"
    r"to do|planned|taken|were|was|are|is|for now|review|outstanding|remedial|needs?|from|this|"
    r"incident|the)\b)*"
    r"|not (?:applicable|required|needed)|(?:link|links) to (?:github )?(?:issues?|tickets?)"
    r"|(?:(?:example|sample|first|second|third|another|your|my) )?(?:action(?: item)?|task|item|"
    r"todo|follow ?up|improvement|step)s? ?(?:#?[0-9]+|[a-c]|n|here|goes here|\.\.\.)?"
    r"|(?:describe|list|add|enter|insert|write) (?:the |your |any |all |here )?"
    r"(?:action|follow|task|item)[\w\s-]*",
    re.IGNORECASE,
)
_TEMPLATE: Final = re.compile(
    r"\{\{[^{}]*\}\}|^\{[^{}]+\}|\$\{[^{}]*\}|^<[^>]+>$|\bgoes here\b|^\[[^\]]+\]$"
)
# Letters that stand for links, while it is decided whether they are a part of the title.
_FIRST_GAP, _GAPS = 0xE000, 0x1000
_ANY_KEY: Final = "\uf000"
_PRIVATE: Final = re.compile("[\ue000-\uf000]")
_BARE_KEY: Final = re.compile(r"(?<=[(\[])\s*(?:[\w./-]*#[0-9]+|[A-Z][A-Z0-9]+-[0-9]+)\s*(?=[)\]])")
_BEFORE_GAP: Final = " :,;\N{EN DASH}\N{EM DASH}-"
_LINKS: Final = "[\ue000-\uf000](?:[\\s,;&/]+(?:and\\s+)?[\ue000-\uf000])*"
_GAP_IN_BRACKETS: Final = re.compile(
    r"\s*[(\[]\s*(?:(?:see|in|issue|pr|ticket|tracked in|via|bug|also|jira)\b:?\s*)*"
    rf"{_LINKS}\s*[)\]]",
    re.IGNORECASE,
)
_GAP_AT_END: Final = re.compile(rf"{_LINKS}\s*[.]?$")
# Words that cannot end a title: what follows them is a part of it.
_UNENDED: Final = re.compile(
    r"\b(?:the|an?|this|that|our|to|of|for|with|and|or|on|from|by|merge|revert|review|check)$",
    re.IGNORECASE,
)
_KEY_IN_FRONT: Final = re.compile(
    r"^[(\[]?(?:[\w./-]{0,80}#[0-9]+|[A-Z][A-Z0-9]+-[0-9]+)(?:[)\]]\s*[:\N{EN DASH}\N{EM DASH}-]?"
    r"|:|\s+[\N{EN DASH}\N{EM DASH}-])\s+(?=\S)"
)


def reason_to_leave_out(words: Words) -> str:
    """Why words that stand where an item stands are none, or nothing when they are one."""
    text = words.text.strip()
    if not re.search(r"\w", text):
        return "empty"
    if _TEMPLATE.search(text) and not words.links:
        return "template"
    if says_nothing(text):
        return "none"
    return "italic" if words.all_of("slanted") else ""


def says_nothing(text: str) -> bool:
    """Whether a text only says that there is nothing to do, or has not been filled in."""
    bare = " ".join(text.strip(" .!:*_()[]").split())
    return is_placeholder(bare) or bool(_NOTHING.fullmatch(bare))


def gapped(words: Words) -> str:
    """The text with a letter of its own for each link that only points at a ticket.

    The letters are private ones of Unicode, so that marks can be taken off the text before it is
    known whether a link is a part of it. A text that says nothing else has none of them.
    """
    spans = [replace(span, text=_PRIVATE.sub("", span.text)) for span in words.spans]
    rest = Words(tuple(span for span in spans if not _points(span)))
    if not re.search(r"\w\w", rest.text):
        return words.text
    pointed = [
        replace(span, text=chr(_FIRST_GAP + place % _GAPS)) if _points(span) else span
        for place, span in enumerate(spans)
    ]
    return _BARE_KEY.sub(_ANY_KEY, Words(tuple(pointed)).text)


def ungapped(text: str, words: Words) -> str:
    """The text without links that point at a ticket in brackets or at its end.

    A link in the middle of a sentence is a part of it.
    """
    text = _KEY_IN_FRONT.sub("", _GAP_IN_BRACKETS.sub("", text).strip())
    ending = _GAP_AT_END.search(text)
    if ending and not _UNENDED.search(text[: ending.start()].rstrip()):
        text = text[: ending.start()].rstrip(_BEFORE_GAP)
        text = text.removesuffix(" see").removesuffix(" See").rstrip(_BEFORE_GAP)
    said = {_FIRST_GAP + place % _GAPS: span.text for place, span in enumerate(words.spans)}
    return " ".join(text.replace(_ANY_KEY, "").translate(said).split())


def _points(span: Span) -> bool:
    told = bool(span.address) and bare_ticket_text(span.text)
    return told and (
        bool(key_of_address(span.address))
        or bool(re.search(r"/(?:pull|merge_requests)/", span.address))
    )
