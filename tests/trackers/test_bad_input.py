"""Bad input, generated for every tracker and every form it writes: read, or refused in a sentence.

Whatever is done to a file, the rows that come out are all there: in a table, filtered or refused.
"""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from pmanalytics.settings import Settings
from pmanalytics.trackers import TRACKERS, FileTables, Tracker, read_file
from tests.fuzzing.invariants import keeps_its_rows, refused_in_a_sentence
from tests.trackers.damages import (
    MIXED_DATES,
    changed_at,
    damaged_bytes,
    damaged_json,
    damaged_rows,
    damaged_values,
    forms_of_json,
    places_of,
    uneven_rows,
)
from tests.trackers.samples import delimiter_of, in_form, rows_of, source_of

Attempt = Callable[..., FileTables | None]

# Every so many bytes a file is cut; `make torture` cuts at every byte.
STEP = 61
# In forms that a tracker writes beside its first one every so many columns are taken away.
COLUMNS = 5
CASES = [
    pytest.param(tracker, form, id=f"{tracker.name}-{form}")
    for tracker in TRACKERS
    for form in tracker.forms
    if form != "parquet" and in_form(tracker, form) is not None
]
TEXT = [case for case in CASES if case.values[1] != "xlsx"]
TABULAR = [case for case in CASES if case.values[1] not in ("json", "markdown")]
JSON = [case for case in CASES if case.values[1] == "json"]


@pytest.fixture
def attempt(tmp_path: Path) -> Attempt:
    """Read bytes as a tracker's file; None when they are refused with a sentence."""
    return attempt_in(tmp_path)


def attempt_in(folder: Path) -> Attempt:
    """What the fixture gives, for the long trials."""

    def call(content: bytes, tracker: Tracker) -> FileTables | None:
        path = folder / "file.bin"
        path.write_bytes(content)
        found = None
        with refused_in_a_sentence("file.bin"):
            found = read_file(path, source=source_of(tracker), settings=Settings(), name="file.bin")
            keeps_its_rows(found)
        return found

    return call


def written(rows: list[list[str]], form: str, delimiter: str = ",") -> bytes:
    content = in_form(None, form, rows=rows, delimiter=delimiter)
    assert content is not None
    return content


@pytest.mark.parametrize(("tracker", "form"), CASES)
def test_cut(tracker: Tracker, form: str, attempt: Attempt) -> None:
    content = in_form(tracker, form) or b""
    outcomes = [attempt(content[:end], tracker) for end in range(0, len(content), STEP)]
    assert outcomes[0] is None


@pytest.mark.parametrize(("tracker", "form"), TABULAR)
def test_damaged_rows(tracker: Tracker, form: str, attempt: Attempt) -> None:
    try_rows(tracker, form, attempt, step=1 if form == tracker.forms[0] else COLUMNS)


def try_rows(tracker: Tracker, form: str, attempt: Attempt, **sizes: int) -> None:
    """Damage the rows of a sample; where all of them must still be there, they are counted."""
    rows, delimiter = rows_of(tracker), delimiter_of(tracker)
    whole = attempt(written(rows, form, delimiter), tracker)
    assert whole is not None
    # The groups of a board of monday.com have headers of their own.
    same = ("shuffled columns", "shuffled rows", "a large cell", "many columns", "mixed dates")
    for name, damaged in damaged_rows(rows, **sizes):
        found = attempt(written(damaged, form, delimiter), tracker)
        if tracker.name != "monday" and name in (*same, "every row twice"):
            factor = 2 if name == "every row twice" else 1
            more = len(MIXED_DATES) if name == "mixed dates" else 0
            assert found is not None, name
            assert found.rows == factor * whole.rows + more, name


@pytest.mark.parametrize("tracker", [t for t in TRACKERS if "csv" in t.forms], ids=lambda t: t.name)
def test_a_row_one_field_short_or_too_long(tracker: Tracker, attempt: Attempt) -> None:
    rows, delimiter = rows_of(tracker), delimiter_of(tracker)
    whole = attempt(written(rows, "csv", delimiter), tracker)
    assert whole is not None
    for place, damaged in uneven_rows(rows):
        found = attempt(written(damaged, "csv", delimiter), tracker)
        assert found is not None, place
        assert found.rows == whole.rows, place
        refused = zip(found.rejects["row"], found.rejects["rule"], strict=True)
        rule = "long_row" if len(damaged[place]) > len(rows[0]) else "short_row"
        assert (place + 1, rule) in refused, place


@pytest.mark.parametrize(("tracker", "form"), TEXT)
def test_damaged_bytes(tracker: Tracker, form: str, attempt: Attempt) -> None:
    content = in_form(tracker, form) or b""
    try_bytes(tracker, content, attempt, step=len(content))


def try_bytes(tracker: Tracker, content: bytes, attempt: Attempt, *, step: int) -> None:
    """Damage the bytes of a sample; line ends and a marked encoding change no row."""
    whole = attempt(content, tracker)
    assert whole is not None
    for name, changed in damaged_bytes(content, step=step):
        found = attempt(changed, tracker)
        if name in ("mixed line ends", "utf-16"):
            assert found is not None, name
            assert found.rows == whole.rows, name


@pytest.mark.parametrize(("tracker", "form"), JSON)
def test_damaged_values(tracker: Tracker, form: str, attempt: Attempt) -> None:
    document = json.loads(in_form(tracker, form) or b"")
    random = Random(5)
    places = list(places_of(document))
    for path in random.sample(places, min(len(places), 25)):
        value = random.choice(list(damaged_values("x")))
        attempt(json.dumps(changed_at(document, path, value)).encode(), tracker)


@pytest.mark.parametrize(("tracker", "form"), JSON)
def test_damaged_records(tracker: Tracker, form: str, attempt: Attempt) -> None:
    try_records(tracker, in_form(tracker, form) or b"", attempt)


def try_records(tracker: Tracker, content: bytes, attempt: Attempt, **large: int) -> None:
    """Damage the records of a sample; what is added to them is counted."""
    whole = attempt(content, tracker)
    assert whole is not None
    document = json.loads(content)
    for name, damaged in damaged_json(document, **large):
        found = attempt(json.dumps(damaged).encode(), tracker)
        if name == "null records":
            assert found is not None, name
            assert found.rows == whole.rows + 2, name


@pytest.mark.parametrize(("tracker", "form"), JSON)
def test_forms_of_json(tracker: Tracker, form: str, attempt: Attempt) -> None:
    content = in_form(tracker, form) or b""
    whole = attempt(content, tracker)
    assert whole is not None
    document = json.loads(content)
    for name, changed in forms_of_json(content):
        found = attempt(changed, tracker)
        if name == "lines" and isinstance(document, list):
            # A null in the list is a row that is refused, and in a line as well.
            assert found is not None
            assert found.rows == whole.rows


@pytest.mark.parametrize("size", [10_000_000])
def test_a_cell_of_ten_megabytes(size: int, attempt: Attempt) -> None:
    tracker = next(t for t in TRACKERS if t.name == "jira_csv")
    header = b"Issue key,Summary,Status\n"
    found = attempt(header + b'A-1,"' + b"x" * size + b'",Done\nA-2,b,Done\n', tracker)
    assert found is not None
    assert len(found.tables["items"]) == 2
    cut_off = attempt(header + b'A-1,"' + b"x" * size, tracker)
    assert cut_off is not None
    assert cut_off.rejects["rule"].tolist() == ["cut_off"]


def test_ten_thousand_columns(attempt: Attempt) -> None:
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
