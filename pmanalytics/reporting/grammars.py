"""Grammars of addresses, built when somebody asks whether a text is one.

The jsonschema that papermill brings along has a package build 38 grammars of internationalised
addresses as soon as it is imported, where that package is installed; JupyterLab installs it. That
takes three times as long as to import papermill, and no notebook holds what is checked so.
"""

import sys
from importlib.util import find_spec
from threading import Lock
from types import SimpleNamespace
from typing import Any, Final

__all__ = ["put_off_grammars"]

PACKAGE: Final = "rfc3987_syntax"
_ALONE: Final = Lock()  # reports of a batch begin side by side


def put_off_grammars() -> None:
    """Import jsonschema, which checks addresses as ever, and builds its grammars at the first one.

    Does nothing where jsonschema is there already, or where nothing is to be put off.
    """
    with _ALONE:
        if {"jsonschema", PACKAGE} & set(sys.modules) or find_spec(PACKAGE) is None:
            return
        later: Any = SimpleNamespace(is_valid_syntax=_is_valid_syntax)
        sys.modules[PACKAGE] = later
        try:
            import jsonschema  # noqa: F401
        finally:
            del sys.modules[PACKAGE]


def _is_valid_syntax(rule: str, text: str) -> bool:
    from rfc3987_syntax import is_valid_syntax

    return bool(is_valid_syntax(rule, text))
