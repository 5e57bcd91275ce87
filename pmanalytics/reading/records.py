"""JSON: a file as a list of records, however its pages were put together.

A file holds one document or several (pages that were pasted, one object a line), and a document
holds records: as a list, under a name such as `issues`, or deep within, as GraphQL puts them.
"""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

import orjson

from pmanalytics.errors import InputError

__all__ = ["LARGEST_JSON", "beginning_of", "looks_like_json", "read_documents", "records_of"]

# Decoded JSON takes some ten times the memory of its text.
LARGEST_JSON: Final = 1_000_000_000
_NUMBER: Final = re.compile("[0-9]+")
_BLANK: Final = re.compile(r"[\s\ufeff]*")
# Where trackers put the records of a page.
_LISTS: Final = (
    "issues",
    "items",
    "data",
    "value",
    "nodes",
    "follow_ups",
    "incidents",
    "bugs",
)
# Objects that hold such a page themselves.
_WRAPPERS: Final = ("result", "data")
_PULLS: Final = ("pulls", "pullRequests", "mergeRequests")
# How deep GraphQL puts a list: data, organization, repository, issues.
_DEEPEST: Final = 5
_DECODER: Final = json.JSONDecoder(parse_constant=lambda word: None)  # noqa: ARG005 - NaN is missing


def looks_like_json(content: bytes) -> bool:
    """Whether a text begins like JSON: with a bracket or a brace."""
    return content[:4096].lstrip()[:1] in (b"[", b"{")


def read_documents(content: bytes, *, name: str) -> list[Any]:
    r"""The JSON values of a file (in UTF-8), one after the other.

    Mostly there is one. Pages may be pasted with or without a comma, and every line may be a
    value. Whole numbers beyond 64 bits lose digits. Raises InputError when the file is no JSON,
    ends too early, or is nested beyond reason.

    Examples:
        >>> read_documents(b'{"n": 1}\n{"n": 2}\n', name="x.json")
        [{'n': 1}, {'n': 2}]
    """
    if len(content) > LARGEST_JSON:
        raise InputError(
            f"{name} is larger than {LARGEST_JSON / 1e9:.0f} GB; export it in several files."
        )
    try:
        return _quickly(content)
    except orjson.JSONDecodeError:
        # It reads less than the careful decoder, and says less about what is wrong.
        return list(_values(content.decode(), name))


def _quickly(content: bytes) -> list[Any]:
    """The value of the file, or of each of its lines when the first of them is one."""
    content = content.lstrip()
    end = content.find(b"\n")
    if end > 0 and content[end : end + 4096].strip() and _is_document(content[:end]):
        return [orjson.loads(line) for line in content.split(b"\n") if line.strip()]
    return [orjson.loads(content)] if content else []


def _is_document(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def beginning_of(value: Any, *, most: int = 1_000, depth: int = 6) -> Any:
    """A JSON value with no more than the first objects and lists of every list that is long.

    Examples:
        >>> beginning_of({"total": 3, "issues": [None, {"n": 1}, {"n": 2}]}, most=1)
        {'total': 3, 'issues': [{'n': 1}]}
    """
    if isinstance(value, list):
        if len(value) > most:
            value = list(islice((each for each in value if isinstance(each, dict | list)), most))
        return (
            [beginning_of(each, most=most, depth=depth - 1) for each in value] if depth else value
        )
    if isinstance(value, dict) and depth:
        return {key: beginning_of(each, most=most, depth=depth - 1) for key, each in value.items()}
    return value


def records_of(documents: Sequence[Any]) -> list[dict[str, Any] | None]:
    """The records of JSON documents in order, None in the place of what is no object.

    A document is a list of records, an object that holds such a list under `issues` or a like name
    or below `result` or `data` (GraphQL: `nodes`, or the `node` of `edges`), an object whose names
    are the numbers of its records, or a record itself.
    Pages within one list count as documents. A record in an envelope of Perceval (`backend_name`,
    `category`, `data`) is what the envelope holds, with the `category` added.

    Examples:
        >>> records_of([{"data": {"repository": {"issues": {"nodes": [{"number": 1}]}}}}, [None]])
        [{'number': 1}, None]
        >>> records_of([[{"backend_name": "github", "category": "issue", "data": {"number": 1}}]])
        [{'number': 1, 'category': 'issue'}]
    """
    found = [record for document in documents for record in _listed(document)]
    return [_opened(record) if isinstance(record, dict) else None for record in found]


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


def _listed(document: Any) -> list[Any]:
    if isinstance(document, list):
        return _pages(document)
    found = _page(document) if isinstance(document, dict) else None
    return [document] if found is None else found


def _pages(document: list[Any]) -> list[Any]:
    """A list of records, or of pages: lists, or answers of GraphQL."""
    if document and all(isinstance(page, list) for page in document):
        return [record for page in document for record in page]
    if document and all(_is_answer(page) for page in document):
        return [record for page in document for record in _listed(page)]
    return document


def _is_answer(page: Any) -> bool:
    return isinstance(page, dict) and page.keys() <= {"data", "errors", "extensions"}


def _page(document: dict[str, Any]) -> list[Any] | None:
    """The records of a page, or None when the object is a record itself."""
    # A record can have lists of these names too, but has a name of its own.
    if "id" in document or "backend_name" in document:
        return None
    if document and all(map(_NUMBER.fullmatch, document)):
        # Numbered records, null where a number is not given.
        return list(document.values())
    for key in _LISTS:
        if isinstance(document.get(key), list):
            return [*document[key], *_pulls(document)]
    for key in _WRAPPERS:
        inner = document.get(key)
        if isinstance(inner, dict) and (found := _page(inner) or _connected(inner)) is not None:
            return found
    return None


def _connected(answer: dict[str, Any], depth: int = 0) -> list[Any] | None:
    """The records of the connections in an answer of GraphQL, however deep they are."""
    found: list[Any] | None = None
    for key, value in answer.items() if depth < _DEEPEST else ():
        if not isinstance(value, dict):
            continue
        records = _nodes(value)
        if records is None:
            records = _connected(value, depth + 1)
        if records is not None:
            found = [*(found or ()), *(_marked(records) if key in _PULLS else records)]
    return found


def _nodes(connection: dict[str, Any]) -> list[Any] | None:
    if isinstance(connection.get("nodes"), list):
        return connection["nodes"]
    edges = connection.get("edges")
    if not isinstance(edges, list):
        return None
    return [edge.get("node") if isinstance(edge, dict) else edge for edge in edges]


def _opened(record: dict[str, Any]) -> dict[str, Any]:
    """The record in an envelope of Perceval, or the record."""
    inner = record.get("data")
    if "backend_name" not in record or not isinstance(inner, dict):
        return record
    return {**inner, "category": inner.get("category", record.get("category"))}


def _pulls(document: dict[str, Any]) -> list[Any]:
    """Pull requests that stand beside the issues."""
    found = [document[key] for key in _PULLS if isinstance(document.get(key), list)]
    return [pull for pulls in found for pull in _marked(pulls)]


def _marked(pulls: list[Any]) -> list[Any]:
    """Pull requests marked as such, so that they are counted."""
    return [{**pull, "pull_request": {}} if isinstance(pull, dict) else pull for pull in pulls]
