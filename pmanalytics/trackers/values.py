"""Values of JSON that may be anything: what a record should hold, whatever it does hold.

Files are cut, edited and written by scripts, so a tracker that looks into its records asks with
these functions: they give the wanted kind, or nothing of it.
"""

from collections.abc import Mapping
from typing import Any

__all__ = ["object_of", "objects_of", "text_of"]


def text_of(value: Any) -> str:
    """A text, or a number as text; the empty text for everything else.

    Examples:
        >>> text_of(" a "), text_of(15), text_of(None), text_of([1])
        ('a', '15', '', '')
    """
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def object_of(value: Any) -> Mapping[str, Any]:
    """An object, or one without keys.

    Examples:
        >>> object_of({"id": 1}), object_of("id")
        ({'id': 1}, {})
    """
    return value if isinstance(value, dict) else {}


def objects_of(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list.

    Examples:
        >>> objects_of([{"id": 1}, None, 3]), objects_of({"id": 1})
        ([{'id': 1}], [])
    """
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
