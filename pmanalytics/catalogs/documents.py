"""Documents: the YAML, JSON or lines of a catalog, and the texts in them, whatever is in there."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from pmanalytics.catalogs.model import Document, Form
from pmanalytics.errors import InputError
from pmanalytics.reading.encodings import as_utf8
from pmanalytics.reading.files import open_file
from pmanalytics.reading.nested import text_of
from pmanalytics.reading.records import read_documents, records_of

__all__ = [
    "LARGEST_CATALOG",
    "content_of",
    "distinct",
    "documents",
    "form_of",
    "listed",
    "texts",
]

LARGEST_CATALOG: Final = 10_000_000
_CODEOWNERS: Final = re.compile(r"codeowners(\.txt)?", re.IGNORECASE)
_SUFFIXES: Final[Mapping[str, Form]] = {".yaml": "yaml", ".yml": "yaml", ".json": "json"}
_DEEPEST: Final = 50
_NULL: Final = "tag:yaml.org,2002:null"


class _Loader(yaml.SafeLoader):
    """The safe loader, with every plain value as text: no dates, no `no` that becomes false.

    As in Backstage there are no merge keys, which a small file can make large with.
    """


class _FastLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same in C, where it is there: many times faster, and it dies of deep nesting."""


_Loader.yaml_implicit_resolvers = _FastLoader.yaml_implicit_resolvers = {
    first: [resolver for resolver in resolvers if resolver[0] == _NULL]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def form_of(path: Path) -> Form | None:
    """The form that a file has if it is a catalog, told from its name; None if it is none.

    A CODEOWNERS file bears this name without a suffix, perhaps with something before it.

    Examples:
        >>> form_of(Path("shop/CODEOWNERS")), form_of(Path("a.YML")), form_of(Path("a.csv"))
        ('text', 'yaml', None)
    """
    fits = _CODEOWNERS.search(path.name)
    if fits and fits.end() == len(path.name):
        return "text"
    return _SUFFIXES.get(path.suffix.lower())


def content_of(path: Path, *, name: str) -> bytes:
    """The bytes of a catalog. Raises InputError when it cannot be read or is too large."""
    try:
        size = path.stat().st_size
    except OSError as problem:
        raise InputError(
            f"{name} cannot be read ({problem.strerror}); check the file."
        ) from problem
    if size > LARGEST_CATALOG:
        raise InputError(f"{name} is larger than any catalog (10 MB); split it into several.")
    return open_file(path, name=name).content if size else b""


def documents(content: bytes, form: Form, *, name: str) -> list[Document]:
    """The documents of a file: of YAML, the records of JSON, or the lines of text.

    Null documents are left out. Raises InputError when the file is not what its form says.
    """
    if form == "yaml":
        return [each for each in _of_yaml(content, name) if each[1] is not None]
    decoded, _ = as_utf8(content, name=name) if content else (content, ())
    if form == "json":
        return list(enumerate(records_of(read_documents(decoded, name=name)), start=1))
    return list(enumerate(re.split(r"\r\n|\r|\n", decoded.decode()), start=1))


def _of_yaml(content: bytes, name: str) -> Iterator[Document]:
    """Every document of a file, with the line in which it begins."""
    line = 1
    try:
        loader = (_FastLoader if _is_shallow(content) else _Loader)(content)
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                line = node.start_mark.line + 1
                yield line, loader.construct_document(node)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark else line
        raise _broken(name, line, problem.problem or problem.context) from problem
    except yaml.YAMLError as problem:
        raise _broken(name, line, "it is not text in UTF-8") from problem
    except (ValueError, TypeError, RecursionError) as problem:
        raise _broken(name, line, "a value cannot be understood") from problem


def _is_shallow(content: bytes) -> bool:
    """Whether the file is sound and nested no deeper than catalogs are."""
    depth = 0
    try:
        for event in yaml.parse(content, Loader=_FastLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                return False
    except (yaml.YAMLError, ValueError, RecursionError):
        return False
    return True


def _broken(name: str, line: int, fault: str | None) -> InputError:
    return InputError(f"{name} is not valid YAML in line {line}: {fault}; mend that line.")


def listed(value: object) -> list[Any]:
    """A list, and an empty one for what is none."""
    return value if isinstance(value, list) else []


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list."""
    return distinct(map(text_of, listed(value)))


def distinct(names: Iterable[str], *, but: str = "") -> tuple[str, ...]:
    """Each text once, without empty ones and without one of them.

    Examples:
        >>> distinct(["a", "", "b", "a"], but="b")
        ('a',)
    """
    return tuple(name for name in dict.fromkeys(names) if name and name != but)
