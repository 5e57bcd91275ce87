"""The trial with very many items: they are written, counted part by part, and compared.

    python -m tests.torture.hundred_million --items 100_000_000 --folder DIR

prints what was measured as JSON. Counting runs in a process of its own, whose memory is measured
with that of all its children.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

import pmanalytics as pma
from tests.benchmarks.stores import AS_OF, left, write_huge
from tests.counting.comparing import same_as_in_memory

PER_EXPORT: Final = 1_000_000
PER_BUCKET: Final = 200_000
SAMPLE: Final = 500_000
MOST_MEMORY: Final = 2_000_000_000
EVERY: Final = 0.1  # seconds between looks at the memory
PERIOD: Final = "2026Q3"
BY: Final = ("severity",)


def trial(folder: Path, *, items: int, workers: int = 2) -> dict[str, Any]:
    """Write and count a store of some items; raises AssertionError where anything is wrong."""
    exports = -(-items // PER_EXPORT)
    told: dict[str, Any] = {"items": items}
    with _timed(told, "written"):
        config = write_huge(
            folder / "all", items=items, exports=exports, buckets=max(items // PER_BUCKET, workers)
        )
    parts = [path.stat().st_size for path in (folder / "all/store").rglob("*.parquet")]
    told |= {"bytes_per_item": round(sum(parts) / items, 1), "parts": len(parts)}
    with _timed(told, "counted"):
        tables, told["peak_memory"] = _counted(config, workers)
    told["items_left"] = sum(row["total"] for row in tables["standings"])
    assert told["items_left"] == left(items), "an item was lost, or counted twice"
    assert told["peak_memory"] < MOST_MEMORY, f"{told['peak_memory']:,} bytes of memory"
    some = min(items, SAMPLE)
    sample = write_huge(folder / "some", items=some, exports=2, buckets=5)
    with _timed(told, "compared"):
        same_as_in_memory(sample, as_of=AS_OF, period=PERIOD, by=BY, workers=workers)
    return told


@contextmanager
def _timed(told: dict[str, Any], name: str) -> Iterator[None]:
    """Note the wall time and the time of processors of a block, its processes included."""
    wall, before = time.monotonic(), os.times()
    yield
    spent = sum(os.times()[:4]) - sum(before[:4])
    told[f"{name}_seconds"] = round(time.monotonic() - wall, 1)
    told[f"{name}_cpu_seconds"] = round(spent, 1)


def _counted(config: Path, workers: int) -> tuple[dict[str, Any], int]:
    """The tables of a store as rows, and the highest memory of all processes together."""
    command = [sys.executable, "-m", "tests.torture.hundred_million", "--count", str(config)]
    done, peak = Event(), [0]
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen([*command, "--workers", str(workers)], stdout=output)
        watch = Thread(target=_watch, args=(child.pid, done, peak))
        watch.start()
        assert child.wait() == 0, "counting failed"
        done.set()
        watch.join()
        output.seek(0)
        return json.load(output), peak[0]


def _watch(root: int, done: Event, peak: list[int]) -> None:
    while not done.wait(EVERY):
        peak[0] = max(peak[0], _memory(root))


def _memory(root: int) -> int:
    """The resident memory of a process and all below it; what they share counts for each."""
    parents, resident = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            number, told = (
                int(folder.name),
                (folder / "stat").read_text().rpartition(")")[2].split(),
            )
        except OSError:
            continue
        parents[number], resident[number] = int(told[1]), int(told[21])
    family, grown = {root}, True
    while grown:
        below = {number for number, parent in parents.items() if parent in family}
        grown = not below <= family
        family |= below
    return sum(resident.get(number, 0) for number in family) * os.sysconf("SC_PAGE_SIZE")


def _count(config: Path, workers: int) -> None:
    """Print the tables of a store as JSON: what the child does."""
    from pmanalytics.exchange import json_rows

    tables = pma.measure_in_parts(config, as_of=AS_OF, period=PERIOD, by=BY, workers=workers)
    print(json.dumps({name: json_rows(table) for name, table in tables.items()}))


def main() -> None:
    """Run the trial as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--count", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.count:
        _count(given.count, given.workers)
        return
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        print(json.dumps(trial(Path(folder), items=given.items, workers=given.workers), indent=1))


if __name__ == "__main__":
    main()
