"""Changes: what may happen to a file of some form, so that it still gets past the first look at it.

Every change takes the bytes of a file and a source of chances, and gives other bytes. What is not
of the form that a change knows stays as it is.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from tests.mutilation import MUTILATIONS, Mutilation
from tests.trackers.damages import DATES, MIXED_DATES, changed_at, damaged_values, places_of

__all__ = ["BYTES", "CHANGES", "Mutilation", "changed", "packed", "unpacked"]

WORD: Final = re.compile(rb"[\w.:+/@#%-]{1,60}")
# What a cell may hold that a reader has to think about.
TELLING: Final = (
    *DATES, *MIXED_DATES, "", " ", "0", "-1", "1E5", "1e400", "NaN", "null", "None", "true", "∞",
    "99999999999999999999", "=1+1", "\ud83d".encode("utf-8", "replace").decode(), "é", "\u202e", "\x00",
    "2026-02-30", "2026-W60", "2026Q5", "24:00", "PT99999999H", "P1D", "-0001-01-01", "10000-01-01",
    "a" * 300, ";;;", ",,", "[]", "{}", "[x](y)", "http://[", "https://x:y/", "(", "*", "\\", "%", "%s",
    "../..", "sev1", "sev99", "20260312", "99999999", "INC-1", "jira:PAY-1", "x/y#1", "#1", "@", "<b>",
    "&amp;", "&#x0;", "&#1114112;", "\ufeff", "\u2028", "İ", "٣",
)  # fmt: skip
LARGEST: Final = 2_000_000


def other_words(data: bytes, random: Random) -> bytes:
    """Some words are other ones, of the file or of those that mean something."""
    found = list(WORD.finditer(data))
    if not found:
        return data
    for match in sorted(random.choices(found, k=random.randint(1, 3)), key=lambda m: -m.start()):
        other = random.choice(found)[0] if random.random() < 0.5 else _telling(random)
        data = data[: match.start()] + other + data[match.end() :]
    return data


def other_lines(data: bytes, random: Random) -> bytes:
    """A line is there again, gone, or in the place of another."""
    lines = data.split(b"\n")
    here, there = random.randrange(len(lines)), random.randrange(len(lines))
    kind = random.randrange(3)
    if kind == 0:
        lines.insert(here, lines[there])
    elif kind == 1:
        lines[here] = lines[there]
    elif len(lines) > 1:
        del lines[here]
    return b"\n".join(lines)


def deeper(data: bytes, random: Random) -> bytes:
    """A value lies deeper within lists or objects than any reader goes."""
    place = random.choice([*range(max(len(data), 1))])
    opened, closed = random.choice([(b"[", b"]"), (b'{"a":', b"}"), (b"{a = ", b"}"), (b"a.", b"")])
    return data[:place] + opened * 3_000 + data[place:] + closed * random.choice((0, 3_000))


def other_cells(data: bytes, random: Random) -> bytes:
    """Some cells of a table hold something else, header included."""
    text = data.decode("utf-8-sig", "replace")
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return data
    filled = [row for row in rows if row]
    for _ in range(random.randint(1, 4) if filled else 0):
        row, other = random.choice(filled), random.choice(filled)
        said = random.choice(other) if random.random() < 0.3 else random.choice(TELLING)
        row[random.randrange(len(row))] = said
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return written.getvalue().encode("utf-8", "replace")


def other_values(data: bytes, random: Random) -> bytes:
    """Some values of a JSON document are others, keys are gone, or records are there again."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return data
    for _ in range(random.randint(1, 3)):
        places = list(places_of(document))
        path = random.choice(places)
        values = [*damaged_values("x"), *random.choices(TELLING, k=8), at(document, path)]
        document = changed_at(document, path, random.choice(values))
    return json.dumps(document).encode()


def at(document: Any, path: tuple[Any, ...]) -> Any:
    """What stands in a place of a JSON document."""
    for step in path:
        document = document[step]
    return document


def other_part(data: bytes, random: Random) -> bytes:
    """A part of a zip archive is changed, or gone, or the content of another one."""
    parts = unpacked(data)
    if not parts:
        return data
    name, other = random.choice(sorted(parts)), random.choice(sorted(parts))
    kind = random.randrange(12)
    if kind == 0:
        del parts[name]
    elif kind == 1:
        parts[name] = parts[other]
    else:
        inner = (
            *MUTILATIONS,
            *[other_words] * 6,
            *[other_text] * 6,
            other_values,
            other_lines,
            deeper,
        )
        parts[name] = changed(parts[name], random, inner)
    return packed(parts)


def other_text(data: bytes, random: Random) -> bytes:
    """The text of an element of XML, or of an attribute, is another one."""
    found = list(re.finditer(rb">([^<>]*)<|=\"([^\"]*)\"", data))
    if not found:
        return data
    match = random.choice(found)
    group = 1 if match[1] is not None else 2
    other = random.choice(found)
    said = other[1] or other[2] or b"" if random.random() < 0.4 else _telling(random)
    return data[: match.start(group)] + said + data[match.end(group) :]


def other_columns(data: bytes, random: Random) -> bytes:
    """A column of a Parquet file has another type, another name, or other values."""
    try:
        table = pq.read_table(pa.BufferReader(data))
    except (pa.ArrowException, OSError, ValueError):
        return data
    names, columns = list(table.column_names), list(table.columns)
    if not names:
        return data
    place = random.randrange(len(names))
    if random.random() < 0.2:
        names[place] = random.choice([*names, *TELLING])
    else:
        columns[place] = pa.array(_typed(table.num_rows, random))
    stream = pa.BufferOutputStream()
    try:
        pq.write_table(pa.Table.from_arrays(columns, names), stream)
    except (pa.ArrowException, ValueError):
        return data
    return stream.getvalue().to_pybytes()


def _typed(rows: int, random: Random) -> list[Any]:
    """Values of one type that Parquet knows."""
    from datetime import UTC, date, datetime, time
    from decimal import Decimal

    kinds: tuple[Any, ...] = (
        None, True, 7, 2**62, 1.5, float("nan"), float("inf"), "", "PAY-1", b"\xff\x00", [], ["a"], [None],
        {"a": 1}, date(1, 1, 1), date(9999, 12, 31), datetime(2026, 1, 1), datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=UTC), time(1, 2), Decimal("1.25"), "2026-01-12", 46034, [[1]],
    )  # fmt: skip
    value = random.choice(kinds)
    return [value if random.random() < 0.8 else None for _ in range(rows)]


def _telling(random: Random) -> bytes:
    return random.choice(TELLING).encode("utf-8", "replace")


def unpacked(data: bytes) -> dict[str, bytes]:
    """The parts of a zip archive by name, those that cannot be read left out."""
    parts: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                if not info.is_dir() and info.file_size <= LARGEST:
                    parts[info.filename] = archive.read(info)
    except Exception:  # whatever a broken archive raises, there are no more parts
        return parts
    return parts


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A zip archive of some parts, the same one for the same parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


BYTES: Final[tuple[Mutilation, ...]] = (*MUTILATIONS, other_words, other_words, other_lines, deeper)
# What is worth doing to a file of each form; what stands there more often is done more often.
CHANGES: Final[Mapping[str, tuple[Mutilation, ...]]] = {
    "csv": (*BYTES, *[other_cells] * 10),
    "json": (*BYTES, *[other_values] * 10),
    "html": (*BYTES, *[other_text] * 8),
    "xlsx": (*MUTILATIONS, *[other_part] * 30),
    "zip": (*[other_part] * 12, other_words),
    "parquet": (*MUTILATIONS, *[other_columns] * 8),
    "text": (*BYTES, *[other_words] * 6, other_lines),
}


def changed(
    data: bytes, random: Random, changes: tuple[Callable[[bytes, Random], bytes], ...]
) -> bytes:
    """One to three changes of a file."""
    for _ in range(random.randint(1, 3)):
        if data:
            data = random.choice(changes)(data, random)
    return data
