"""Damages: what happens to exports, for every form. Each is a name and what is left of the file."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

Rows = list[list[str]]

# Days at the ends of calendars, days that are none, and words.
DATES = (
    "0001-01-01",
    "9999-12-31T23:59:59Z",
    "31/02/2026",
    "12/31/26 25:61 PM",
    "253402300800000",
    "soon",
)
# One day in the ways of several trackers, which no export mixes but a spreadsheet may.
MIXED_DATES = (
    "2026-01-12T10:19:26Z",
    "12/Jan/26 10:19 AM",
    "12/01/2026 10:19",
    "1/12/26 10:19 AM",
    "1768213166000",
    "Mon Jan 12 2026 10:19:26 GMT+0000 (GMT)",
    "12.01.2026",
    "46034",
)


def damaged_rows(
    rows: Rows, *, cell: int = 200_000, width: int = 2_000, step: int = 1
) -> Iterator[tuple[str, Rows]]:
    """Damages to a table that its rows show; `cell` and `width` say how large the large ones are.

    Every `step`-th column is taken away.
    """
    random = Random(11)
    header, *body = rows
    columns = list(range(len(header)))
    random.shuffle(columns)
    yield "shuffled columns", [[row[i] for i in columns] for row in rows]
    yield "shuffled rows", [header, *random.sample(body, len(body))]
    for place in range(0, len(header), step):
        kept = [i for i in range(len(header)) if i != place]
        yield f"without {header[place]!r}", [[row[i] for i in kept] for row in rows]
    yield "every row twice", [header, *body, *body]
    yield "empty values everywhere", [header, *([""] * len(header) for _ in body)]
    for text in DATES:
        yield f"dates {text}", [header, *([text] * len(header) for _ in body[:2]), *body]
    days = list(MIXED_DATES)
    yield (
        "mixed dates",
        [header, *([day if cell_is_date(c) else c for c in body[0]] for day in days), *body],
    )
    yield "dates anywhere", [header, *(random.choices(days, k=len(header)) for _ in days), *body]
    yield "numbers", [header, *(["1E5"] * len(header) for _ in body)]
    yield "a large cell", [header, [body[0][0], "x" * cell, *body[0][2:]], *body[1:]]
    more = [f"more {n}" for n in range(width)]
    yield "many columns", [[*header, *more], *([*row, *["x"] * width] for row in body)]
    yield "a column twice", [[*row, row[0]] for row in rows]
    yield "NA and none", [header, *(["None", "NA", "null", *row[3:]] for row in body)]
    yield "a header again", [header, *body, header, *body]


def cell_is_date(text: str) -> bool:
    """Whether a cell of a sample looks like a day or a time; all samples are of these years."""
    return any(year in text for year in ("2026", "2025", "2023", "/26 ")) and len(text) < 60


def uneven_rows(rows: Rows) -> Iterator[tuple[int, Rows]]:
    """One row is one field short, or one too long; with the place of that row."""
    for place in range(1, len(rows)):
        for row in (rows[place][:-1], [*rows[place], "surplus"]):
            yield place, [*rows[:place], row, *rows[place + 1 :]]


def damaged_bytes(content: bytes, *, step: int) -> Iterator[tuple[str, bytes]]:
    """Damages to the bytes of a text: line ends, encodings, marks and NULs in any place."""
    lines = content.split(b"\n")
    ends = [b"\r\n" if n % 2 else b"\n" for n in range(len(lines) - 1)]
    mixed = [line + end for line, end in zip(lines, [*ends, b""], strict=True)]
    text = content.decode("utf-8-sig")
    yield "mixed line ends", b"".join(mixed)
    yield "utf-16", text.encode("utf-16")
    yield "utf-16 without mark", text.encode("utf-16-le")
    yield "cp1252", text.replace("e", "é", 3).encode("cp1252", "replace")
    yield "old line ends", content.replace(b"\n", b"\r")
    pieces = (
        b"\xef\xbb\xbf",
        b"\0",
        b'"',
        b"\x1a",
        b"\xff\xfe",
        b"\n\n",
        b"\r",
        b"\x93",
        b"]",
        b"|",
    )
    for place in {0, content.find(b"\n") + 1, len(content), *range(step, len(content), step)}:
        for piece in pieces:
            yield f"{piece!r} at {place}", content[:place] + piece + content[place:]


def damaged_values(value: Any) -> Iterator[Any]:
    """What may stand in the place of a value of JSON."""
    yield from (None, "", 0, -1.5, True, [], {}, "soon", "0001-01-01T00:00:00Z", [None], [[]])
    yield from ({"name": None}, [{"name": 1}], "9999-12-31", 10**30, "\ud83d", {"a": {"b": value}})
    yield from (["x", {"id": []}], "x" * 1_000, -(10**18), 253402300800, 1e308)


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
    """A copy with something else in one place."""
    copy = json.loads(json.dumps(value))
    if not path:
        return new
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = new
    return copy


def records_in(value: Any) -> list[Any]:
    """The records of a JSON document: its longest list of objects that lies the least deep."""
    if isinstance(value, dict) and isinstance(value.get("cards"), list):
        # A board of Trello has longer lists beside its cards.
        return value["cards"]
    level = [value]
    while level:
        lists = [v for v in level if isinstance(v, list) and any(isinstance(r, dict) for r in v)]
        if lists:
            return max(lists, key=len)
        inner = (
            v.values() if isinstance(v, dict) else v for v in level if isinstance(v, dict | list)
        )
        level = [value for values in inner for value in values]
    return []


def damaged_json(
    document: Any, *, cell: int = 200_000, width: int = 2_000
) -> Iterator[tuple[str, Any]]:
    """Damages to the records of a JSON document; the document is left as it was."""
    copy = json.loads(json.dumps(document))
    records = records_in(copy)
    whole = list(records)
    objects = [record for record in whole if isinstance(record, dict)]
    random = Random(3)

    def with_records(changed: list[Any]) -> Any:
        records[:] = changed
        return copy

    yield "null records", with_records([None, *whole, None])
    yield "other records", with_records(["x", *whole, 1, [], {}])
    yield "every record twice", with_records([*whole, *whole])
    yield "no records", with_records([])
    shuffled = [dict(random.sample(list(r.items()), len(r))) for r in objects]
    yield "shuffled keys", with_records(shuffled)
    for key in dict.fromkeys(key for record in objects for key in record):
        yield (
            f"without {key!r}",
            with_records([{k: v for k, v in r.items() if k != key} for r in objects]),
        )
    for name, empty in (("nulls", None), ("empty texts", ""), ("empty lists", [])):
        yield f"{name} everywhere", with_records([dict.fromkeys(r, empty) for r in objects])
        yield (
            f"{name} at every leaf",
            with_records([leaves(r, lambda _, e=empty: e) for r in objects]),
        )
    for text in DATES:
        yield f"dates {text}", with_records([leaves(r, lambda _, t=text: t) for r in objects])
    mixed = [
        leaves(r, lambda c: random.choice(MIXED_DATES) if cell_is_date(str(c)) else c)
        for r in objects
    ]
    yield "mixed dates", with_records(mixed)
    yield (
        "a large cell",
        with_records([r | dict.fromkeys(list(r)[:3], "x" * cell) for r in objects]),
    )
    more = {f"more {n}": n for n in range(width)}
    yield "many columns", with_records([r | more for r in objects])


def leaves(value: Any, change: Any) -> Any:
    """A copy with every text, number and null changed."""
    if isinstance(value, dict):
        return {key: leaves(inner, change) for key, inner in value.items()}
    if isinstance(value, list):
        return [leaves(inner, change) for inner in value]
    return change(value)


def forms_of_json(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Deep and broken JSON, pasted documents, and records as lines."""
    deep = b"[" * 100_000
    yield "deep lists", deep
    yield "deep closed lists", deep + b"]" * 100_000
    yield "deep lists behind", content + deep
    yield "deep objects", b'{"a":' * 5_000
    yield "deep closed objects", b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    yield "nulls", b"[null, null]"
    yield "null", b"null"
    yield "an object", b"{}"
    yield "an empty object", b"[{}]"
    yield "not a number", content.replace(b"null", b"NaN")
    yield "twice", content + b"\n" + content
    records = records_in(json.loads(content))
    yield "lines", b"\n".join(json.dumps(record).encode() for record in records)
    yield "a deep record", json.dumps([*records, 0]).encode()[:-2] + deep[:50_000] + b"]" * 50_001
