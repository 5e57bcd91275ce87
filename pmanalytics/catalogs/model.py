"""What a catalog is, and what reading one file of it gives: entries and rules of paths.

A `Catalog` says how a file is recognised and how its documents become entries. Entries are what all
catalogs have in common; `registering` makes our tables of them, and knows no catalog.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Catalog", "Contents", "Document", "Entry", "Form", "Owner", "PathRule", "Reject"]

Form = Literal["yaml", "json", "text"]
# A document with its place: the line in which it begins, or the number of a JSON record from 1.
Document = tuple[int, Any]
# Its place, the rule and what is wrong.
Reject = tuple[int, str, str]


@dataclass(frozen=True)
class Owner:
    """Who owns something: a team, a person, or a name that may be either.

    `passed_on` says what the entries below inherit: none, append (always) or fallback (when they
    have no owner of their own).
    """

    name: str
    kind: Literal["team", "person", "either"] = "team"
    passed_on: Literal["none", "append", "fallback"] = "none"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of a catalog: a service, a domain that hands owners down, a team or a person.

    `parents` and `children` are of its own kind, or domains of a service. `members` are the people
    of a team and `teams` the teams of a person. `path` is where the code lives: repository and
    folder.
    """

    kind: Literal["service", "domain", "team", "person"]
    name: str
    row: int
    owners: tuple[Owner, ...] = ()
    parents: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    product: str = ""
    path: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PathRule:
    """Who owns the paths that fit a pattern; without owners they are unowned on purpose.

    Of the rules of one `section` the last that fits counts, but what an `excluded` pattern fits is
    unowned for good. The owners of an `optional` section count where no other section has any.
    """

    row: int
    pattern: str
    owners: tuple[Owner, ...] = ()
    section: str = ""
    optional: bool = False
    excluded: bool = False


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What one file holds; `filtered` counts documents that say nothing about ownership."""

    entries: tuple[Entry, ...] = ()
    rules: tuple[PathRule, ...] = ()
    rejects: tuple[Reject, ...] = ()
    filtered: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """One kind of catalog: how it is recognised, how it is read, and what it cannot say.

    `source` is the name that the table services gets; `holds` recognises one document, of which a
    file needs one; `read` makes entries of all documents of a file.
    """

    name: str
    title: str
    source: str
    forms: tuple[Form, ...]
    export: str
    verified: str
    silent: str
    holds: Callable[[Any], bool]
    read: Callable[[Sequence[Document]], Contents]
