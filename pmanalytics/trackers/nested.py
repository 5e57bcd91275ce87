"""Nested: what JSON records list inside themselves, such as their history, as plain columns.

Nobody promises that a list is a list: what is of another kind than expected counts as nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa

from pmanalytics.reading.cells import TEXT, Cells
from pmanalytics.reading.paths import column_of
from pmanalytics.trackers.dates import parse_dates
from pmanalytics.trackers.model import Export

__all__ = ["days_of", "mostly", "named_values", "nested", "texts_at"]

Record = Mapping[str, Any]
_SAMPLE: Final = 1_000
# What wraps a list: connections of GraphQL, and answers of REST.
_WRAPPERS: Final = ("nodes", "value", "data", "values")


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
    places, found = [], []
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


def days_of(export: Export, texts: Sequence[str]) -> list[str]:
    """Dates of a history as days, as the due dates of the same file are; others as written."""
    formats = (*export.source.date_formats, *export.tracker.dates)
    parsed, _ = parse_dates({"day": pa.array(texts, type=TEXT)}, formats=formats)
    days = parsed["day"].as_days(export.settings.timezone).dt.strftime("%Y-%m-%d")
    return days.where(days.notna(), list(texts)).tolist()


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


def _elements(value: Any) -> list[Record]:
    if isinstance(value, dict):
        inner = next((value[key] for key in _WRAPPERS if isinstance(value.get(key), list)), None)
        if inner is None:
            inner = [edge.get("node") for edge in _elements(value.get("edges"))]
        value = inner
    if not isinstance(value, list):
        return []
    return [element for element in value if isinstance(element, dict)]
