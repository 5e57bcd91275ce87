"""Tickets: the addresses and keys of issues that a text names."""

import re
from typing import Final

from pmanalytics.trackers.documents.markdown import Words

__all__ = ["bare_ticket_text", "incident_number", "key_of_address", "leads_to_work", "tickets_of"]

# What stands in the address of one issue, and how its key is made of that.
_ADDRESSES: Final = (
    (r"/browse/([A-Za-z][A-Za-z0-9_]+-[0-9]+)", "{0}"),
    (r"[?&]selectedIssue=([A-Za-z][A-Za-z0-9_]+-[0-9]+)", "{0}"),
    (r"//linear\.app/[^/]+/issue/([A-Za-z0-9]+-[0-9]+)", "{0}"),
    (r"/_workitems/edit/([0-9]+)", "{0}"),
    (r"[?&]workitem=([0-9]+)", "{0}"),
    (r"[?&/=]number(?:=|%3D)((?:PTASK|ITASK|TASK|PRB|CHG)[0-9]+)", "{0}"),
    (r"//[^/]*\.monday\.com/boards/[0-9]+/(?:views/[0-9]+/)?pulses/([0-9]+)", "{0}"),
    (r"//[^/]*pagure[^/]*/([^?#]+?)/issue/([0-9]+)", "{0}#{1}"),
    (r"//bugs\.launchpad\.net/([^/+]+)/(?:[^/]+/)*\+bug/([0-9]+)", "{0}#{1}"),
    (r"//app\.shortcut\.com/[^/]+/story/([0-9]+)", "{0}"),
    (r"//app\.asana\.com/(?:[0-9]+/)*(?:[^/]+/)*?([0-9]{8,})(?:/f)?/?$", "{0}"),
    (r"//trello\.com/c/([A-Za-z0-9]+)", "{0}"),
    (r"//app\.clickup\.com/t/(?:[0-9]+/)?([A-Za-z0-9-]+)", "{0}"),
    (r"//app\.zenhub\.com/.*/issues/([^/]+/[^/]+)/([0-9]+)", "{0}#{1}"),
    (r"/show_bug\.cgi\?id=([0-9]+)", "{0}"),
    (r"//[^/]+/([^?#]+?)/-/(?:issues|work_items)/([0-9]+)", "{0}#{1}"),
    (r"//[^/]*github[^/]*/([^/]+/[^/]+)/issues/([0-9]+)", "{0}#{1}"),
    (r"//[^/]*gitlab[^/]*/([^?#]+?)/issues/([0-9]+)", "{0}#{1}"),
    (r"/issue/([A-Za-z][A-Za-z0-9_]+-[0-9]+)", "{0}"),
    (r"//[^/]+/(?:projects/[^/]+/)?issues/([0-9]+)(?:#.*)?$", "{0}"),
    (r"//[^/]*phabricator[^/]*/(T[0-9]+)", "{0}"),
)
_PATTERNS: Final = tuple((re.compile(pattern), form) for pattern, form in _ADDRESSES)
# A request to change the code is evidence of work, and no ticket.
_CHANGE: Final = re.compile(r"/(?:pull|pulls|merge_requests|commit|commits|compare)/")
_KEY: Final = re.compile(
    r"(?<![\w/#.-])(?:(?P<repository>[\w.-]+/[\w.-]+#[0-9]+)|(?P<key>[A-Z][A-Z0-9]{1,9}-[0-9]{1,7}"
    r"|(?:PTASK|ITASK|TASK|PRB|CHG)[0-9]{5,10})"
    r"|(?P<number>#[0-9]+))(?![\w-]|\.[0-9])"
)
# What looks like a key and is a norm, an algorithm or a name of something else.
_NO_PROJECT: Final = frozenset(
    ("UTF", "ISO", "SHA", "AES", "RFC", "CVE", "SEV", "MD", "HTTP", "TLS", "SSL", "IPV", "USB",
     "GPT", "COVID", "ANSI", "IEEE", "EC", "UTC", "GMT", "BASE", "SP", "CWE", "PEP", "JDK", "JSR",
     "RS", "HS", "ES", "PR")
)  # fmt: skip
_INCIDENT: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:INC|PM|PIR|IR|RCA|COE|PMR|IM)-?[0-9]+(?:-[0-9]+)*"
    r"|(?:INCIDENT|POSTMORTEM|OUTAGE)-[0-9]+(?:-[0-9]+)*)(?![A-Za-z0-9]|-[0-9])",
    re.IGNORECASE,
)  # fmt: skip
_NUMBERED: Final = re.compile(r"\bincident\s+#([0-9]+)\b", re.IGNORECASE)
_BARE: Final = re.compile(
    r"(?:\b(?:see|the|an?|this|here|for|to|in|link|links|github|gitlab|jira|issues?|tickets?|bug|pr|"
    r"pull|merge|request|task|story|card|tracking|tracked|opened|related|reference|discussion)\b"
    r"[\s:]*){0,7}(?:[\w./-]*#?[0-9]+|[A-Z][A-Z0-9]{1,9}-[0-9]+|https?://\S+)?",
    re.IGNORECASE,
)


def key_of_address(address: str) -> str:
    """The key of the ticket that an address leads to, or nothing.

    Examples:
        >>> key_of_address("https://github.com/acme/shop/issues/12#issuecomment-3")
        'acme/shop#12'
        >>> key_of_address("https://acme.example/browse/PAY-7"), key_of_address("https://a.example/")
        ('PAY-7', '')
    """
    if _CHANGE.search(address):
        return ""
    for pattern, form in _PATTERNS:
        found = pattern.search(address)
        if found:
            return form.format(*found.groups())
    return ""


def leads_to_work(address: str) -> bool:
    """Whether an address leads to a ticket or to a change of the code."""
    return bool(key_of_address(address) or _CHANGE.search(address))


def tickets_of(words: Words) -> tuple[str, ...]:
    """The keys of all tickets that a text names, by their addresses and as bare keys."""
    keys: dict[str, None] = {}
    for span in words.spans:
        if span.address:
            keys[key_of_address(span.address)] = None
        elif not span.code:
            keys |= dict.fromkeys(_bare_keys(span.text))
    keys.pop("", None)
    return tuple(keys)


def _bare_keys(text: str) -> list[str]:
    found = []
    for match in _KEY.finditer(text):
        project = (match["key"] or "").partition("-")[0]
        if project not in _NO_PROJECT and not _INCIDENT.fullmatch(match[0]):
            found.append(match[0])
    return found


def bare_ticket_text(text: str) -> bool:
    """Whether the text of a link only points at a ticket, and says nothing of its own.

    Examples:
        >>> [bare_ticket_text(text) for text in ("Issue", "#12", "a/b#3", "Add an alert")]
        [True, True, True, False]
    """
    return bool(_BARE.fullmatch(text.strip(" ()[]<>.,;:")))


def incident_number(text: str) -> str:
    """The id of an incident that is written in a text, or nothing.

    Examples:
        >>> incident_number("PM2024-001_-_Nodes_down"), incident_number("[INC-12] Down")
        ('PM2024-001', 'INC-12')
        >>> incident_number("Incident #42: down"), incident_number("Down since SEV-1")
        ('42', '')
    """
    found = _INCIDENT.search(text.replace("_", " "))
    if found:
        return found[0].upper()
    numbered = _NUMBERED.search(text)
    return numbered[1] if numbered else ""
