"""GitHub: updates of tickets as a list of `gh` commands, one for each ticket.

The commands are lines of a POSIX shell script. What people wrote is one quoted argument that begins
with the name of its option, so that it is neither run nor taken for an option. In the comment it is
a code span, in which GitHub reads no mention, link, image or other markup.

GitHub's issues have no promised date and no team, so that both are told in a comment. A drop closes
the issue as not planned, with the comment.
"""

import re
import shlex
from collections.abc import Sequence
from typing import Final

from pmanalytics.answers.telling import SAMPLE, Form, Ticket, Updates, sentence
from pmanalytics.datasets import Dataset
from pmanalytics.words import counted, plain

__all__ = ["FORM"]

# Owner, repository and number: nothing that a shell or `gh` could take for more than a name.
_KEY: Final = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9_-]{0,63}/(?!\.{1,2}#)[A-Za-z0-9._-]{1,100})#([1-9][0-9]{0,17})",
    re.ASCII,
)
_HOST: Final = re.compile(
    r"https://((?=.{1,253}/)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+)"
    r"/([^/]+/[^/]+)/issues/([0-9]+)",
    re.ASCII | re.IGNORECASE,
)
_PUBLIC: Final = "github.com"
_TITLE: Final = 100


def _write(tickets: Sequence[Ticket], data: Dataset) -> Updates:
    found = [(ticket, _address(ticket)) for ticket in tickets]
    named = [(ticket, address) for ticket, address in found if address]
    lines = [
        line
        for ticket, (repository, number) in named
        for line in _lines(ticket, repository, number)
    ]
    return Updates(
        "".join(f"{line}\n" for line in [*_head(named, data), *lines]),
        count=len(named),
        left_out=tuple(
            f"{plain(ticket.item_id)} cannot be addressed: its key is not owner/repository#number, "
            "or its url is another one's."
            for ticket, address in found
            if not address
        ),
        notes=(
            "Read the commands before you run them with 'sh'; they need 'gh', logged in, and "
            "running them twice writes the comments twice.",
        ),
    )


def _address(ticket: Ticket) -> tuple[str, str] | None:
    """The repository, with its host where that is not github.com, and the number of the issue."""
    key = _KEY.fullmatch(ticket.key)
    if not key:
        return None
    repository, number = key.groups()
    if not ticket.url:
        return repository, number
    page = _HOST.fullmatch(ticket.url)
    if not page or (page[2].casefold(), page[3]) != (repository.casefold(), number):
        return None
    host = page[1].casefold()
    return (repository if host == _PUBLIC else f"{host}/{repository}"), number


def _head(named: Sequence[tuple[Ticket, tuple[str, str]]], data: Dataset) -> list[str]:
    hosts = sorted(
        {address[0].rsplit("/", 2)[0] for _, address in named if address[0].count("/") > 1}
    )
    return [
        "#!/bin/sh",
        f"# Ticket updates for GitHub, {counted(len(named), 'ticket')}. Nothing has been sent.",
        *([f"# {SAMPLE}"] if data.settings.sample else []),
        *(f"# These commands write to {host}: make sure that it is yours." for host in hosts),
    ]


def _lines(ticket: Ticket, repository: str, number: str) -> list[str]:
    comment = " ".join(sentence(told, quoted=_quoted) for told in ticket.told)
    place = f"{number} --repo={shlex.quote(repository)}"
    if ticket.of_kind("drop"):
        command = f"gh issue close {place} --reason='not planned' --comment={shlex.quote(comment)}"
    else:
        command = f"gh issue comment {place} --body={shlex.quote(comment)}"
    title = plain(ticket.title)
    return [
        f"# {ticket.key} {title if len(title) <= _TITLE else title[:_TITLE] + ' ...'}".rstrip(),
        command,
    ]


def _quoted(text: str) -> str:
    """A text as a code span, whose fence is longer than any row of backticks in the text."""
    if not text:
        return ""
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    # A blank at both ends is taken away again, and keeps a backtick apart from the fence.
    room = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{fence}{room}{text}{room}{fence}"


FORM: Final = Form("github", "github", _write, apart=False, remark="# Not in this file: ")
