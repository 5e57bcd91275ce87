"""Many random edit scripts; a few are among the ordinary tests, with what must come of them."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import seed as hypothesis_seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.answers.checking import Bench, check_next_book, check_script, check_two_readers
from tests.answers.editing import Edit
from tests.answers.scripting import Meanwhile, edit_scripts, near_answers, scripts_meanwhile
from tests.answers.small_world import small_world

pytestmark = [
    pytest.mark.torture,
    pytest.mark.filterwarnings("ignore:.*:UserWarning:openpyxl"),
]
PARTS = 10
MANY = 1000


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(small_world(tmp_path_factory.mktemp("world")), tmp_path_factory.mktemp("bench"))


@pytest.mark.parametrize("part", range(PARTS))
def test_scripts(part: int, bench: Bench) -> None:
    """In parts, each with examples of its own, so that several processes share them."""

    @hypothesis_seed(part)
    @given(both=scripts_meanwhile())
    @hypothesis_settings(max_examples=MANY // PARTS, derandomize=False, database=None)
    def trial(both: Meanwhile) -> None:
        check_script(bench, *both)

    trial()


@given(script=edit_scripts())
@hypothesis_settings(max_examples=MANY // 10)
def test_next_workbooks(bench: Bench, script: list[Edit]) -> None:
    check_next_book(bench, script)


@given(scripts=st.tuples(near_answers(), near_answers()))
@hypothesis_settings(max_examples=MANY // 5)
def test_two_readers(bench: Bench, scripts: Sequence[list[Edit]]) -> None:
    check_two_readers(bench, scripts)
