"""Measuring a store part by part: equal to measuring it in memory, and sound when it cannot."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from multiprocessing import active_children
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import pmanalytics as pma
from pmanalytics.counting.parts import read_whole
from pmanalytics.store.layout import buckets_of
from tests.benchmarks.stores import AS_OF, left, write_huge
from tests.counting.comparing import same_as_in_memory
from tests.trackers.samples import EXPORTS

SCALED = 20_000


@pytest.fixture(scope="module")
def huge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("huge")
    return write_huge(folder, items=SCALED, exports=4, buckets=4)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `huge`, for what asks nothing of the number of items."""
    return write_huge(tmp_path_factory.mktemp("few"), items=100, exports=2, buckets=2)


@pytest.mark.parametrize(
    ("as_of", "period", "by", "workers"),
    [
        (None, "2026Q3", ["severity"], 2),
        ("2026-10-12", None, [], 1),
        ("2026-05-01", "2026Q2", ["team", "kind"], 1),
    ],
)
def test_the_sample_in_parts_is_the_sample(
    stored_sample: Path, as_of: str | None, period: str | None, by: list[str], workers: int
) -> None:
    same_as_in_memory(stored_sample, as_of=as_of, period=period, by=by, workers=workers)


def test_one_bucket_is_a_part_as_well(tmp_path: Path) -> None:
    pma.write_sample(tmp_path)
    pma.ingest(tmp_path / "store", config=tmp_path / "pmanalytics.toml", buckets=1)
    same_as_in_memory(tmp_path / "pmanalytics.toml", by=["service"])


@pytest.mark.parametrize(("as_of", "workers"), [(AS_OF, 2), ("2025-06-01", 1)])
def test_the_large_trial_on_a_small_scale(huge: Path, as_of: str, workers: int) -> None:
    told = same_as_in_memory(huge, as_of=as_of, by=["severity"], workers=workers)
    if as_of == AS_OF:
        # Twins and duplicates lie in other buckets, and each pair counts once.
        assert told["standings"]["total"].sum() == left(SCALED)


def test_a_metric_that_does_not_add_up_is_refused(stored_sample: Path) -> None:
    with pytest.raises(pma.UsageError, match="'repeats' is no metric that is counted in parts"):
        pma.measure_in_parts(stored_sample, "repeats")


def test_an_unfit_question_is_refused_as_in_memory(stored_sample: Path) -> None:
    with pytest.raises(pma.UsageError, match="no column 'severty'"):
        pma.measure_in_parts(stored_sample, "standings", by="severty", workers=1)
    with pytest.raises(pma.UsageError, match="before all data: the first item dates from"):
        pma.measure_in_parts(stored_sample, "standings", as_of="1999-01-01", workers=1)


def test_exports_that_are_in_no_store_are_refused(stored_sample: Path, tmp_path: Path) -> None:
    pma.write_sample(tmp_path)
    toml = tmp_path / "pmanalytics.toml"
    with pytest.raises(pma.UsageError, match="names no store"):
        pma.measure_in_parts(toml)
    jira = next(iter(tmp_path.glob("jira-*.csv")))
    pma.ingest(tmp_path / "store", jira, config=toml)
    with pytest.raises(pma.UsageError, match="is not in the store; keep it there"):
        pma.measure_in_parts(toml)


def test_a_damaged_part_is_one_sentence_also_from_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml = write_huge(tmp_path / "huge", items=100, exports=2, buckets=2)
    next(iter((tmp_path / "huge/store/items").rglob("*.parquet"))).write_bytes(b"no parquet")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    with pytest.raises(pma.InputError, match="in the store are damaged"):
        pma.measure_in_parts(toml)
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("table", ["incidents", "items"])
def test_a_damaged_part_of_any_table_is_an_error_and_never_a_smaller_count(
    table: str, tmp_path: Path
) -> None:
    """An export that is left out whole would leave the others, and tables that look sound."""
    pma.write_sample(tmp_path)
    pma.ingest(tmp_path / "store", config=tmp_path / "pmanalytics.toml", buckets=2)
    next(iter((tmp_path / "store" / table).rglob("*.parquet"))).write_bytes(b"no parquet")
    with pytest.raises(pma.InputError, match="in the store are damaged"):
        pma.measure_in_parts(tmp_path / "pmanalytics.toml", "standings", workers=1)


@pytest.mark.parametrize("change", ["a column less", "another type"])
def test_parts_that_are_not_alike_are_one_sentence(change: str, tmp_path: Path) -> None:
    toml = write_huge(tmp_path, items=1000, exports=1, buckets=4)
    first = min((tmp_path / "store" / "items").rglob("*.parquet"))
    part = pq.ParquetFile(first).read()
    number = part.column_names.index("source")
    if change == "a column less":
        part = part.remove_column(number)
    else:
        part = part.set_column(number, "source", pa.array(range(part.num_rows)))
    pq.write_table(part, first)
    # Kin are read from several buckets at once.
    with pytest.raises(pma.InputError, match="in the store are damaged"):
        pma.measure_in_parts(toml, "standings", workers=1)


def test_many_buckets_of_which_few_are_filled_are_counted_at_once(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("item_id,state,created_at\nx:1,open,2026-01-11\n")
    pma.ingest(tmp_path / "store", tmp_path / "items.csv", buckets=4096)
    whole = read_whole(tmp_path / "store")
    assert whole.filled == tuple(buckets_of(pd.Series(["x:1"]), 4096))
    measured = pma.measure_in_parts(tmp_path / "store", "backlog", as_of=AS_OF, workers=1)
    assert measured["backlog"]["items"].sum() == 1


def test_an_item_without_a_title_lies_beside_documents(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text(
        "item_id,title,state,created_at\nx:1,,open,2026-01-11\nx:2,Two,open,2026-01-11\n"
    )
    store, document = tmp_path / "store", EXPORTS / "postmortem_md.md"
    pma.ingest(store, tmp_path / "items.csv", document, buckets=3)
    measured = pma.measure_in_parts(store, "backlog", as_of=AS_OF, workers=1)
    expected = pma.backlog(pma.snapshot(pma.read(store), as_of=AS_OF))
    pd.testing.assert_frame_equal(measured["backlog"], expected)


@pytest.mark.parametrize("buckets", [1, 4])
def test_a_part_in_a_wrong_bucket_is_an_error(buckets: int, tmp_path: Path) -> None:
    toml = write_huge(tmp_path, items=100, exports=2, buckets=2)
    manifest = tmp_path / "store" / "pmanalytics-store.json"
    written = manifest.read_text("utf-8")
    manifest.write_text(written.replace('"buckets": 2', f'"buckets": {buckets}'))
    with pytest.raises(pma.InputError, match="lie in the wrong bucket of the store"):
        pma.measure_in_parts(toml, "standings", workers=1)


def test_no_process_is_refused(few: Path) -> None:
    with pytest.raises(pma.UsageError, match="by one process or more, not by 0"):
        pma.measure_in_parts(few, "standings", workers=0)


def test_a_killed_process_is_one_sentence_and_leaves_nothing(
    huge: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def kill() -> None:
        while not (found := active_children()):
            time.sleep(0.01)
        os.kill(found[0].pid or 0, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(pma.PmanalyticsError, match="ended early, maybe for want of memory"):
        pma.measure_in_parts(huge, workers=2)
    killer.join()
    assert active_children() == []
    assert list(tmp_path.iterdir()) == []


SCRIPT = """
import sys
import pmanalytics as pma
if __name__ == "__main__":
    pma.measure_in_parts(sys.argv[1], workers=2)
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks into /proc")
def test_processes_do_not_outlive_a_killed_parent(huge: Path, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    parent = subprocess.Popen(
        [sys.executable, tmp_path / "script.py", huge], env=environment, start_new_session=True
    )
    # Two processes that count, beside the one that looks after shared resources.
    while len(_group(parent.pid)) < 4:
        time.sleep(0.05)
        assert parent.poll() is None
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    for _ in range(600):
        if not _group(parent.pid):
            break
        time.sleep(0.05)
    assert _group(parent.pid) == set()
    assert [path.name for path in tmp_path.iterdir()] == ["script.py"]


def test_memory_that_is_not_enough_is_one_sentence(
    few: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise MemoryError

    # The process boundary: whatever the system does not give.
    monkeypatch.setattr("pmanalytics.counting.kin.read_part", refuse)
    with pytest.raises(pma.PmanalyticsError, match="maybe for want of memory; give fewer"):
        pma.measure_in_parts(few, "standings", workers=1)


def test_files_for_the_time_being_lie_where_they_are_told_to(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    pma.measure_in_parts(few, "standings", as_of=AS_OF, workers=1, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def _group(number: int) -> set[int]:
    """The processes of a session."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(told[3]) == number and told[0] != "Z":
            found.add(int(stat.parent.name))
    return found


def test_nothing_is_a_table_of_nothing(tmp_path: Path) -> None:
    toml = write_huge(tmp_path, items=0, exports=1, buckets=2)
    assert pma.measure_in_parts(toml, "standings", as_of=AS_OF, workers=1)["standings"].equals(
        pma.standings(pma.snapshot(pma.read(toml), as_of=AS_OF))
    )
    assert isinstance(pma.measure_in_parts(toml, as_of=AS_OF, workers=1)["backlog"], pd.DataFrame)
