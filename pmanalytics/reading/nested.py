"""Nested: values of JSON taken by hand, whatever stands where something else is expected."""

from collections.abc import Mapping
from typing import Any

__all__ = ["inner", "object_of", "objects", "text_of"]


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


def object_of(value: Any) -> Mapping[str, Any]:
    """An object; of anything else one without keys.

    Examples:
        >>> object_of({"a": 1}), object_of("no object")
        ({'a': 1}, {})
    """
    return value if isinstance(value, Mapping) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects in a list; of anything else there are none.

    Examples:
        >>> objects([{"a": 1}, None, 2]), objects("no list")
        ([{'a': 1}], [])
    """
    if not isinstance(value, list):
        return []
    return [element for element in value if isinstance(element, dict)]


def text_of(value: Any) -> str:
    """A text or a number as text; of anything else the empty text.

    Examples:
        >>> text_of(" 7 "), text_of(7), text_of(None), text_of({"a": 1})
        ('7', '7', '', '')
    """
    if isinstance(value, str):
        # Halves of surrogate pairs can be written in JSON, and nothing can hold them.
        return value.encode("utf-8", "replace").decode().strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
