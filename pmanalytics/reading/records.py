"""JSON: a file as a list of records, however its pages were put together."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson

from pmanalytics.errors import InputError

__all__ = ["LARGEST_JSON", "looks_like_json", "read_documents", "records_of"]

# Decoded JSON takes some ten times the memory of its text.
LARGEST_JSON: Final = 1_000_000_000
_BLANK: Final = re.compile(r"[\s\ufeff]*")
_LISTS: Final = (
    "issues", "items", "data", "value", "nodes", "edges", "follow_ups", "incidents", "bugs",
)  # fmt: skip
_WRAPPERS: Final = ("data", "result", "repository", "project", "group", "issues", "search", "team")
_DECODER: Final = json.JSONDecoder(parse_constant=lambda word: None)  # noqa: ARG005 - NaN is missing


def looks_like_json(content: bytes) -> bool:
    """Whether a text begins like JSON: with a bracket or a brace."""
    return content[:4096].lstrip()[:1] in (b"[", b"{")


def read_documents(content: bytes, *, name: str) -> list[Any]:
    """The JSON values of a file, one after the other.

    One value, several one after the other (pages that were pasted), or one a line. Raises
    InputError when the file is no JSON, ends too early, or is nested beyond reason.

    Examples:
        >>> read_documents(b'[{"number": 1}][null]', name="x.json")
        [[{'number': 1}], [None]]
    """
    if len(content) > LARGEST_JSON:
        raise InputError(
            f"{name} is larger than {LARGEST_JSON / 1e9:.0f} GB; export it in several files."
        )
    try:
        # The fast way, which refuses whatever is unusual.
        return [orjson.loads(content)]
    except orjson.JSONDecodeError:
        return _lines(content) or list(_values(content.decode(), name))


def _lines(content: bytes) -> list[Any]:
    """One object a line, or nothing where any line is something else."""
    try:
        return [orjson.loads(line) for line in content.split(b"\n") if line.strip()]
    except orjson.JSONDecodeError:
        return []


def records_of(documents: Sequence[Any]) -> list[dict[str, Any] | None]:
    """The records in the values of a JSON file, None in the place of what is no object.

    A list holds them, or an object does under `issues` or a like name, however deep a connection of
    GraphQL wraps it; a value without such a list is a record itself. Of Perceval's envelopes the
    data are taken, with their category.

    Examples:
        >>> records_of([{"issues": [{"number": 1}, None]}])
        [{'number': 1}, None]
    """
    found = [record for value in documents for record in _listed(value)]
    return [_unwrapped(record) if isinstance(record, dict) else None for record in found]


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


def _listed(value: Any, depth: int = 6) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and depth:
        for key in _LISTS:
            if isinstance(value.get(key), list):
                return [*map(_node, value[key]), *_pulls(value)]
        for key in _WRAPPERS:
            if isinstance(value.get(key), dict):
                inner = _listed(value[key], depth - 1)
                if inner != [value[key]]:
                    return inner
    return [value]


def _node(value: Any) -> Any:
    """The node of an edge, as GraphQL writes them."""
    return (
        value["node"] if isinstance(value, dict) and value.keys() == {"node", "cursor"} else value
    )


def _unwrapped(record: dict[str, Any]) -> dict[str, Any]:
    if "backend_name" in record and isinstance(record.get("data"), dict):
        return {"category": record.get("category"), **record["data"]}
    return record


def _pulls(value: dict[str, Any]) -> list[Any]:
    """Pull requests that stand beside the issues, marked as such so that they are counted."""
    pulls = value.get("pulls")
    if not isinstance(pulls, list):
        return []
    return [{**pull, "pull_request": {}} if isinstance(pull, dict) else pull for pull in pulls]
