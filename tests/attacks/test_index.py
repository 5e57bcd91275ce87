"""The table of attacks in README.md: every row leads to a test that is there."""

from pathlib import Path

from tests.tests_named import check_rows, unlisted

HERE = Path(__file__).parent


def test_every_attack_has_tests_that_exist() -> None:
    check_rows(HERE, least=20)


def test_every_test_here_is_of_an_attack() -> None:
    assert unlisted(HERE) == set()
