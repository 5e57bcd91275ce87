r"""CODEOWNERS: who owns which paths of a repository, in the dialects of GitHub and GitLab.

It names no services: its rules own the services of the other registry files by their `path` (see
`paths`). Of the rules that fit, the last counts, and a rule without owners means that the path is
unowned on purpose. A file with a section heading, an exclusion (`!`) or a role (`@@`) is GitLab's:
each section is judged on its own, entries before the first heading being one too; an entry without
owners has those of its heading; owners of an optional section (`^[...]`) count only where no other
section has any; a pattern without a leading slash fits at any depth; owners in a comment at the end
of a line count. In GitHub's dialect they do not, and a pattern with `[` or an escaped `#` fits
nothing, so that it is a reject. `@organisation/team` is a team; `@name` is a person or else a team
that the registry knows; an e-mail address is a person.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from pmanalytics.catalogs.model import Catalog, Contents, Document, Owner, PathRule, Reject
from pmanalytics.catalogs.paths import wrong_pattern

__all__ = ["CATALOG"]

_HEADING: Final = re.compile(r"(\^?)\[([^\]]+)\](?:\[\d+\])?(?:\s+(.*))?")
_WORDS: Final = re.compile(r"(?<!\\)\s+")
_OWNER: Final = re.compile(r"@{1,2}[^\s@/#]+(?:/[^\s@/#]+)*|[^\s@#<>]+@[^\s@#<>]+\.[^\s@#<>]+")
_RANGE: Final = re.compile(r"(?<!\\)\[")


def _holds(line: Any) -> bool:
    """A pattern and an owner."""
    words = _words(line) if isinstance(line, str) else []
    return len(words) > 1 and any(map(_OWNER.fullmatch, words[1:]))


def _read(documents: Sequence[Document]) -> Contents:
    lines = [(row, words) for row, line in documents if (words := _words(line))]
    gitlab = any(map(_is_gitlab, (words for _, words in lines)))
    rules: list[PathRule] = []
    rejects: list[Reject] = []
    defaults: tuple[Owner, ...] = ()
    section, optional, headings = "", False, 0
    for row, words in lines:
        heading = _HEADING.fullmatch(" ".join(words)) if gitlab else None
        if heading:
            headings += 1
            optional, section = bool(heading[1]), heading[2].strip().casefold()
            defaults = _owners((heading[3] or "").split())
            continue
        rule = _rule(row, words, gitlab=gitlab, section=section, optional=optional)
        wrong = _wrong(rule, words, gitlab=gitlab)
        if wrong:
            rejects.append((row, "no_rule", wrong))
        elif rule.owners or rule.excluded:
            rules.append(rule)
        else:
            rules.append(replace(rule, owners=defaults))
    return Contents(rules=tuple(rules), rejects=tuple(rejects), filtered=headings)


def _words(line: str) -> list[str]:
    stripped = line.replace("\x00", "").strip()
    return _WORDS.split(stripped) if stripped and not stripped.startswith("#") else []


def _is_gitlab(words: Sequence[str]) -> bool:
    heading = _HEADING.fullmatch(" ".join(words))
    return bool(heading or words[0].startswith("!") or any(w.startswith("@@") for w in words[1:]))


def _rule(
    row: int, words: Sequence[str], *, gitlab: bool, section: str, optional: bool
) -> PathRule:
    pattern, named = words[0], list(words[1:])
    excluded = gitlab and pattern.startswith("!")
    pattern = pattern.removeprefix("!") if excluded else pattern
    if gitlab and not pattern.startswith("/"):
        pattern = f"**/{pattern}"
    owners = () if excluded else _owners(named if gitlab else _before_comment(named))
    return PathRule(
        row=row,
        pattern=pattern,
        owners=owners,
        section=section,
        optional=optional,
        excluded=excluded,
    )


def _wrong(rule: PathRule, words: Sequence[str], *, gitlab: bool) -> str:
    """Why a line is no rule, if it is none."""
    if not gitlab and (_RANGE.search(rule.pattern) or rule.pattern.startswith("\\#")):
        return "GitHub takes no pattern with [ or with an escaped # in front"
    named = _before_comment(words[1:])
    if named and not rule.owners and not rule.excluded:
        return "none of its owners is a @name, an @organisation/team or an e-mail address"
    return wrong_pattern(rule.pattern)


def _before_comment(words: Sequence[str]) -> list[str]:
    end = next((n for n, word in enumerate(words) if word.startswith("#")), len(words))
    return list(words[:end])


def _owners(words: Iterable[str]) -> tuple[Owner, ...]:
    """The owners among some words; those that are none are left out, as the code hosts do."""
    return tuple(_owner(word) for word in dict.fromkeys(words) if _OWNER.fullmatch(word))


def _owner(word: str) -> Owner:
    if not word.startswith("@"):
        return Owner(word, "person")
    name = word[1:]
    return Owner(name.rpartition("/")[2], "team") if "/" in name else Owner(name, "either")


CATALOG: Final = Catalog(
    name="codeowners",
    title="CODEOWNERS of GitHub and GitLab",
    source="codeowners",
    forms=("text",),
    export="the file CODEOWNERS of the repository, at its root, in docs, .github or .gitlab",
    verified="one real file of GitHub; sections and exclusions by GitLab's documentation",
    silent="services: it owns those whose path the registry knows from another file",
    holds=_holds,
    read=_read,
)
