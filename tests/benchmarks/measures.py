"""What the benchmarks measure with: the best time of a few, and the peak of memory."""

import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np


def seconds(work: Callable[[], object], *, times: int = 3) -> float:
    """The best wall time of a few."""
    best = np.inf
    for _ in range(times):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best


def show(what: str, cost: float, floors: dict[str, float]) -> None:
    """Print one line of the table."""
    ratios = "   ".join(f"{cost / floor:6.2f} x {name}" for name, floor in floors.items())
    print(f"{what:<44} {cost:7.2f} s   {ratios}", flush=True)


def peak(*work: str) -> int:
    """The largest memory that a process of its own takes for some work, in bytes.

    Of the process as it began, for what getrusage tells counts from that of its parent.
    """
    code = "\n".join(work) + (
        "\nfrom pathlib import Path\n"
        "lines = Path('/proc/self/status').read_text().splitlines()\n"
        "print(next(line.split()[1] for line in lines if line.startswith('VmHWM')))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return int(done.stdout) * 1024
