"""Grammars that are put off: nothing is loaded for them, and addresses are checked all the same."""

import subprocess
import sys

import pytest

IMPORTED = """
import sys
from pmanalytics.reporting.grammars import put_off_grammars
put_off_grammars()
import papermill
assert "lark" not in sys.modules
from jsonschema import FormatChecker
"""
CHECKED = """
checker = FormatChecker(["iri"])
checks = [checker.conforms(text, "iri") for text in ("https://exämple.org/ü", "no address")]
assert checks == [True, False], checks
assert "lark" in sys.modules
"""
UNCHECKED = """
assert "iri" not in FormatChecker.checkers
"""
WITHOUT = """
import sys
class Without:
    def __init__(self, finder):
        self.finder = finder
    def __getattr__(self, name):
        return getattr(self.finder, name)
    def find_spec(self, name, *more):
        return None if name == "rfc3987_syntax" else self.finder.find_spec(name, *more)
sys.meta_path[:] = map(Without, sys.meta_path)
"""


SIDE_BY_SIDE = """
import sys
sys.setswitchinterval(1e-6)
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from pmanalytics.reporting.grammars import put_off_grammars
together = Barrier(4)
def begin(_):
    together.wait()
    put_off_grammars()
with ThreadPoolExecutor(4) as pool:
    list(pool.map(begin, range(4)))
"""


def run(*code: str) -> None:
    subprocess.run([sys.executable, "-c", "".join(code)], check=True)


def test_addresses_are_checked_as_ever() -> None:
    pytest.importorskip("rfc3987_syntax", reason="JupyterLab installs it")
    run(IMPORTED, CHECKED)


def test_reports_that_begin_side_by_side_put_them_off_once() -> None:
    pytest.importorskip("rfc3987_syntax", reason="JupyterLab installs it")
    run(SIDE_BY_SIDE, IMPORTED, CHECKED)


def test_without_the_package_nothing_is_checked() -> None:
    run(WITHOUT, IMPORTED, UNCHECKED)
