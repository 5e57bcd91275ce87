"""The table of attacks in README.md: every row leads to a test that is there."""

import ast
import re
from pathlib import Path

HERE = Path(__file__).parent
ROW = re.compile(r"^\| (?P<section>[45]) \| (?P<attack>[^|]+) \| (?P<tests>[^|]+) \|", re.MULTILINE)
TEST = re.compile(r"`(?:(?P<file>[\w/.]+\.py)::)?(?P<name>test_\w+)`")


def names_of_tests(path: Path) -> set[str]:
    """The test functions of a module."""
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def named() -> dict[str, list[tuple[Path, str]]]:
    """Every attack of the table, with the files and names of its tests."""
    root, found = HERE.parent.parent, {}
    for row in ROW.finditer((HERE / "README.md").read_text("utf-8")):
        file, tests = HERE, []
        for test in TEST.finditer(row["tests"]):
            given = test["file"]
            if given:
                file = root / given if given.startswith("tests/") else HERE / given
            tests.append((file, test["name"]))
        found[row["attack"]] = tests
    return found


def test_every_attack_has_tests_that_exist() -> None:
    table = named()
    assert len(table) >= 20
    for attack, tests in table.items():
        assert tests, attack
        for file, name in tests:
            assert file.is_file(), (attack, file)
            assert name in names_of_tests(file), (attack, name)


def test_every_test_here_is_of_an_attack() -> None:
    listed = {name for tests in named().values() for _, name in tests}
    held = {name for path in HERE.glob("test_*.py") for name in names_of_tests(path)}
    assert held - listed == {
        "test_every_attack_has_tests_that_exist",
        "test_every_test_here_is_of_an_attack",
    }
