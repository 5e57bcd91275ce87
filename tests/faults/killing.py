"""Commands that are killed at random moments, and what must be there after each death."""

import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.faults.conftest import Try
from tests.faults.verbs import (
    Sight,
    Verb,
    command,
    environment,
    hidden_in,
    nobody_left,
)

__all__ = ["loaded_command", "old_or_new", "real_command", "survive_kills"]


def old_or_new(seen: Sight, old: Sight, new: Sight) -> str:
    """Which of two states is seen; each part of it must be of one of them, whole."""
    for name in {*seen, *old, *new}:
        assert seen.get(name) in (old.get(name), new.get(name)), name
    return "old" if seen == old else "new" if seen == new else "some of each"


# Starts a command in a place, kills it and its group after some seconds if any are given, and says
# how long it took.
Start = Callable[[Verb, Path, float | None], float]


def real_command(verb: Verb, place: Path, after: float | None) -> float:
    """The command as anybody starts it."""
    began = time.monotonic()
    process = subprocess.Popen(
        command(*verb.words),
        cwd=place,
        env=environment(place),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    if after is not None:
        time.sleep(after)
        os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() in ((0,) if after is None else (0, -signal.SIGKILL))
    return time.monotonic() - began


def loaded_command(tries: Try) -> Start:
    """The command in a fork that has everything loaded, so that it dies at its work."""

    def start(verb: Verb, place: Path, after: float | None) -> float:
        trial = {"place": str(place), "words": verb.words}
        (done,) = tries(trial if after is None else trial | {"killed": after})
        assert done["code"] in ((0,) if after is None else (0, -signal.SIGKILL)), done
        return float(done["seconds"])

    return start


def survive_kills(
    verb: Verb, place: Path, *, kills: int, seed: int, start: Start = real_command
) -> Counter[str]:
    """Kill a command at random moments, then let it live; says how often what was seen after."""
    calm, out = Path(shutil.copytree(place, place.with_name("calm"))), place / "out"
    lasts, moments = start(verb, calm, None), random.Random(seed)
    old, new, found = verb.sees(out), verb.sees(calm / "out"), Counter[str]()
    assert old != new
    first = Path(shutil.copytree(out, place.with_name("first")))
    for _ in range(kills):
        start(verb, place, moments.uniform(0, 1.1 * lasts))
        assert nobody_left(place)
        state = old_or_new(verb.sees(out), old, new)
        found[state] += 1
        # What was left behind stays for the next one, until one came to its end.
        if state != "old":
            shutil.rmtree(out)
            shutil.copytree(first, out)
    start(verb, place, None)
    assert verb.sees(out) == new
    assert hidden_in(out) == hidden_in(calm / "out")
    return found
