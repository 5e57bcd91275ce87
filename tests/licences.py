"""The licences of all that the package stands on, with and without its extras: `make licences`.

The requirements are followed from the package on, so that it does not matter what else is
installed. A licence that is unknown, or that asks more of others than to keep its text, is refused.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PACKAGE = "pmanalytics"
# Asks that changed files of theirs stay open, and nothing of the files beside them.
BY_FILE = "MPL-2.0"
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "HPND", "ISC", "MIT", "MIT-0",
    "PSF-2.0", "Unlicense", "Zlib", BY_FILE,
}  # fmt: skip
# Before licences had agreed names they were written in many ways; the first that matches is meant.
WRITTEN = (
    (r"\bMPL.?2|Mozilla Public License 2", "MPL-2.0"),
    (r"\bBSD.?2|2.Clause BSD", "BSD-2-Clause"),
    (r"\bBSD\b", "BSD-3-Clause"),
    (r"^Apache\b", "Apache-2.0"),
    (r"^MIT\b", "MIT"),
    (r"^ISC\b", "ISC"),
    (r"^PSFL?\b|^Python Software Foundation", "PSF-2.0"),
    (r"Unlicense", "Unlicense"),
    (r"Historical Permission Notice", "HPND"),
)
CLASSIFIER = "License :: OSI Approved :: "


@dataclass(frozen=True)
class Dependency:
    """What is installed because something here asks for it."""

    name: str
    version: str
    licence: str


def dependencies(
    name: str, extras: Sequence[str] = (), *, path: Sequence[str] | None = None
) -> list[Dependency]:
    """All that a package needs with some of its extras, however far away, in the order of names.

    Raises LookupError when something that is needed is not installed.
    """
    installed: dict[str, Distribution] = {}
    for found in distributions(path=list(path or sys.path)):
        installed.setdefault(canonicalize_name(found.name), found)
    seen: set[tuple[str, str]] = set()
    asked = [(canonicalize_name(name), extra) for extra in ("", *extras)]
    while asked:
        one, extra = asked.pop()
        if (one, extra) in seen:
            continue
        if one not in installed:
            raise LookupError(f"{one} is needed, but not installed; install all extras first.")
        seen.add((one, extra))
        asked += _required(installed[one], extra)
    names = sorted({one for one, _ in seen} - {canonicalize_name(name)})
    return [Dependency(one, installed[one].version, licence_of(installed[one])) for one in names]


def _required(package: Distribution, extra: str) -> Iterator[tuple[str, str]]:
    for text in package.requires or ():
        needed = Requirement(text)
        if needed.marker is None or needed.marker.evaluate({"extra": extra}):
            yield from ((canonicalize_name(needed.name), more) for more in ("", *needed.extras))


def licence_of(package: Distribution) -> str:
    """The licence that a package states, as an expression of agreed names, or its own words."""
    about = package.metadata
    stated = about.get("License-Expression") or about.get("License") or ""
    classified = [
        text.removeprefix(CLASSIFIER)
        for text in about.get_all("Classifier") or ()
        if text.startswith(CLASSIFIER)
    ]
    if about.get("License-Expression") or (stated.strip() and not classified):
        first = stated.strip().splitlines()[0]
        return first if is_allowed(first) else _named(first)
    return " AND ".join(map(_named, classified)) or "unknown"


def _named(words: str) -> str:
    return next((name for form, name in WRITTEN if re.search(form, words)), words)


def is_allowed(licence: str) -> bool:
    """Whether somebody may use and ship this beside files of any other licence."""
    try:
        licence = canonicalize_license_expression(licence)
    except InvalidLicenseExpression:
        return False
    # An exception only takes away from what a licence asks.
    words = re.findall(r"[()]|[\w.+-]+", re.sub(r" WITH \S+", "", licence))
    said = (word.lower() if word in ("AND", "OR", "(", ")") else word in ALLOWED for word in words)
    return bool(eval(" ".join(map(str, said))))  # of True, False, and, or and brackets


def main(
    extras: Sequence[str], *, package: str = PACKAGE, path: Sequence[str] | None = None
) -> int:
    """Print the licences of what a package needs, and then of what each extra adds to it."""
    core = dependencies(package, path=path)
    added = {extra: dependencies(package, [extra], path=path) for extra in extras}
    listed = {"": core} | {
        extra: [one for one in all_ if one not in core] for extra, all_ in added.items()
    }
    for extra, some in listed.items():
        print(f"\n{package}[{extra}] adds" if extra else package)
        print(*(f"  {one.name:28}{one.version:18}{one.licence}" for one in some), sep="\n")
    everything = {one for some in listed.values() for one in some}
    by_file = sorted(one.name for one in everything if BY_FILE in one.licence)
    print(
        f"\n{BY_FILE}, which holds for changed files of theirs alone: {', '.join(by_file) or 'none'}"
    )
    refused = sorted(
        f"{one.name} ({one.licence})" for one in everything if not is_allowed(one.licence)
    )
    if refused:
        print(f"Not to be used before somebody has looked: {', '.join(refused)}", file=sys.stderr)
    return int(bool(refused))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
