"""Targets: every way by which bytes from outside come in, each with seeds and what it does.

A target is declared once. The tests try a few changes of its seeds, `make fuzz` many under the
guidance of coverage, and what was once found is tried again in every run of the tests.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from tests.fuzzing.changing import CHANGES, Mutilation, changed
from tests.fuzzing.invariants import in_time

__all__ = ["FINDS", "Target", "by_name"]

FINDS: Final = Path(__file__).parent / "finds"


@dataclass(frozen=True, kw_only=True)
class Target:
    """One way in: how it is called, files that are well, and the work that is done with a file.

    `work` takes bytes and an empty folder, and raises when something does not hold; `form` says
    which changes of a seed are worth trying.
    """

    name: str
    form: str
    seeds: Callable[[], Iterable[bytes]]
    work: Callable[[bytes, Path], None]
    more: tuple[Mutilation, ...] = ()

    @property
    def changes(self) -> tuple[Mutilation, ...]:
        """What is done to a seed."""
        return (*CHANGES[self.form], *self.more)

    def change(self, data: bytes, random: Random) -> bytes:
        """Another file, by one to three changes."""
        return changed(data, random, self.changes)

    def attempt(self, data: bytes, folder: Path) -> None:
        """Do the work, and raise when something does not hold or takes too long."""
        with in_time():
            self.work(data, folder)


@cache
def by_name() -> Mapping[str, Target]:
    """All targets."""
    from tests.fuzzing import folders, lines, readers

    found = [*readers.TARGETS, *folders.TARGETS, *lines.TARGETS]
    assert len({target.name for target in found}) == len(found)
    return {target.name: target for target in found}
