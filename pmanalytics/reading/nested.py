"""Nested: values of JSON taken by hand, whatever stands where something else is expected.

Files are cut, edited and written by scripts, and nobody promises that a list is a list. What is of
another kind than expected counts as nothing, so code that looks into a record need not check.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from pmanalytics.reading.cells import Cells
from pmanalytics.reading.paths import column_of
from pmanalytics.words import whole_letters

__all__ = [
    "first_text",
    "inner",
    "listed",
    "mostly",
    "named_values",
    "nested",
    "object_of",
    "objects",
    "text_of",
    "texts_at",
]

Record = Mapping[str, Any]
_SAMPLE: Final = 1_000
# What wraps a list: connections of GraphQL, and answers of REST.
_WRAPPERS: Final = ("nodes", "value", "data", "values")


def inner(value: Any, *keys: str) -> Any:
    """What lies at a row of keys, or None where any of them leads nowhere.

    Examples:
        >>> inner({"a": {"b": 1}}, "a", "b"), inner({"a": [2]}, "a", "b")
        (1, None)
    """
    for key in keys:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def object_of(value: Any, *keys: str) -> Mapping[str, Any]:
    """An object, or the one that lies in it at a row of keys; of anything else one without keys.

    Examples:
        >>> object_of({"id": 1}), object_of({"a": {"b": 2}}, "a"), object_of("id")
        ({'id': 1}, {'b': 2}, {})
    """
    found = inner(value, *keys)
    return found if isinstance(found, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects in a list; of anything else there are none.

    Examples:
        >>> objects([{"a": 1}, None, 2]), objects("no list")
        ([{'a': 1}], [])
    """
    if not isinstance(value, list):
        return []
    return [element for element in value if isinstance(element, dict)]


def listed(record: Record, *, one: str, many: str) -> Record:
    """A record whose list holds what stands alone where the list is missing.

    Examples:
        >>> listed({"assignee": "ada"}, one="assignee", many="assignees")
        {'assignee': 'ada', 'assignees': ['ada']}
    """
    if record.get(many) is None and record.get(one):
        return {**record, many: [record[one]]}
    return record


def text_of(value: Any) -> str:
    """A text or a number as text, without blanks around it; of anything else the empty text.

    Examples:
        >>> text_of(" 7 "), text_of(7), text_of(7.0), text_of(None), text_of({"a": 1})
        ('7', '7', '7', '', '')
    """
    if isinstance(value, str):
        return whole_letters(value).strip()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def first_text(values: Iterable[Any]) -> str | None:
    """The first of some values that says anything as text, or None.

    Examples:
        >>> first_text([None, " ", {"a": 1}, 5, "b"])
        '5'
    """
    return next(filter(None, map(text_of, values)), None)


def mostly(records: Sequence[Record | None], kind: Callable[[Record], bool]) -> bool:
    """Whether more than half of the first records are of a kind.

    Examples:
        >>> mostly([{"id": 1}, {"id": 2}, {}, None], lambda record: "id" in record)
        True
    """
    first = [kind(record) for record in records[:_SAMPLE] if record is not None]
    return 2 * sum(first) > len(first)


def nested(records: Sequence[Record], name: str) -> tuple[list[int], list[Record]]:
    """The objects that records list under a name, and the place of the record of each.

    Examples:
        >>> nested([{"history": {"nodes": [{"at": 1}, None]}}, {"history": None}], "history")
        ([0], [{'at': 1}])
    """
    places: list[int] = []
    found: list[Record] = []
    for place, record in enumerate(records):
        for element in _elements(record.get(name)):
            places.append(place)
            found.append(element)
    return places, found


def texts_at(records: Sequence[Record], *paths: str) -> list[str]:
    """What stands at a path in each record, as text; of several paths the first that says anything.

    Examples:
        >>> texts_at([{"to": {"name": "Done"}}, {"to": "Open"}, {}], "to.name", "to")
        ['Done', 'Open', '']
    """
    row = np.arange(len(records))
    columns = [Cells({path: (column_of(records, path),)}, row).text(path) for path in paths]
    found = zip(*(column.to_pylist() for column in columns), strict=True)
    return [next(filter(None, texts), "") for texts in found]


def named_values(record: Record, name: str, value: Sequence[str]) -> dict[str, Any]:
    """Fields that a record lists with their names, each under its name.

    `value` names the keys of which the first that is filled holds the value.

    Examples:
        >>> fields = [{"name": "Severity", "text": None, "number": 2}, {"name": 5}]
        >>> named_values({"custom_fields": fields}, "custom_fields", ("text", "number"))
        {'Severity': 2}
    """
    named = {}
    for field in _elements(record.get(name)):
        found = next((field[key] for key in value if field.get(key) is not None), None)
        if isinstance(field.get("name"), str) and found is not None:
            named[field["name"]] = found
    return named


def _elements(value: Any) -> list[dict[str, Any]]:
    """The objects in a list, which may be wrapped."""
    if isinstance(value, dict):
        wrapped = next((value[key] for key in _WRAPPERS if isinstance(value.get(key), list)), None)
        if wrapped is None:
            wrapped = [edge.get("node") for edge in _elements(value.get("edges"))]
        value = wrapped
    return objects(value)
