"""Ingesting: what a store keeps, that it is the same as reading, and that nothing harms it."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zlib import crc32

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.store.ledgers import kept_exports
from tests.conftest import TABLES
from tests.trackers.samples import SAMPLES

HERE = Path(__file__).parent
HEADER = "item_id,key,title,state,team,created_at,updated_at\n"
STORED = 'store = "store"\n'


def export(path: Path, *, state: str = "open", updated: str = "2026-01-12", items: int = 2) -> Path:
    """An export of our own columns: the items PAY-1, PAY-2 and so on."""
    rows = [
        f"jira:PAY-{n},PAY-{n},Add an alert,{state},Core,2026-01-12T10:00Z,{updated}T10:00Z\n"
        for n in range(1, items + 1)
    ]
    path.write_text(HEADER + "".join(rows))
    return path


def same(one: Dataset, other: Dataset) -> None:
    """Both say the same, row by row, in the same order and types."""
    for name in (*TABLES, "documents"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), obj=name)
    assert dict(one.unread) == dict(other.unread)
    assert list(one.inputs) == list(other.inputs)


def test_the_sample_through_a_store_is_the_sample(tmp_path: Path) -> None:
    pma.write_sample(tmp_path)
    toml = tmp_path / "pmanalytics.toml"
    directly = pma.read(toml)
    became = pma.ingest(tmp_path / "store", config=toml)
    assert set(became["outcome"]) == {"kept"}
    same(pma.read(toml), directly)
    # Without the exports there is the store; the registry and the decisions are still read.
    for path in became["path"]:
        (tmp_path / path).unlink()
    same(pma.read(toml), directly)


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - {"mapped"}))
def test_every_format_through_a_store_is_the_same(name: str, tmp_path: Path) -> None:
    # The incidents of a document, its attendees and the events of a history come back as well.
    pma.ingest(tmp_path / "store", SAMPLES[name], buckets=3)
    same(pma.read(tmp_path / "store"), pma.read(SAMPLES[name]))


def test_two_successive_exports_are_an_item_and_an_observation(tmp_path: Path) -> None:
    july = export(tmp_path / "july.csv")
    october = export(tmp_path / "october.csv", state="done", updated="2026-10-01")
    for path in (july, october):
        pma.ingest(tmp_path / "store", path)
    data = pma.read(tmp_path / "store")
    same(data, pma.read([july, october]))
    assert data.items["state"].tolist() == ["done", "done"]
    assert data.observations["state"].tolist() == ["open", "open"]


def test_an_export_that_takes_the_place_of_another_leaves_it_in_the_store(tmp_path: Path) -> None:
    path = tmp_path / "jira.csv"
    for state, day in (("open", "2026-02-01"), ("open", "2026-03-01"), ("done", "2026-04-01")):
        pma.ingest(tmp_path / "store", export(path, state=state, updated=day))
    data = pma.read(tmp_path / "store")
    first, second, last = data.files["path"]
    assert last == "jira.csv"
    assert [name[:9] for name in (first, second)] == ["jira.csv@", "jira.csv@"]
    assert data.observations["updated_at"].dt.month.tolist() == [2, 2, 3, 3]


def test_a_named_export_that_the_store_lacks_is_read_too(tmp_path: Path) -> None:
    toml = tmp_path / "pmanalytics.toml"
    toml.write_text(STORED + '[[source]]\npath = "jira*.csv"\n')
    export(tmp_path / "jira-1.csv")
    assert pma.read(toml).files["path"].tolist() == ["jira-1.csv"]  # before there is a store
    toml.write_text(toml.read_text() + '[[source]]\npath = "other*.csv"\n')
    with pytest.raises(pma.InputError, match=r"'other\*\.csv'"):
        pma.ingest(tmp_path / "store", config=toml)
    export(tmp_path / "other.csv", items=3)
    pma.ingest(tmp_path / "store", config=toml)
    # Once there is a store, exports need not all be there.
    (tmp_path / "other.csv").unlink()
    assert pma.ingest(tmp_path / "store", config=toml)["outcome"].tolist() == ["known"]
    export(tmp_path / "jira-2.csv", state="done", updated="2026-02-01")
    data = pma.read(toml)
    assert data.files["path"].tolist() == ["jira-1.csv", "other.csv", "jira-2.csv"]
    assert sorted(data.items["state"]) == ["done", "done", "open"]
    assert data.observations["item_id"].tolist() == ["jira:PAY-1", "jira:PAY-2"]


def test_the_same_file_twice_is_kept_once_under_any_name(tmp_path: Path) -> None:
    one = export(tmp_path / "one.csv")
    two = tmp_path / "two.csv"
    two.write_bytes(one.read_bytes())
    became = pma.ingest(tmp_path / "store", one, two, one)
    assert became["outcome"].tolist() == ["kept", "known"]
    assert len(kept_exports(tmp_path / "store")) == 1


def test_other_mappings_read_a_kept_file_anew_in_its_place(tmp_path: Path) -> None:
    first, last = export(tmp_path / "a.csv", state="waiting"), export(tmp_path / "b.csv", items=3)
    pma.ingest(tmp_path / "store", first, last)
    assert pma.read(tmp_path / "store").files["rejects"].tolist() == [0, 0]
    toml = tmp_path / "pmanalytics.toml"
    toml.write_text('[[source]]\npath = "a.csv"\n[source.states]\nwaiting = "dropped"\n')
    became = pma.ingest(tmp_path / "store", config=toml)
    assert became["outcome"].tolist() == ["read anew"]
    assert pma.read(tmp_path / "store").files["path"].tolist() == ["a.csv", "b.csv"]
    kept = kept_exports(tmp_path / "store")
    assert [ledger.number for ledger in kept] == [1, 2]
    # The parts of the first reading go when somebody writes next.
    pma.ingest(tmp_path / "store", first, config=toml)
    named = {place for ledger in kept for places in ledger.parts.values() for place in places}
    found = (tmp_path / "store").rglob("*.parquet")
    assert {str(path.relative_to(tmp_path / "store")) for path in found} == named


def test_what_is_no_export_is_left_out_and_said(tmp_path: Path) -> None:
    teams = tmp_path / "teams.csv"
    teams.write_text("team,project\nCore,PAY\n")
    catalog = tmp_path / "catalog-info.yaml"
    catalog.write_text(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\n"
        "metadata: {name: checkout}\nspec: {owner: core}\n"
    )
    became = pma.ingest(tmp_path / "store", export(tmp_path / "a.csv"), teams, catalog)
    assert became["outcome"].tolist() == ["kept", "left out", "left out"]
    assert became["detail"].str.contains("registry").tolist()[1:] == [True, True]


def test_a_file_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    became = pma.ingest(tmp_path / "store", empty, export(tmp_path / "a.csv"))
    assert became["outcome"].tolist() == ["unreadable", "kept"]
    with pytest.raises(pma.InputError, match="empty"):
        pma.ingest(tmp_path / "store", empty)


def test_a_folder_of_exports_may_hold_the_store(tmp_path: Path) -> None:
    export(tmp_path / "a.csv")
    pma.ingest(tmp_path / "store", tmp_path)
    data = pma.read(tmp_path)
    assert data.files["path"].tolist() == ["a.csv"]
    assert pma.ingest(tmp_path / "store", tmp_path)["outcome"].tolist() == ["known"]


# What others find there.


def test_parts_are_plain_parquet_in_the_bucket_of_the_item(tmp_path: Path) -> None:
    pma.ingest(tmp_path / "store", SAMPLES["jira_json"], buckets=4)
    said = json.loads((tmp_path / "store" / "pmanalytics-store.json").read_text())
    assert said["buckets"] == 4
    parts = sorted((tmp_path / "store" / "items").rglob("*.parquet"))
    assert parts
    for part in parts:
        # As pyarrow reads it that knows nothing of the folder: no index, no pandas, no dictionary.
        schema = pq.ParquetFile(part).schema_arrow
        assert not schema.metadata
        types = {field.name: field.type for field in schema}
        assert types["title"] == types["export"] == pa.string()
        assert types["closed_at"] == pa.timestamp("us", "UTC")
        assert types["promised_on"] == pa.date32()
        assert types["owners"].value_type == pa.string()
        for item in pq.ParquetFile(part).read()["item_id"].to_pylist():
            assert part.parent.name == f"bucket={crc32(item.encode()) % 4:02d}"


def test_pandas_reads_a_folder_of_the_store(tmp_path: Path) -> None:
    pma.ingest(tmp_path / "store", SAMPLES["jira_csv"])
    found = pd.read_parquet(tmp_path / "store" / "items").sort_values("position")
    directly = pma.read(SAMPLES["jira_csv"]).items
    assert found["item_id"].tolist() == directly["item_id"].tolist()
    assert set(found["export"]) == set(pma.read(SAMPLES["jira_csv"]).files["sha256"])


# Harm.


def survive_deaths(folder: Path, *, step: int, first: int) -> int:
    """Let writers of nine items die; a store of `first` items is as it was, or has all of them."""
    store = folder / "store"
    if first:
        pma.ingest(store, export(folder / "a.csv", items=first))
    path = export(folder / "b.csv", items=9)
    command = [sys.executable, "-m", "tests.store.dying", store, path, str(step)]
    root = HERE.parent.parent
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root)
    seen, last, deaths = done.stdout.rsplit(maxsplit=2)
    # The last change of all, when the ledger is in its place, clears something away.
    assert seen in (f"[{first}]", f"[{first}, 9]")
    assert last == "9"
    assert [left.name for left in store.rglob(".new*")] == []
    return int(deaths)


@pytest.mark.parametrize("first", [0, 3])
def test_a_writer_that_dies_leaves_what_was_there(first: int, tmp_path: Path) -> None:
    assert survive_deaths(tmp_path, step=3, first=first) >= 5


def test_two_writers_at_once_keep_both_and_number_them(tmp_path: Path) -> None:
    paths = [export(tmp_path / f"{n}.csv", items=n) for n in range(1, 7)]
    code = "import sys, pmanalytics as pma; [pma.ingest(sys.argv[1], p) for p in sys.argv[2:]]"
    command = [sys.executable, "-c", code, tmp_path / "store"]
    halves = (paths[:4], paths[2:])  # two of them are given to both
    writers = [subprocess.Popen([*command, *half], stderr=subprocess.PIPE) for half in halves]
    for writer in writers:
        _, said = writer.communicate()
        assert (writer.returncode, said) == (0, b"")
    kept = kept_exports(tmp_path / "store")
    assert sorted(ledger.path for ledger in kept) == [path.name for path in paths]
    assert [ledger.number for ledger in kept] == [1, 2, 3, 4, 5, 6]
    assert len(pma.read(tmp_path / "store").items) == 6


def test_a_full_disk_is_one_sentence_and_the_store_is_as_it_was(tmp_path: Path) -> None:
    store = tmp_path / "store"
    pma.ingest(store, export(tmp_path / "a.csv"))
    before = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}
    export(tmp_path / "b.csv", items=500)
    # No file of more than 2,000 bytes can be written, as on a disk that is full.
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); "
        "from pmanalytics.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "ingest", "b.csv", "--store", "store"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "cannot be written (File too large)" in done.stderr
    assert done.stderr.count("\n") == 1
    assert {path: path.read_bytes() for path in store.rglob("*") if path.is_file()} == before


def test_a_place_where_nothing_can_be_written_is_one_sentence(tmp_path: Path) -> None:
    path = export(tmp_path / "a.csv")
    with pytest.raises(pma.UsageError, match="cannot be written"):
        pma.ingest(path / "store", path)


def test_a_folder_with_something_else_in_it_becomes_no_store(tmp_path: Path) -> None:
    path = export(tmp_path / "a.csv")
    with pytest.raises(pma.UsageError, match=r"'a\.csv' and is no store"):
        pma.ingest(tmp_path, path)


def test_what_somebody_else_put_there_stays(tmp_path: Path) -> None:
    path, store = export(tmp_path / "a.csv"), tmp_path / "store"
    pma.ingest(store, path)
    pd.DataFrame({"a": [1]}).to_parquet(store / "items" / "mine.parquet")
    pma.ingest(store, path)
    assert (store / "items" / "mine.parquet").is_file()
    assert len(pma.read(store).items) == 2


def test_a_part_that_is_gone_or_damaged_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    store = tmp_path / "store"
    pma.ingest(store, export(tmp_path / "a.csv"), export(tmp_path / "b.csv", items=3))
    damaged, gone = kept_exports(store)
    (store / damaged.parts["items"][0]).write_bytes(b"PAR1")
    data = pma.read(store)
    assert len(data.items) == 3
    assert data.rejects["rule"].tolist() == ["unreadable"]
    (store / gone.parts["items"][0]).unlink()
    with pytest.raises(pma.InputError, match=r"a\.csv in the store"):
        pma.read(store)


@pytest.mark.parametrize("read", [pma.read, partial(pma.measure_in_parts, workers=1)])
def test_a_part_with_text_that_is_no_utf_8_is_damaged(
    read: Callable[[Path], object], tmp_path: Path
) -> None:
    store = tmp_path / "store"
    pma.ingest(store, export(tmp_path / "a.csv", items=1))
    (ledger,) = kept_exports(store)
    place = store / ledger.parts["items"][0]
    part = pq.ParquetFile(place).read()
    column = part.column_names.index("title")
    wrong = pa.array([b"caf\xe9"], pa.binary()).view(pa.string())
    pq.write_table(part.set_column(column, "title", wrong), place, store_schema=False)
    with pytest.raises(pma.InputError, match=r"The parts of a\.csv in the store are damaged"):
        read(store)


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("pmanalytics-store.json", "{", "is damaged"),
        ("pmanalytics-store.json", '{"schema": 2, "buckets": 8}', "reads the form 1"),
        ("exports/{sha}.json", "{}", "is damaged"),
    ],
)
def test_a_damaged_or_newer_store_is_one_sentence(
    file: str, content: str, sentence: str, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    pma.ingest(store, export(tmp_path / "a.csv"))
    place = store / file.format(sha=kept_exports(store)[0].sha256)
    place.write_text(content)
    with pytest.raises(pma.InputError, match=sentence):
        pma.read(store)


def test_a_store_keeps_the_number_of_buckets_that_it_began_with(tmp_path: Path) -> None:
    pma.ingest(tmp_path / "store", export(tmp_path / "a.csv"), buckets=1)
    pma.ingest(tmp_path / "store", export(tmp_path / "b.csv", items=50), buckets=16)
    held = {path.parent.name for path in (tmp_path / "store" / "items").rglob("*.parquet")}
    assert held == {"bucket=00"}
    with pytest.raises(pma.UsageError, match="buckets"):
        pma.ingest(tmp_path / "store", tmp_path / "a.csv", buckets=0)


def test_moments_and_mappings_come_back_as_they_were(tmp_path: Path) -> None:
    export(tmp_path / "a.csv")
    toml = tmp_path / "pmanalytics.toml"
    toml.write_text(
        STORED + 'timezone = "Europe/Berlin"\n[[source]]\npath = "a.csv"\nname = "own"\n'
        'observed_at = 2026-03-01T06:00:00+02:00\n[source.fields]\nteam = "team"\n'
    )
    pma.ingest(tmp_path / "store", config=toml)
    data = pma.read(toml)
    moment = datetime(2026, 3, 1, 4, tzinfo=UTC)
    assert data.files["observed_at"].tolist() == data.items["observed_at"].tolist()[:1] == [moment]
    assert data.inputs["a.csv"].source.fields == {"team": "team"}
    assert data.inputs["a.csv"].ledger is not None


# The verb.


def test_the_verb_keeps_and_reads(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    export(tmp_path / "a.csv")
    (tmp_path / "empty.csv").write_text("")
    code, out, err = run("ingest", "a.csv", "empty.csv")
    assert (code, "kept" in out, "unreadable" in out) == (1, True, True)
    assert "empty.csv: " in err
    code, out, _ = run("ingest", "a.csv")
    assert (code, "known" in out) == (0, True)
    code, out, _ = run("read", "store")
    assert (code, "a.csv" in out) == (0, True)


def test_the_verb_uses_the_configuration_and_its_store(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    place = tmp_path / "company"
    place.mkdir()
    export(place / "a.csv")
    (place / "pmanalytics.toml").write_text('store = "memory"\n[[source]]\npath = "*.csv"\n')
    assert run("ingest", "--config", place / "pmanalytics.toml")[0] == 0
    assert (place / "memory" / "pmanalytics-store.json").is_file()
    code, _, err = run("ingest")
    assert (code, "pmanalytics.toml" in err) == (2, True)
