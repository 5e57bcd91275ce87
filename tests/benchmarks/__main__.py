"""Speed and memory as ratios to a floor that is measured in the same run: `make bench`.

Machines are noisy and differ, so no time is a test. A floor is work that cannot be avoided: reading
the same file with pandas and making nothing of it, or papermill running an empty notebook. Each
time is the best of a few; a ratio of 1 costs as much as the floor. The README beside says how to
read the table.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks.estimating import estimating, matching
from tests.benchmarks.keeping import keeping
from tests.benchmarks.measures import Line, show, summary
from tests.benchmarks.measuring import growing, measuring
from tests.benchmarks.reading import reading
from tests.benchmarks.reporting import helping, reporting, teams
from tests.benchmarks.writing import writing

PARTS: dict[str, Callable[[Path], Iterator[Line]]] = {
    part.__name__: part
    for part in (
        reading, keeping, measuring, growing, estimating, matching, writing, reporting, teams,
        helping,
    )
}  # fmt: skip


def main() -> None:
    """Run all benchmarks, or those that are named: each line as it comes, and then the goals."""
    lines = []
    for name in sys.argv[1:] or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            for line in PARTS[name](Path(folder)):
                show(line)
                lines.append(line)
    print(f"\n{summary(lines)}")


if __name__ == "__main__":
    main()
