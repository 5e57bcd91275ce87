"""The machine: the parts of a store counted by processes of this machine, and added up.

Each process holds one part at a time, so that memory is bounded by the size of a bucket and the
number of processes, however large the store is.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import date
from functools import partial
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from pmanalytics.counting.kin import find_kin
from pmanalytics.counting.parts import Each, Whole, read_whole
from pmanalytics.counting.questions import ask, known_names
from pmanalytics.errors import PmanalyticsError, UsageError
from pmanalytics.inputs import Location
from pmanalytics.metrics import ADDITIVE
from pmanalytics.metrics.additive import add_counts
from pmanalytics.metrics.grouping import By
from pmanalytics.snapshots import Snapshot

__all__ = ["judged_in_parts", "measure_in_parts"]

NO_ROOM: Final = (
    "A process that counted a part of the store ended early, maybe for want of memory; give fewer "
    "workers, or ingest into a store with more buckets (a script needs the line "
    "'if __name__ == \"__main__\":')."
)


def measure_in_parts(
    path: Location,
    *names: str,
    as_of: str | date | None = None,
    period: str | None = None,
    by: By = None,
    workers: int = 2,
    folder: Location | None = None,
) -> dict[str, pd.DataFrame]:
    """Measure a store that is larger than memory: the tables of metrics that add up over parts.

    `path` is a store (see `ingest`) or a configuration with one, and `names` are metrics, each by
    default. The tables are equal to those of `read`, `snapshot` and the metric, whatever the number
    of buckets and `workers`; these are processes, each of which holds one bucket of the store. A
    script that starts them must be protected by `if __name__ == "__main__":`; with one worker
    everything is done in this process. Files for the time being lie in `folder`, by default where
    the machine has its temporary ones.

    Raises UsageError for a metric that is not counted in parts, and where there is no store or an
    export is not in it; InputError when the store is damaged; and PmanalyticsError when a process
    ends early.

    Examples:
        >>> import pmanalytics as pma
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = pma.write_sample(folder)
        ...     toml = Path(folder, "pmanalytics.toml")
        ...     _ = pma.ingest(f"{folder}/store", config=toml)
        ...     measured = measure_in_parts(toml, "backlog", as_of="2026-10-12", workers=1)
        >>> list(measured), measured["backlog"].columns.tolist()
        (['backlog'], ['age_band', 'items', 'overdue'])
    """
    return judged_in_parts(
        path, names, as_of=as_of, period=period, by=by, workers=workers, folder=folder
    )[1]


def judged_in_parts(
    path: Location,
    names: Sequence[str],
    *,
    as_of: str | date | None,
    period: str | None,
    by: By,
    workers: int,
    folder: Location | None = None,
) -> tuple[Snapshot, dict[str, pd.DataFrame]]:
    """What `measure_in_parts` returns, behind the snapshot of no items that it is a table of."""
    names = known_names(names, of=ADDITIVE)
    if workers < 1:
        raise UsageError(f"A store is counted by one process or more, not by {workers}.")
    whole = read_whole(path)
    with (
        tempfile.TemporaryDirectory(prefix="pmanalytics-", dir=folder) as place,
        _processes(whole, workers, Path(place)) as each,
    ):
        kin = find_kin(whole, each=each, folder=Path(place))
        asked = ask(whole, kin, names, as_of=as_of, period=period, by=by)
        sums = asked.counted_nothing()
        for counts in each(asked.task, kin.parts):
            sums = {name: add_counts([sums[name], counts[name]]) for name in names}
    return asked.unasked, asked.tables(sums)


_WHOLE: list[Whole] = []  # of a process that counts parts


@contextmanager
def _processes(whole: Whole, workers: int, folder: Path) -> Iterator[Each]:
    """What calls a function for many parts, in processes that end with the block."""
    if workers == 1:
        yield lambda task, parts: (_called(task, whole, part) for part in parts)
        return
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(whole, folder)
    )
    others = set(active_children())
    try:
        yield partial(_each, pool)
    except BrokenProcessPool as problem:
        # The pool would wait for ever for a process that was being started when another one ended.
        for process in set(active_children()) - others:
            process.kill()
        raise PmanalyticsError(NO_ROOM) from problem
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(whole: Whole, folder: Path) -> None:
    Thread(target=_end_with_parent, args=(folder,), daemon=True).start()
    pa.set_cpu_count(1)
    _WHOLE.append(whole)


def _end_with_parent(folder: Path) -> None:
    """A process whose parent was killed would wait for its next part for ever.

    Nobody else is left to clear away what lies in the folder.
    """
    parent = parent_process()
    if parent is not None:
        parent.join()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)


def _run(task: Callable[[Whole, Any], Any], part: Any) -> Any:
    return _called(task, _WHOLE[0], part)


def _called(task: Callable[[Whole, Any], Any], whole: Whole, part: Any) -> Any:
    try:
        return task(whole, part)
    except MemoryError as problem:
        raise PmanalyticsError(NO_ROOM) from problem


def _each(
    pool: ProcessPoolExecutor,
    task: Callable[[Whole, Any], Any],
    parts: Iterable[Any],
) -> Iterator[Any]:
    """What a task returns for each part, as it comes; nothing is held longer."""
    try:
        coming = as_completed({pool.submit(_run, task, part) for part in parts})
    except (OSError, ValueError) as problem:
        # One process ended while the next one was started with what both share.
        raise BrokenProcessPool(str(problem)) from problem
    for future in coming:
        yield future.result()
