"""Random edit scripts: whatever a reader does, nothing is lost and nothing is applied twice.

`make torture` runs many more of them.
"""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.answers.checking import (
    Bench,
    check_next_book,
    check_script,
    check_two_readers,
)
from tests.answers.editing import Edit
from tests.answers.scripting import Meanwhile, edit_scripts, near_answers, scripts_meanwhile
from tests.answers.small_world import small_world

# openpyxl, by which the scripts edit, warns of what it does not know and will lose.
pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:openpyxl")
A_FEW = 25


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(small_world(tmp_path_factory.mktemp("world")), tmp_path_factory.mktemp("bench"))


@given(both=scripts_meanwhile())
@hypothesis_settings(max_examples=A_FEW)
def test_nothing_is_lost_and_nothing_is_applied_twice(bench: Bench, both: Meanwhile) -> None:
    check_script(bench, *both)


@given(script=edit_scripts())
@hypothesis_settings(max_examples=5)
def test_the_next_workbook_shows_the_answers(bench: Bench, script: list[Edit]) -> None:
    check_next_book(bench, script)


@given(scripts=st.tuples(near_answers(), near_answers()))
@hypothesis_settings(max_examples=8)
def test_two_readers_who_disagree_are_both_left_out(
    bench: Bench, scripts: Sequence[list[Edit]]
) -> None:
    check_two_readers(bench, scripts)
