"""Commands that are tried in forks of one process, which has loaded everything already.

`python -m tests.faults.trying` takes lists of trials on its standard input, as one line of JSON each,
and answers with a line: the exit code of each trial, and what it said. Each trial has a place of its
own, to which all is relative:

    place, words   the folder, and the command line
    full           how many bytes fit into a folder, like {"out": 65536}; needs a namespace of mounts
    read_only      folders into which nothing can be written; needs one, too
    largest        the bytes that no file may exceed
    printed, said  what standard output and standard error are: a file, "full", "closed" or "broken"
    clock          whether the clock of the machine jumps to and fro
    killed         after how many seconds the command and its group are killed

What is in `out` at the end is copied to `after`, because what was mounted is gone with this process.
"""

import itertools
import json
import locale
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pmanalytics as pma
from pmanalytics import cli
from pmanalytics.reporting.grammars import put_off_grammars

__all__ = ["tried"]

# What verbs load when they come to it.
LOADED = (
    "nbformat", "openpyxl", "papermill",
    "pmanalytics.accounts", "pmanalytics.answers.applying", "pmanalytics.answers.printing",
    "pmanalytics.drafting", "pmanalytics.ingesting", "pmanalytics.reporting.batches",
    "pmanalytics.reporting.rendering.pdf",
)  # fmt: skip
# Half a century forth and back, and the day that 32 bits do not hold.
JUMPS = (0.0, 4e9, 1.5e9, 2**31, -5.0, 2e9)


def mount(folder: Path, *, size: int = 0) -> None:
    """Lay a small disk, or else a read-only view, over a folder; what it holds stays in sight."""
    if size:
        held = folder.with_name(f"{folder.name}-held")
        shutil.copytree(folder, held)
        words = ["-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
        subprocess.run(["mount", *words], check=True)
        shutil.copytree(held, folder, dirs_exist_ok=True)
    else:
        subprocess.run(["mount", "--bind", str(folder), str(folder)], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)


def stream(what: str, file: Path) -> int:
    """The number of a stream of a kind."""
    if what == "broken":
        reading, writing = os.pipe()
        os.close(reading)
        return writing
    path = "/dev/full" if what == "full" else str(file)
    return os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)


def redirect(trial: Mapping[str, Any]) -> None:
    """Give a process its own standard streams, as a shell would."""
    for number, name in ((1, "printed"), (2, "said")):
        what = trial.get(name, "file")
        if what == "closed":
            os.close(number)
            setattr(sys, {1: "stdout", 2: "stderr"}[number], None)
        else:
            os.dup2(stream(what, Path(trial["place"], f"{name}.txt")), number)


def jump() -> None:
    """Let the clock jump whenever somebody looks at it."""
    moments = itertools.cycle(JUMPS)
    time.time = lambda: next(moments)
    time.time_ns = lambda: int(next(moments) * 1e9)


def do(trial: Mapping[str, Any]) -> None:
    """Run a command in this process, which is a fork, and end it."""
    code = 1
    try:
        os.chdir(trial["place"])
        tempfile.tempdir = os.environ["TMPDIR"]  # something may have asked for it before
        redirect(trial)
        if trial.get("clock"):
            jump()
        if trial.get("largest"):
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (trial["largest"], trial["largest"]))
        sys.argv = ["pmanalytics", *trial["words"]]
        try:
            cli.main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        for left in (sys.stdout, sys.stderr):
            left.flush()
    finally:
        os._exit(code)


def tried(trial: Mapping[str, Any]) -> dict[str, Any]:
    """The exit code of a command in its place, what it said, and how long it took."""
    place = Path(trial["place"])
    for name, size in trial.get("full", {}).items():
        mount(place / name, size=size)
    for name in trial.get("read_only", ()):
        mount(place / name)
    os.environ["TMPDIR"] = str(place / "tmp")
    began = time.monotonic()
    child = os.fork()
    os.setpgid(child, child)  # both do it, because either may come first
    if child == 0:
        do(trial)
    if "killed" in trial:
        time.sleep(trial["killed"])
        os.killpg(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    took = time.monotonic() - began
    shutil.copytree(place / "out", place / "after", dirs_exist_ok=True)
    said = place / "said.txt"
    words = said.read_text("utf-8", "replace") if said.exists() else ""
    return {"code": code, "said": words, "seconds": took}


def load() -> None:
    """Load what the verbs would load, each in its fork."""
    put_off_grammars()
    for name in LOADED:
        import_module(name)
    pma.check(pma.sample())


def main() -> None:
    """Try all; in the locale of the environment, as a program that embeds this one may be."""
    locale.setlocale(locale.LC_ALL, "")
    load()
    for line in sys.stdin:
        print(json.dumps([tried(trial) for trial in json.loads(line)]), flush=True)


if __name__ == "__main__":
    main()
