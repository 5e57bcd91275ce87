"""Bad input, generated for every tracker and every form it writes: read, or refused in a sentence.

Whatever is done to a file, the rows that come out are all there: in a table, filtered or refused.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pmanalytics.errors import PmanalyticsError
from pmanalytics.settings import Settings
from pmanalytics.trackers import TRACKERS, FileTables, Tracker, read_file
from tests.trackers.samples import SAMPLES, delimiter_of, in_form, rows_of, source_of

# Every so many bytes a file is cut; `make torture` cuts at every byte.
STEP = 61
TEXT_FORMS = ("csv", "json", "markdown")
CASES = [
    pytest.param(tracker, form, id=f"{tracker.name}-{form}")
    for tracker in TRACKERS
    for form in tracker.forms
    if form != "parquet" and in_form(tracker, form) is not None
]
TABULAR = [case for case in CASES if case.values[1] not in ("json", "markdown")]
JSON = [case for case in CASES if case.values[1] == "json"]


@pytest.fixture
def attempt(tmp_path: Path) -> Callable[..., FileTables | None]:
    """Read bytes as a tracker's file; None when they are refused with a sentence."""

    def call(content: bytes, tracker: Tracker) -> FileTables | None:
        path = tmp_path / "file.bin"
        path.write_bytes(content)
        try:
            found = read_file(path, source=source_of(tracker), settings=Settings(), name="file.bin")
        except PmanalyticsError as problem:
            sentence = str(problem)
            assert ("file.bin" in sentence, "\n" in sentence) == (True, False), sentence
            return None
        kept = sum(map(len, found.tables.values()))
        assert found.rows == kept + found.filtered + len(found.rejects)
        return found

    return call


def written(rows: list[list[str]], form: str, delimiter: str = ",") -> bytes:
    content = in_form(None, form, rows=rows, delimiter=delimiter)
    assert content is not None
    return content


@pytest.mark.parametrize(("tracker", "form"), CASES)
def test_cut(tracker: Tracker, form: str, attempt: Callable[..., FileTables | None]) -> None:
    content = in_form(tracker, form) or b""
    outcomes = [attempt(content[:end], tracker) for end in range(0, len(content), STEP)]
    assert outcomes[0] is None


def damaged_rows(rows: list[list[str]]) -> Iterator[tuple[str, list[list[str]]]]:
    """Damages to a table that its rows show."""
    random = Random(11)
    header, *body = rows
    columns = list(range(len(header)))
    random.shuffle(columns)
    yield "shuffled columns", [[row[i] for i in columns] for row in rows]
    for place in range(len(header)):
        kept = [i for i in range(len(header)) if i != place]
        yield f"without {header[place]!r}", [[row[i] for i in kept] for row in rows]
    yield "every row twice", [header, *body, *body]
    yield "empty values everywhere", [header, *([""] * len(header) for _ in body)]
    for text in ("0001-01-01", "9999-12-31T23:59:59Z", "31/02/2026", "12/31/26 25:61 PM", "soon"):
        yield f"dates {text}", [header, *([text] * len(header) for _ in body[:2]), *body]
    yield "numbers", [header, *(["1E5"] * len(header) for _ in body)]
    yield "a large cell", [header, [body[0][0], "x" * 200_000, *body[0][2:]], *body[1:]]
    yield (
        "many columns",
        [
            [*header, *(f"more {n}" for n in range(2_000))],
            *([*row, *["x"] * 2_000] for row in body),
        ],
    )
    yield "a column twice", [[*row, row[0]] for row in rows]
    yield "NA and none", [header, *(["None", "NA", "null", *row[3:]] for row in body)]
    yield "a header again", [header, *body, header, *body]


@pytest.mark.parametrize(("tracker", "form"), TABULAR)
def test_damaged_rows(
    tracker: Tracker, form: str, attempt: Callable[..., FileTables | None]
) -> None:
    rows, delimiter = rows_of(tracker), delimiter_of(tracker)
    whole = attempt(written(rows, form, delimiter), tracker)
    assert whole is not None
    for name, damaged in damaged_rows(rows):
        found = attempt(written(damaged, form, delimiter), tracker)
        if name in ("shuffled columns", "every row twice", "a large cell", "many columns"):
            factor = 2 if name == "every row twice" else 1
            assert found is not None, name
            assert found.rows == factor * whole.rows, name


@pytest.mark.parametrize(
    "tracker", [t for t in TRACKERS if "csv" in t.forms and rows_of(t)], ids=lambda t: t.name
)
def test_damaged_bytes(tracker: Tracker, attempt: Callable[..., FileTables | None]) -> None:
    rows, delimiter = rows_of(tracker), delimiter_of(tracker)
    content = written(rows, "csv", delimiter)
    whole = attempt(content, tracker)
    assert whole is not None
    lines = content.split(b"\n")
    mixed = b"".join(line + (b"\r\n" if n % 2 else b"\n") for n, line in enumerate(lines[:-1]))
    for name, changed in {
        "mixed line ends": mixed,
        "utf-16": content.decode().encode("utf-16"),
        "utf-16 without mark": content.decode().encode("utf-16-le"),
        "cp1252": content.decode().replace("e", "é", 3).encode("cp1252", "replace"),
    }.items():
        found = attempt(changed, tracker)
        if name in ("mixed line ends", "utf-16"):
            assert found is not None, name
            assert found.rows == whole.rows, name
    middle = content.index(b"\n") + 1
    for piece in (b"\xef\xbb\xbf", b"\0", b'"', b"\x1a", b"\xff\xfe", b"\n\n", b"\r"):
        for place in (0, middle, len(content) // 2, len(content)):
            attempt(content[:place] + piece + content[place:], tracker)


def damaged_values(value: Any) -> Iterator[Any]:
    yield from (None, "", 0, -1.5, True, [], {}, "soon", "0001-01-01T00:00:00Z", [None], [[]])
    yield from ({"name": None}, [{"name": 1}], "9999-12-31", 10**30, "\ud83d", {"a": {"b": value}})


def places_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value, down to a depth where records have theirs."""
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places_of(value[key], (*path, key))
    elif isinstance(value, list):
        for number in range(min(len(value), 2)):
            yield from places_of(value[number], (*path, number))


def changed_at(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    copy = json.loads(json.dumps(value))
    if not path:
        return new
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = new
    return copy


@pytest.mark.parametrize(("tracker", "form"), JSON)
def test_damaged_values(
    tracker: Tracker, form: str, attempt: Callable[..., FileTables | None]
) -> None:
    document = json.loads(SAMPLES[tracker.name].read_text("utf-8"))
    random = Random(5)
    places = list(places_of(document))
    for path in random.sample(places, min(len(places), 60)):
        value = random.choice(list(damaged_values("x")))
        attempt(json.dumps(changed_at(document, path, value)).encode(), tracker)


@pytest.mark.parametrize(("tracker", "form"), JSON)
def test_forms_of_json(
    tracker: Tracker, form: str, attempt: Callable[..., FileTables | None]
) -> None:
    content = SAMPLES[tracker.name].read_bytes()
    whole = attempt(content, tracker)
    assert whole is not None
    deep = b"[" * 100_000
    for changed in (
        deep,
        deep + b"]" * 100_000,
        content + deep,
        b'{"a":' * 5_000,
        b"[null, null]",
        b"{}",
        b"[{}]",
    ):
        attempt(changed, tracker)
    document = json.loads(content)
    if isinstance(document, list):
        records = [record for record in document if record is not None]
        lines = b"\n".join(json.dumps(record).encode() for record in records)
        nulls = json.dumps([None, *document, None]).encode()
        for changed, more in ((lines, len(records) - len(document)), (nulls, 2)):
            found = attempt(changed, tracker)
            assert found is not None
            assert found.rows == whole.rows + more


@pytest.mark.parametrize("size", [10_000_000])
def test_a_cell_of_ten_megabytes(size: int, attempt: Callable[..., FileTables | None]) -> None:
    tracker = next(t for t in TRACKERS if t.name == "jira_csv")
    header = b"Issue key,Summary,Status\n"
    found = attempt(header + b'A-1,"' + b"x" * size + b'",Done\nA-2,b,Done\n', tracker)
    assert found is not None
    assert len(found.tables["items"]) == 2
    cut_off = attempt(header + b'A-1,"' + b"x" * size, tracker)
    assert cut_off is not None
    assert cut_off.rejects["rule"].tolist() == ["cut_off"]


def test_ten_thousand_columns(attempt: Callable[..., FileTables | None]) -> None:
    tracker = next(t for t in TRACKERS if t.name == "jira_csv")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ["Issue key", "Summary", "Status", *(f"Custom field ({n})" for n in range(10_000))]
    )
    writer.writerow(["A-1", "a", "Done", *[""] * 10_000])
    found = attempt(text.getvalue().encode(), tracker)
    assert found is not None
    assert len(found.tables["items"]) == 1
