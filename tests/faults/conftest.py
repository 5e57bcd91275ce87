"""Places where verbs are tried, each made once and copied for every trial."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from tests.faults.verbs import ROOT, Verb, write_place
from tests.reporting.conftest import made_once

__all__ = ["made_once"]


@pytest.fixture(scope="session")
def place_of(
    made_once: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Verb], Path]:
    """A fresh place for a verb: `place_of(verb)`, with the older output."""

    def give(verb: Verb) -> Path:
        made = made_once(f"place-{verb.name}", lambda place: write_place(verb, place))
        place = tmp_path_factory.mktemp(verb.name) / "place"
        return Path(shutil.copytree(made, place))

    return give


Try = Callable[..., list[dict[str, Any]]]
HOME: Mapping[str, str] = {"LC_ALL": "C.UTF-8", "TZ": "UTC"}


@pytest.fixture(scope="session")
def tries() -> Iterator[Try]:
    """Try commands: `tries(trial, ..., before=(), env=HOME, umask=-1)`.

    There is one process for each way in which one is started, because loading takes the most time.
    """
    started: dict[str, subprocess.Popen[str]] = {}

    def tried(
        *trials: Mapping[str, Any],
        before: tuple[str, ...] = (),
        env: Mapping[str, str] = HOME,
        umask: int = -1,
    ) -> list[dict[str, Any]]:
        way = repr((before, env, umask))
        if way not in started:
            started[way] = subprocess.Popen(
                [*before, sys.executable, "-m", "tests.faults.trying"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, umask=umask,
                env={**os.environ, "PYTHONPATH": str(ROOT), **env},
            )  # fmt: skip
        process = started[way]
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(trials) + "\n")
        process.stdin.flush()
        return list(json.loads(process.stdout.readline()))

    yield tried
    for process in started.values():
        process.communicate()


@pytest.fixture(scope="session")
def mounting(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """What a command is started by so that it may mount; all is undone when it ends."""
    root = () if os.geteuid() == 0 else ("--map-root-user",)
    before = ("unshare", *root, "--mount")
    place = tmp_path_factory.mktemp("mounted")
    trial = [*before, "mount", "-t", "tmpfs", "-o", "size=64k", "none", str(place)]
    if (
        which("unshare") is None
        or subprocess.run(trial, capture_output=True, check=False).returncode
    ):
        pytest.skip("This machine lets nobody mount a small disk.")
    return before
