"""Paths: which rules of a CODEOWNERS file own the code of a service.

A service is owned by the rule that owns a file of any name in its folder: a rule for all files of
one language, or for the files directly in a folder above, does not own the service.
"""

import re
import warnings
from collections.abc import Sequence
from typing import Final

from pathspec import PathSpec

from pmanalytics.catalogs.model import PathRule

__all__ = ["Rulebook", "owning_rules", "path_within", "rulebook", "wrong_pattern"]

# A file that no pattern means by its name.
_ANY_FILE: Final = "-any-file-"
_PLACES: Final = (".github", ".gitlab", "docs")
# More wildcards than any path needs, and so many that a search may take for ever.
_MOST_STARS: Final = 4
_LONGEST: Final = 1000

Rulebook = tuple[tuple[PathRule, PathSpec], ...]


def wrong_pattern(pattern: str) -> str:
    """Why a pattern cannot be used; nothing when it can.

    Examples:
        >>> wrong_pattern("/services/*/api/"), wrong_pattern("*a*a*a*a*a")
        ('', 'the pattern has more wildcards than any path needs')
    """
    folders = pattern.split("/")
    stars = [len(re.findall(r"\*+|\?|\[", folder)) for folder in folders]
    if max(stars) > _MOST_STARS or folders.count("**") > _MOST_STARS or len(pattern) > _LONGEST:
        return "the pattern has more wildcards than any path needs"
    try:
        _spec(pattern)
    except (ValueError, re.error):
        return "the pattern cannot be understood"
    return ""


def rulebook(rules: Sequence[PathRule]) -> Rulebook:
    """Rules with their patterns made ready, the last first, as they count."""
    return tuple((rule, _spec(rule.pattern)) for rule in rules[::-1])


def _spec(pattern: str) -> PathSpec:
    with warnings.catch_warnings():
        # What may mean another thing to a later Python, like two brackets, means this one to git.
        warnings.simplefilter("ignore", FutureWarning)
        return PathSpec.from_lines("gitignore", [pattern])


def owning_rules(book: Rulebook, path: str) -> tuple[PathRule, ...]:
    """The rules that own a path within the repository; without owners it is so on purpose.

    The last that fits of each section, unless the section excludes the path. Sections that own it
    outrank those that leave it unowned, and required sections outrank optional ones.
    """
    files = _files_of(path)
    fitting = [rule for rule, spec in book if any(map(spec.match_file, files))]
    last = {rule.section: rule for rule in reversed(fitting)}
    last |= {rule.section: rule for rule in fitting if rule.excluded}
    required = tuple(rule for rule in last.values() if rule.owners and not rule.optional)
    optional = tuple(rule for rule in last.values() if rule.owners and rule.optional)
    return required or optional or tuple(last.values())


def _files_of(path: str) -> tuple[str, ...]:
    """A file in the folder of that path, and the path itself where it may be one of a file."""
    inside = f"{path}/{_ANY_FILE}".lstrip("/")
    return (inside, path) if "." in path.rpartition("/")[2][1:] else (inside,)


def path_within(path: str, folder: tuple[str, ...], *, slug: bool) -> str | None:
    """A service's path as seen from the root of a repository, None when it is in another one.

    `folder` are the folders in which the CODEOWNERS file was found. A path that begins with
    `owner/repository`, and the file in a folder of that name, belong together. Where the path is
    known to begin so (`slug`), every other file is of another repository; else the path is taken as
    one within the repository.

    Examples:
        >>> path_within("shop/checkout/api", ("shop", "checkout", ".github"), slug=True)
        'api'
        >>> path_within("shop/checkout/api", (), slug=True) is None
        True
        >>> path_within("./services/api/", ("anything",), slug=False)
        'services/api'
    """
    cleaned = path.replace("\\", "/")
    if "://" in cleaned:
        return None
    parts = tuple(part for part in cleaned.split("/") if part not in ("", "."))
    base = tuple(part for part in folder if part not in _PLACES)
    owner_and_repository = parts[:2]
    if len(parts) >= 2 and base[-2:] == owner_and_repository:
        return "/".join(parts[2:])
    if slug:
        return "/".join(parts[2:]) if len(parts) >= 2 and base[-1:] == parts[1:2] else None
    return "/".join(parts)
