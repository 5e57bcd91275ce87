"""JSON: an array, an object around one, several pages pasted together, or one record a line."""

import json
from typing import Any, Final

from pmanalytics.errors import InputError

__all__ = ["read_records"]

WRAPPERS: Final = ("issues", "items", "data", "nodes", "results", "values")

Record = dict[str, Any]


def read_records(text: str, *, name: str) -> list[Any]:
    """The records of a JSON file, in order; what is no object is returned as it is.

    Raises InputError when the text is no JSON, is cut off, or nests too deeply.
    """
    text = text.lstrip("\ufeff").strip()
    try:
        values = _values(text)
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno}, column {problem.colno}"
        raise InputError(
            f"{name} is not valid JSON at {place}, or was cut off there; export it again."
        ) from problem
    except RecursionError as problem:
        raise InputError(f"{name} nests too deeply to be an export; export it again.") from problem
    return [record for value in values for record in _unwrapped(value)]


def _values(text: str) -> list[Any]:
    decoder = json.JSONDecoder()
    values, place = [], 0
    while place < len(text):
        value, end = decoder.raw_decode(text, place)
        values.append(value)
        place = end
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1
    return values


def _unwrapped(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        # With a second list of objects in it, it is more than a wrapper, and taking one list only
        # would lose the other.
        lists = [name for name, held in value.items() if isinstance(held, list) and _objects(held)]
        if len(lists) == 1 and lists[0] in WRAPPERS:
            return value[lists[0]]
    return [value]


def _objects(values: list[Any]) -> bool:
    return any(isinstance(value, dict) for value in values)
