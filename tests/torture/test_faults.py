"""The long trials of faults: `make torture`. A small seeded share is among the ordinary tests."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.conftest import Try, made_once, mounting, place_of, tries
from tests.faults.killing import survive_kills
from tests.faults.test_full_disks import full_disks
from tests.faults.test_kills import STEPS, survive_deaths
from tests.faults.verbs import VERBS, Verb

__all__ = ["made_once", "mounting", "place_of", "tries"]

pytestmark = pytest.mark.torture
KILLS = 200
DISKS = 40


@pytest.mark.parametrize("name", VERBS)
def test_killed_commands_leave_the_old_or_the_new(
    name: str, place_of: Callable[[Verb], Path]
) -> None:
    found = survive_kills(VERBS[name], place_of(VERBS[name]), kills=KILLS, seed=11)
    assert found.total() == KILLS
    print(name, dict(found))


@pytest.mark.parametrize("name", STEPS)
def test_deaths_before_every_change_leave_the_old_or_the_new(name: str, tmp_path: Path) -> None:
    survive_deaths(name, tmp_path, step=1)


# What `init` writes has room on the smallest disk; a limit of the size of files tries it.
@pytest.mark.parametrize("name", [name for name in VERBS if name != "init"])
def test_small_disks_that_are_full_keep_the_old(
    name: str, place_of: Callable[[Verb], Path], tries: Try, mounting: tuple[str, ...]
) -> None:
    ends = full_disks(
        [name], trials=DISKS, seed=100, place_of=place_of, tries=tries, mounting=mounting
    )
    assert "old" in ends
