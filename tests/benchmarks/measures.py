"""What the benchmarks measure with, and the lines of the table that they print."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from tests.benchmarks.goals import GOALS, Goal, goal_of

__all__ = ["Line", "peak", "seconds", "show", "summary"]

# On a machine that others use too, the time of the processor says more than that of the wall.
CPU = os.environ.get("BENCH_CLOCK") == "cpu"


@dataclass(frozen=True)
class Line:
    """What something costs, in seconds or MB, and what the floors cost that it is held against."""

    what: str
    cost: float
    floors: Mapping[str, float] = field(default_factory=dict)
    unit: str = "s"

    def against(self, floor: str) -> float:
        """The cost as a multiple of a floor; of its own unit, the cost itself."""
        return self.cost if floor == self.unit else self.cost / self.floors[floor]

    def meets(self, goal: Goal) -> bool:
        """Whether the cost is at most what a goal allows."""
        return self.against(goal.floor) <= goal.limit


def show(line: Line) -> None:
    """Print one line of the table: the cost, its floors, and the goal behind the one that has it."""
    goal = goal_of(line.what)
    told = [_against(line, floor) for floor in line.floors]
    if goal:
        others = [_against(line, floor) for floor in line.floors if floor != goal.floor]
        verdict = "met" if line.meets(goal) else "NOT MET"
        told = [f"{_against(line, goal.floor)}  goal {_figure(goal.limit)}  {verdict}", *others]
    amount = f"{line.cost:7.2f} s " if line.unit == "s" else f"{line.cost:6.0f} MB"
    print(f"{line.what:<46} {amount}   {'   '.join(told)}".rstrip(), flush=True)


def _against(line: Line, floor: str) -> str:
    if floor == line.unit:
        return ""
    return f"{line.against(floor):6.2f} x {floor}"


def summary(lines: Iterable[Line]) -> str:
    """All goals as one table in Markdown, with what was measured for each in this run."""
    measured = {line.what: line for line in lines}
    rows = ["| what | measured | goal | |", "|---|---:|---:|---|"]
    for goal in GOALS:
        line = measured.get(goal.what)
        verdict = "not measured" if line is None else "met" if line.meets(goal) else "**not met**"
        found = "" if line is None else _amount(line.against(goal.floor), goal, line.unit)
        limit = _amount(goal.limit, goal, line.unit if line else "")
        rows.append(f"| {goal.what} | {found} | {limit} | {verdict} |")
    return "\n".join(rows)


def _amount(number: float, goal: Goal, unit: str) -> str:
    absolute = goal.floor in ("s", "MB", unit)
    return f"{_figure(number)} {'' if absolute else 'x '}{goal.floor}"


def _figure(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def seconds(work: Callable[[], object], *, times: int = 3) -> float:
    """The best time of a few, of the wall or with BENCH_CLOCK=cpu of the processor."""
    best = np.inf
    for _ in range(times):
        began = _clock()
        work()
        best = min(best, _clock() - began)
    return best


def _clock() -> float:
    if not CPU:
        return time.perf_counter()
    used = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def peak(*work: str) -> float:
    """The largest memory that a process of its own takes for some work, in MB."""
    code = "\n".join([*work, "from tests.memory import own_peak", "print(own_peak())"])
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return int(done.stdout) / 1e6
