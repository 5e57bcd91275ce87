"""What every tracker must do with its sample, whole or mutilated."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pandas as pd
import pytest

from pmanalytics.errors import InputError, PmanalyticsError
from pmanalytics.settings import Settings, Source
from pmanalytics.tables import TABLES
from pmanalytics.trackers import TRACKERS, FileTables, Tracker, list_trackers, read_file
from tests.trackers.samples import SAMPLES, source_of

EACH = pytest.mark.parametrize("tracker", TRACKERS, ids=lambda tracker: tracker.name)
CSV = pytest.mark.parametrize(
    "tracker",
    [t for t in TRACKERS if SAMPLES[t.name].suffix in (".csv", ".tsv")],
    ids=lambda tracker: tracker.name,
)
WRITTEN = pytest.mark.parametrize(
    "tracker",
    [t for t in TRACKERS if SAMPLES[t.name].suffix != ".xlsx"],
    ids=lambda tracker: tracker.name,
)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., FileTables]:
    """Read bytes as a file whose name says nothing."""

    def call(content: bytes, source: Source | None = None) -> FileTables:
        path = tmp_path / "file.bin"
        path.write_bytes(content)
        found = read_file(path, source=source or Source(), settings=Settings(), name="file.bin")
        assert found.rows == sum(map(len, found.tables.values())) + found.filtered + len(
            found.rejects
        )
        for table, frame in found.tables.items():
            assert list(frame) == [*TABLES[table].names, "row"]
        # Every row that is kept or refused has a number of its own.
        numbers = [
            *found.rejects["row"],
            *(n for frame in found.tables.values() for n in frame["row"]),
        ]
        assert len(set(numbers)) == len(numbers)
        return found

    return call


def plain(found: FileTables) -> dict[str, list[list[str]]]:
    """All cells as text, to compare two readings."""
    return {
        name: frame.drop(columns="row").astype("str").to_numpy().tolist()
        for name, frame in found.tables.items()
    }


def test_names_are_unique_and_every_tracker_has_a_sample() -> None:
    names = [tracker.name for tracker in TRACKERS]
    assert sorted(names) == sorted(set(names)) == sorted(SAMPLES)


def test_the_list_is_complete() -> None:
    table = list_trackers()
    assert list(table) == ["name", "title", "form", "verified", "export"]
    assert table.ne("").all(axis=None)


@EACH
def test_a_sample_is_recognised_as_its_tracker_only(
    tracker: Tracker, read: Callable[..., FileTables]
) -> None:
    content = SAMPLES[tracker.name].read_bytes()
    assert read(content, source_of(tracker)).format == tracker.name
    for other in TRACKERS:
        if other.name != tracker.name:
            with pytest.raises(InputError, match=r"file\.bin"):
                read(content, Source(tracker=other.name))


@EACH
def test_a_sample_gives_rows_and_a_time(tracker: Tracker, read: Callable[..., FileTables]) -> None:
    found = read(SAMPLES[tracker.name].read_bytes(), source_of(tracker))
    assert sum(map(len, found.tables.values())) >= 3
    assert pd.isna(found.observed_at) == tracker.timeless
    assert len(found.sha256) == 64


@EACH
def test_a_file_cut_anywhere_is_read_or_refused(
    tracker: Tracker, read: Callable[..., FileTables]
) -> None:
    content = SAMPLES[tracker.name].read_bytes()
    read_whole = 0
    for end in range(0, len(content), 50):
        try:
            read(content[:end], source_of(tracker))
            read_whole += 1
        except PmanalyticsError as problem:
            sentence = str(problem)
            assert "file.bin" in sentence
            assert "\n" not in sentence
    # A cut JSON file or workbook is refused, a cut CSV file loses its last row.
    assert read_whole > 0 or SAMPLES[tracker.name].suffix in (".json", ".xlsx")


def rows_of(content: bytes) -> tuple[str, list[list[str]]]:
    text = content.decode()
    delimiter = ";" if text.count(";", 0, text.index("\n")) else ","
    return delimiter, list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def bytes_of(rows: list[list[str]], delimiter: str = ",", line_end: str = "\n") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return text.getvalue().encode()


@CSV
@pytest.mark.parametrize("row", [1, 2, 3])
def test_a_short_and_a_long_row_are_refused_with_their_number(
    tracker: Tracker, row: int, read: Callable[..., FileTables]
) -> None:
    delimiter, rows = rows_of(SAMPLES[tracker.name].read_bytes())
    whole = read(bytes_of(rows, delimiter), source_of(tracker))
    for rule, damaged in (("short_row", rows[row][:-2]), ("long_row", [*rows[row], "", "surplus"])):
        content = bytes_of([*rows[:row], damaged, *rows[row + 1 :]], delimiter)
        found = read(content, source_of(tracker))
        assert found.rows == whole.rows
        assert (row + 1, rule) in zip(found.rejects["row"], found.rejects["rule"], strict=True)


@CSV
def test_what_changes_nothing(tracker: Tracker, read: Callable[..., FileTables]) -> None:
    """Line ends, a byte order mark, UTF-16, blank lines, empty cells at the end, the delimiter."""
    delimiter, rows = rows_of(SAMPLES[tracker.name].read_bytes())
    source = source_of(tracker)
    content = bytes_of(rows, delimiter)
    expected = plain(read(content, source))
    surplus = [[*row, "", ""] for row in rows]
    for changed in (
        bytes_of(rows, delimiter, "\r\n"),
        b"\xef\xbb\xbf" + content,
        content.decode().encode("utf-16"),
        content + b"\n\n",
        b"\n" + content,
        content.rstrip(b"\n"),
        bytes_of(surplus, delimiter),
        bytes_of([rows[0], *surplus[1:]], delimiter),
        bytes_of(rows, ";"),
        bytes_of(rows, "\t"),
        b"sep=|\n" + bytes_of(rows, "|"),
    ):
        assert plain(read(changed, source)) == expected


@CSV
def test_columns_in_another_order_say_the_same(
    tracker: Tracker, read: Callable[..., FileTables]
) -> None:
    delimiter, rows = rows_of(SAMPLES[tracker.name].read_bytes())
    source = source_of(tracker)
    expected = read(bytes_of(rows, delimiter), source)
    order = list(range(len(rows[0])))
    Random(7).shuffle(order)
    # Columns of one name keep their order among themselves, as Jira keeps the order of values.
    names = [rows[0][i] for i in order]
    order = [
        [i for i, name in enumerate(rows[0]) if name == n][names[:at].count(n)]
        for at, n in enumerate(names)
    ]
    found = read(bytes_of([[row[i] for i in order] for row in rows], delimiter), source)
    assert found.rows == expected.rows
    for name, frame in expected.tables.items():
        simple = [c for c in frame if c not in ("links",)]
        pd.testing.assert_frame_equal(found.tables[name][simple], frame[simple])


@WRITTEN
def test_an_old_windows_encoding_is_read_and_said(
    tracker: Tracker, read: Callable[..., FileTables]
) -> None:
    text = SAMPLES[tracker.name].read_bytes().decode().replace("20260110", "Grün")
    whole = read(text.encode(), source_of(tracker))
    found = read(text.encode("cp1252"), source_of(tracker))
    assert plain(found) == plain(whole)
    assert len(found.warnings) == len(whole.warnings) + (not text.isascii())


@WRITTEN
def test_a_byte_that_is_no_letter_costs_no_row(
    tracker: Tracker, read: Callable[..., FileTables]
) -> None:
    content = SAMPLES[tracker.name].read_bytes()
    whole = read(content, source_of(tracker))
    place = content.rindex(b"e")
    damaged = b"\xef\xbb\xbf" + content[:place] + b"\x93" + content[place + 1 :]
    try:
        assert read(damaged, source_of(tracker)).rows == whole.rows
    except InputError as problem:
        sentence = str(problem)
        # A word of JSON was hit.
        assert "JSON" in sentence


@WRITTEN
def test_only_a_header_or_an_empty_list_has_no_rows(
    tracker: Tracker, read: Callable[..., FileTables]
) -> None:
    if SAMPLES[tracker.name].suffix in (".json", ".md"):
        with pytest.raises(InputError):
            read(b"[]", Source(tracker=tracker.name, table="incidents"))
        return
    delimiter, rows = rows_of(SAMPLES[tracker.name].read_bytes())
    found = read(bytes_of(rows[:1], delimiter), source_of(tracker))
    assert (found.rows, pd.isna(found.observed_at)) == (0, True)


def test_two_claimants_are_named(read: Callable[..., FileTables]) -> None:
    header = b"Issue key,Summary,Status,Issue ID,Title,URL,State,Created At (UTC)\n"
    with pytest.raises(InputError, match=r'jira_csv or gitlab_csv.*tracker = "jira_csv"'):
        read(header + b"A-1,a,Done,1,a,https://x/y/z/-/issues/1,Open,2026-01-01 10:00:00\n")
    assert read(header, Source(tracker="gitlab_csv")).format == "gitlab_csv"


def test_an_unknown_tracker_is_named_with_the_nearest(read: Callable[..., FileTables]) -> None:
    with pytest.raises(PmanalyticsError, match="did you mean 'jira_csv'"):
        read(SAMPLES["jira_csv"].read_bytes(), Source(tracker="jira_cvs"))


def test_records_of_json_lie_in_any_form(read: Callable[..., FileTables]) -> None:
    records = json.loads(SAMPLES["github"].read_text("utf-8"))
    whole = read(json.dumps(records).encode())
    lines = "\n".join(json.dumps(record) for record in records)
    pages = json.dumps(records[:2]) + "\n" + json.dumps(records[2:])
    for text in (lines, pages, json.dumps({"total": 6, "issues": records})):
        assert plain(read(text.encode())) == plain(whole)
    assert list(zip(whole.rejects["row"], whole.rejects["rule"], strict=True)) == [(4, "no_record")]
