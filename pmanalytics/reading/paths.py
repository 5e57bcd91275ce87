"""Paths: columns of text from JSON records, however deep their values lie.

A path is a row of keys with dots between them, such as fields.status.name. It goes through lists:
labels.name are the names of all labels. A key may hold dots itself, as in Azure's System.Title.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import pyarrow as pa

from pmanalytics.reading.cells import TEXT

__all__ = ["column_of", "found_paths", "sampled_paths"]

Record = Mapping[str, Any]
_LISTS: Final = pa.large_list(TEXT)
# What names an object that stands where a text is asked for, the first that it has.
_NAMES: Final = (
    "name", "displayName", "login", "username", "full_name", "title", "summary", "value", "key",
    "id",
)  # fmt: skip
_DEEPEST_NAME: Final = 3


def found_paths(records: Sequence[Record], candidates: Iterable[str]) -> list[str]:
    """Those of the paths that exist in any record, in their order.

    Examples:
        >>> found_paths([{"a": None}, {"a": {"b": 1}}], ["a.b", "a.c"])
        ['a.b']
    """
    return [path for path in dict.fromkeys(candidates) if any(_has(r, path) for r in records)]


def sampled_paths(records: Sequence[Record], *, most: int = 500, depth: int = 4) -> list[str]:
    """The paths of the first records, in the order in which they appear.

    Examples:
        >>> sampled_paths([{"key": "A-1", "fields": {"labels": [{"name": "x"}]}}])
        ['key', 'fields', 'fields.labels', 'fields.labels.name']
    """
    found: dict[str, None] = {}
    for record in islice(records, most):
        _collect(record, "", depth, found)
    return list(found)


def _collect(value: Any, before: str, depth: int, found: dict[str, None]) -> None:
    if isinstance(value, list):
        for element in islice(value, 20):
            _collect(element, before, depth, found)
    elif isinstance(value, dict) and depth:
        for key, inner in value.items():
            path = f"{before}.{key}" if before else str(key)
            found[path] = None
            _collect(inner, path, depth - 1, found)


def _has(value: Any, path: str) -> bool:
    if isinstance(value, list):
        return any(_has(element, path) for element in value)
    if not isinstance(value, dict):
        return False
    if path in value:
        return True
    return any(_has(value.get(key), rest) for key, rest in _steps(value, path))


def _steps(value: Mapping[str, Any], path: str) -> Iterable[tuple[str, str]]:
    """The ways to take a first step: a key of the object and what is left of the path."""
    place = path.find(".")
    while place >= 0:
        if path[:place] in value:
            yield path[:place], path[place + 1 :]
        place = path.find(".", place + 1)


def column_of(records: Sequence[Record], path: str) -> pa.Array:
    """What stands at a path in each record, as text, or as lists of text where any has a list.

    Missing is the empty text; among lists it is null, which an empty list is not. Objects become
    the text that names them.

    Examples:
        >>> column_of([{"n": 1}, {"n": None}], "n").to_pylist()
        ['1', '']
        >>> column_of([{"a": []}, {"a": [{"login": "ada"}]}, {}], "a").to_pylist()
        [[], ['ada'], None]
    """
    values = [_at(record, path) for record in records]
    if any(type(value) is list for value in values):
        return pa.array([_texts(value) for value in values], type=_LISTS)
    return pa.array([_text(value) for value in values], type=TEXT)


def _at(value: Any, path: str) -> Any:
    if type(value) is dict:
        if path in value:
            return value[path]
        for key, rest in _steps(value, path):
            found = _at(value[key], rest)
            if found is not None:
                return found
        return None
    if type(value) is list:
        found = [_at(element, path) for element in value]
        return [inner for inner in found if inner is not None]
    return None


def _texts(value: Any) -> list[str] | None:
    if value is None:
        return None
    if type(value) is not list:
        return [text] if (text := _text(value)) else []
    flat: list[str] = []
    for element in value:
        if type(element) is list:
            flat += _texts(element) or []
        elif text := _text(element):
            flat.append(text)
    return flat


def _text(value: Any, depth: int = _DEEPEST_NAME) -> str:
    if type(value) is str:
        # Halves of surrogate pairs can be written in JSON, and nothing can hold them.
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        named = (_text(value.get(name), depth - 1) for name in _NAMES if depth and name in value)
        return next((text for text in named if text), "")
    if isinstance(value, list):
        return ";".join(_texts(value) or [])
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
