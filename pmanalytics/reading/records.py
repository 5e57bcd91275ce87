"""JSON: a file as a list of records, however its pages were put together."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from pmanalytics.errors import InputError

__all__ = ["LARGEST_JSON", "looks_like_json", "read_records"]

# Decoded JSON takes some ten times the memory of its text.
LARGEST_JSON: Final = 1_000_000_000
_BLANK: Final = re.compile(r"[\s\ufeff]*")
_LISTS: Final = ("issues", "items", "data", "value", "nodes")
_DECODER: Final = json.JSONDecoder(parse_constant=lambda word: None)  # noqa: ARG005 - NaN is missing


def looks_like_json(content: bytes) -> bool:
    """Whether a text begins like JSON: with a bracket or a brace."""
    return content[:4096].lstrip()[:1] in (b"[", b"{")


def read_records(content: bytes, *, name: str) -> list[dict[str, Any] | None]:
    """The records of a JSON file in order, None in the place of what is no object.

    One array, several arrays one after the other (pages that were pasted), an object that holds the
    array under `issues` or a like name, or one object a line. Raises InputError when the file is no
    JSON, ends too early, or is nested beyond reason.

    Examples:
        >>> read_records(b'[{"number": 1}][null]', name="x.json")
        [{'number': 1}, None]
    """
    if len(content) > LARGEST_JSON:
        raise InputError(
            f"{name} is larger than {LARGEST_JSON / 1e9:.0f} GB; export it in several files."
        )
    records: list[dict[str, Any] | None] = []
    for value in _values(content.decode(), name):
        found = _listed(value)
        records += [record if isinstance(record, dict) else None for record in found]
    return records


def _values(text: str, name: str) -> Iterator[Any]:
    at = _BLANK.match(text).end()  # type: ignore[union-attr]
    while at < len(text):
        try:
            value, at = _DECODER.raw_decode(text, at)
        except json.JSONDecodeError as problem:
            raise InputError(_broken(text, problem, name)) from problem
        except RecursionError as problem:
            raise InputError(f"{name} is nested too deeply to be an export; check it.") from problem
        except ValueError as problem:
            raise InputError(
                f"{name} holds a number that is none in reality; check it."
            ) from problem
        yield value
        at = _BLANK.match(text, at).end()  # type: ignore[union-attr]
        # Some tools put a comma between pages.
        if text[at : at + 1] == ",":
            at = _BLANK.match(text, at + 1).end()  # type: ignore[union-attr]


def _broken(text: str, problem: json.JSONDecodeError, name: str) -> str:
    if problem.pos >= len(text.rstrip()) or "Unterminated string" in problem.msg:
        return f"{name} is JSON that ends too early, in line {problem.lineno}; export it again."
    return (
        f"{name} is not valid JSON in line {problem.lineno}, column {problem.colno} "
        f"({problem.msg}); export it again."
    )


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        for key in _LISTS:
            if isinstance(value.get(key), list):
                return [*value[key], *_pulls(value)]
    return [value]


def _pulls(value: dict[str, Any]) -> list[Any]:
    """Pull requests that stand beside the issues, marked as such so that they are counted."""
    pulls = value.get("pulls")
    if not isinstance(pulls, list):
        return []
    return [{**pull, "pull_request": {}} if isinstance(pull, dict) else pull for pull in pulls]
