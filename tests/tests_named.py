"""Tables of tests in README.md files: every row leads to tests that are there, and none is left out."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
# The last cell of a row names tests, and the cells before it say what of.
ROW = re.compile(r"^\| (?P<what>.+?) \| (?P<tests>[^|]*`[^|]*`[^|]*) \|$", re.MULTILINE)
TEST = re.compile(r"`(?:(?P<file>[\w/.]+\.py)::)?(?P<name>test_\w+)`")


def names_of_tests(path: Path) -> set[str]:
    """The test functions of a module."""
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def rows_of(folder: Path) -> dict[str, list[tuple[Path, str]]]:
    """Every row of the table of a folder, with the files and names of its tests."""
    found = {}
    for row in ROW.finditer((folder / "README.md").read_text("utf-8")):
        file, tests = folder, []
        for test in TEST.finditer(row["tests"]):
            given = test["file"]
            if given:
                file = ROOT / given if given.startswith("tests/") else folder / given
            tests.append((file, test["name"]))
        found[row["what"]] = tests
    return found


def check_rows(folder: Path, *, least: int) -> None:
    """Every row has tests, and they exist."""
    table = rows_of(folder)
    assert len(table) >= least
    for what, tests in table.items():
        assert tests, what
        for file, name in tests:
            assert file.is_file(), (what, file)
            assert name in names_of_tests(file), (what, name)


def unlisted(folder: Path) -> set[str]:
    """The tests of a folder that its table does not name."""
    listed = {name for tests in rows_of(folder).values() for _, name in tests}
    files = [path for path in folder.glob("test_*.py") if path.name != "test_index.py"]
    return {name for path in files for name in names_of_tests(path)} - listed
