"""What tests of single trackers share: a file from whatever it should hold, read."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pmanalytics.trackers import FileTables
from tests.trackers.samples import read_path


@pytest.fixture
def at_home() -> str:
    """The zone of the configuration; a module whose times need another one overrides it."""
    return "UTC"


@pytest.fixture
def read(tmp_path: Path, at_home: str) -> Callable[..., FileTables]:
    """Read a file whose name says nothing: `read(*contents, at_home=..., **source)`.

    Texts and bytes are written as they are, and other values as JSON, a line each.
    """

    def call(*contents: Any, **options: Any) -> FileTables:
        path = tmp_path / "x"
        path.write_bytes(b"\n".join(map(_as_bytes, contents)))
        return read_path(path, **{"at_home": at_home, **options})

    return call


def _as_bytes(content: Any) -> bytes:
    if isinstance(content, bytes):
        return content
    return (content if isinstance(content, str) else json.dumps(content)).encode()
