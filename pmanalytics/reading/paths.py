"""Paths: the values of JSON records as columns of text, each named by the way that leads to it.

A path is keys joined by dots, such as `fields.status.name`; it goes through lists (`labels.name`),
and a key may hold dots itself (`fields.System.Title`), which is tried first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.reading.cells import TEXT
from pmanalytics.words import whole_letters

__all__ = ["column_of", "columns_of", "found_paths", "sampled_paths"]

Record = Mapping[str, Any]
_LISTS: Final = pa.large_list(TEXT)
# What an object is called by: people, states, labels, milestones, parents.
_NAMES: Final = (
    "name",
    "displayName",
    "login",
    "username",
    "full_name",
    "title",
    "summary",
    "value",
    "key",
    "id",
)
_MISSING: Final = object()


def found_paths(records: Sequence[Record], candidates: Iterable[str]) -> list[str]:
    """Which of the paths exist in any record, whatever their value, in the order asked.

    Examples:
        >>> records = [{"fields": {"System.Title": "x"}}, {"labels": [{"name": None}]}]
        >>> found_paths(records, ["labels.name", "fields.System.Title", "fields.State"])
        ['labels.name', 'fields.System.Title']
    """
    asked = tuple(candidates)
    found = _existing(records, set(asked))
    return [path for path in asked if path in found]


def sampled_paths(records: Sequence[Record], *, most: int = 500, depth: int = 4) -> list[str]:
    """The paths of the first records in order of appearance, each before those within it.

    Examples:
        >>> sampled_paths([{"id": 1, "user": {"login": "a"}}, {"labels": [{"name": "x"}]}])
        ['id', 'user', 'user.login', 'labels', 'labels.name']
    """
    found: dict[str, None] = {}
    for record in records[:most]:
        found.update(dict.fromkeys(_walked(record, "", depth)))
    return list(found)


def columns_of(records: Sequence[Record], paths: Sequence[str]) -> dict[str, pa.Array]:
    """The columns at several paths, as `column_of` gives them one by one."""
    # Each record is looked into once for all paths of one key, while it is near at hand.
    keys = [path for path in paths if "." not in path]
    rows = [tuple(map(record.get, keys)) for record in records]
    taken = dict(zip(keys, zip(*rows, strict=True), strict=True)) if rows else {}
    return {path: _column(taken.get(path) or _reached(records, path)) for path in paths}


def column_of(records: Sequence[Record], path: str) -> pa.Array:
    """The values at a path as text, or as lists of texts when a record has a list there.

    Text has the empty text where a value is null or missing; among lists that is null, which is
    not the same as an empty list. An object becomes what it is called by. Empty texts are left out
    of lists.

    Examples:
        >>> column_of([{"user": {"login": "a"}}, {"user": None}, {"user": 3.0}], "user").to_pylist()
        ['a', '', '3']
        >>> column_of([{"labels": [{"name": "x"}]}, {"labels": []}, {}], "labels").to_pylist()
        [['x'], [], None]
    """
    return columns_of(records, [path])[path]


def _column(values: Sequence[Any]) -> pa.Array:
    kinds = set(map(type, values))
    if kinds == {list} and set(map(type, chain.from_iterable(values))) == {dict}:
        names = [_called(each) for each in chain.from_iterable(values)]
        if all(names):
            # Much the same as below, in one list instead of a list for each record.
            ends = np.cumsum([0, *map(len, values)])
            return pa.LargeListArray.from_arrays(pa.array(ends), _array(names, TEXT))
    if list in kinds:
        return _array([_texts(value) for value in values], _LISTS)
    if kinds <= {str, type(None)}:
        return pc.fill_null(_array(values, TEXT), "")
    return _array([v if type(v) is str else _text(v) for v in values], TEXT)


def _existing(records: Iterable[Any], wanted: set[str]) -> set[str]:
    """Which paths exist in records; each level is looked at once, whatever number is wanted."""
    keys: set[str] = set().union(*records)
    found = wanted & keys
    below: dict[str, set[str]] = {}
    for path in wanted - found:
        for head, tail in _splits(path):
            if head in keys:
                below.setdefault(head, set()).add(tail)
    for head, tails in below.items():
        within = _existing(list(_objects(record.get(head) for record in records)), tails)
        found |= {f"{head}.{tail}" for tail in within}
    return found


def _objects(values: Iterable[Any]) -> Iterator[dict[str, Any]]:
    return (value for value in _flat(values) if isinstance(value, dict))


def _flat(values: Iterable[Any]) -> Iterator[Any]:
    """The elements of a list and of the lists in it, which may be nested deep."""
    waiting = [iter(values)]
    while waiting:
        for value in waiting[-1]:
            if isinstance(value, list):
                waiting.append(iter(value))
                break
            yield value
        else:
            waiting.pop()


def _splits(path: str) -> Iterator[tuple[str, str]]:
    """Where a path can be split, the longest key first."""
    place = path.rfind(".")
    while place > 0:
        yield path[:place], path[place + 1 :]
        place = path.rfind(".", 0, place)


def _walked(value: Any, before: str, depth: int) -> Iterator[str]:
    if not depth:
        return
    # What a list of thousands holds is told by its beginning.
    for record in islice(_objects([value]), 20):
        for key, inner in record.items():
            yield before + key
            if isinstance(inner, dict | list):
                yield from _walked(inner, f"{before}{key}.", depth - 1)


def _reached(values: Sequence[Any], path: str) -> list[Any]:
    """What stands at a path in each value: one thing, a list from a list, or `_MISSING`."""
    found = [
        value.get(path, _MISSING)
        if isinstance(value, dict)
        else _through(value, path)
        if isinstance(value, list)
        else _MISSING
        for value in values
    ]
    for head, tail in _splits(path):
        if all(value is not _MISSING for value in found):
            break
        step = _heads(values, head)
        if step is not None:
            deeper = _reached(step, tail)
            pairs = zip(found, deeper, strict=True)
            found = [other if value is _MISSING else value for value, other in pairs]
    return found


def _heads(values: Sequence[Any], head: str) -> list[Any] | None:
    """What stands under a key in each value, or None when no value has it."""
    step = [v.get(head, _MISSING) if isinstance(v, dict) else _MISSING for v in values]
    return step if any(value is not _MISSING for value in step) else None


def _through(values: list[Any], path: str) -> list[Any]:
    """What stands at a path in the elements of a list."""
    plain = all(type(value) is dict for value in values)
    objects = values if plain else list(_objects(values))
    if "." not in path:
        return [value[path] for value in objects if path in value]
    return [value for value in _reached(objects, path) if value is not _MISSING]


def _text(value: Any) -> str:
    """A value as text: of an object what it is called by, and of null nothing."""
    if type(value) is str:
        return value
    if isinstance(value, dict):
        return _called(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else ""


def _called(value: dict[str, Any]) -> str:
    """What an object is called by."""
    for key in _NAMES:
        if key not in value:
            continue
        named = value[key]
        if type(named) is str and named:
            return named
        if isinstance(named, str | int | float) and (text := _text(named)):
            return text
    return ""


def _texts(value: Any) -> list[str] | None:
    """The texts of a list, however deep they are, or of a single value; of null None."""
    if type(value) is not list:
        return None if value is None or value is _MISSING else list(filter(None, [_text(value)]))
    kinds = set(map(type, value))
    if kinds == {dict}:
        return list(filter(None, map(_called, value)))
    return [text for each in (_flat(value) if list in kinds else value) if (text := _text(each))]


def _array(values: Sequence[Any], of: pa.DataType) -> pa.Array:
    try:
        return pa.array(values, type=of)
    except UnicodeEncodeError:
        # Halves of surrogate pairs, which JSON can write and nothing can hold.
        return pa.array([_letters(value) for value in values], type=of)


def _letters(value: Any) -> Any:
    if isinstance(value, list):
        return [_letters(text) for text in value]
    return value if value is None else whole_letters(value)
