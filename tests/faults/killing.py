"""Commands that are killed at random moments, and what must be there after each death."""

import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

from tests.faults.verbs import (
    Sight,
    Verb,
    command,
    environment,
    hidden_in,
    nobody_left,
    run,
)

__all__ = ["old_or_new", "survive_kills"]


def old_or_new(seen: Sight, old: Sight, new: Sight) -> str:
    """Which of two states is seen; each part of it must be of one of them, whole."""
    for name in {*seen, *old, *new}:
        assert seen.get(name) in (old.get(name), new.get(name)), name
    return "old" if seen == old else "new" if seen == new else "some of each"


def killed(verb: Verb, place: Path, after: float) -> None:
    """Start the real command, and kill it and its group after some seconds."""
    process = subprocess.Popen(
        command(*verb.words),
        cwd=place,
        env=environment(place),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(after)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def survive_kills(verb: Verb, place: Path, *, kills: int, seed: int) -> Counter[str]:
    """Kill a command at random moments, then let it live; says how often what was seen after."""
    calm, out = Path(shutil.copytree(place, place.with_name("calm"))), place / "out"
    began = time.monotonic()
    assert run(calm, *verb.words).returncode == 0
    lasts, moments = time.monotonic() - began, random.Random(seed)
    old, new, found = verb.sees(out), verb.sees(calm / "out"), Counter[str]()
    assert old != new
    first = Path(shutil.copytree(out, place.with_name("first")))
    for _ in range(kills):
        killed(verb, place, moments.uniform(0, 1.1 * lasts))
        assert nobody_left(place)
        state = old_or_new(verb.sees(out), old, new)
        found[state] += 1
        # What was left behind stays for the next one, until one came to its end.
        if state != "old":
            shutil.rmtree(out)
            shutil.copytree(first, out)
    assert run(place, *verb.words).returncode == 0
    assert verb.sees(out) == new
    assert hidden_in(out) == hidden_in(calm / "out")
    return found
