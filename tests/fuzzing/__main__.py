"""Fuzzing: `make fuzz SECONDS=120`, all targets or those that are named; exit 1 on a find."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from sysconfig import get_path
from typing import Any, Final

from tests.fuzzing.targets import by_name

ROOT: Final = Path(__file__).parents[2]
# It holds atheris alone; all else is that of the environment which starts it.
INTERPRETER: Final = ROOT / ".venv-fuzz" / "bin" / "python"
# What a process takes to start, and to end the input that it is at.
MARGIN: Final = 300


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz in some processes, and say what was done."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0, help="0 is another one each time")
    parser.add_argument("--output", type=Path, default=Path(".fuzzing"))
    parser.add_argument("names", nargs="*", help="parts of the names of targets; else all")
    asked = parser.parse_args(arguments)
    names = [name for name in by_name() if not asked.names or any(p in name for p in asked.names)]
    records = []
    for number, process in enumerate(_started(asked, names)):
        records.append(_ended(process, asked, number))
    return _told(records)


def _started(asked: argparse.Namespace, names: list[str]) -> list[subprocess.Popen[bytes]]:
    asked.output.mkdir(parents=True, exist_ok=True)
    (asked.output / ".gitignore").write_text("*\n")
    shares = [names[number :: asked.processes] for number in range(asked.processes)]
    for number in range(asked.processes):
        # What an earlier run told would stand for a process that ends at once.
        _record(asked, number).unlink(missing_ok=True)
    return [
        subprocess.Popen(
            [INTERPRETER, "-m", "tests.fuzzing.guided", f"--seconds={asked.seconds}",
             f"--output={asked.output}", f"--record={_record(asked, number)}",
             f"--seed={asked.seed}", *share],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), get_path("purelib")])},
        )
        for number, share in enumerate(shares) if share
    ]  # fmt: skip


def _record(asked: argparse.Namespace, number: int) -> Path:
    return Path(asked.output, f"process-{number}.json")


def _ended(
    process: subprocess.Popen[bytes], asked: argparse.Namespace, number: int
) -> dict[str, Any]:
    """What a process did; one that hangs or crashes is a find itself."""
    try:
        code = process.wait(asked.seconds + MARGIN)
    except subprocess.TimeoutExpired:
        process.kill()
        code = process.wait()
    record: dict[str, Any] = {"targets": {}, "finds": {}}
    if _record(asked, number).exists():
        record = json.loads(_record(asked, number).read_text())
    if code:
        record["finds"][f"process {number} ended with {code}"] = str(asked.output)
    return record


def _told(records: list[dict[str, Any]]) -> int:
    """Print what was done; 1 when something was found."""
    for record in records:
        for name, done in record["targets"].items():
            print(f"{name:32} {done['runs']:8,} runs {done['seconds']:8.1f} s")
    total = sum(done["runs"] for record in records for done in record["targets"].values())
    finds = {what: place for record in records for what, place in record["finds"].items()}
    print(f"{total:,} runs, {len(finds)} finds")
    for what, place in finds.items():
        print(f"{what}: {place}")
    return 1 if finds or not total else 0


if __name__ == "__main__":
    sys.exit(main())
