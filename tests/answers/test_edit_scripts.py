"""Random edit scripts: whatever a reader does, nothing is lost and nothing is applied twice."""


import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.answers.checking import MEANWHILE, Bench, check_script
from tests.answers.scripting import edit_scripts
from tests.answers.small_world import small_world

# openpyxl, by which the scripts edit, warns of what it does not know and will lose.
pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:openpyxl")
A_FEW = 50
DECIDED = st.lists(st.sampled_from(sorted(MEANWHILE)), max_size=2, unique=True)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(small_world(tmp_path_factory.mktemp("world")), tmp_path_factory.mktemp("bench"))


@given(script=edit_scripts(), meanwhile=DECIDED)
@hypothesis_settings(
    max_examples=A_FEW, suppress_health_check=[HealthCheck.function_scoped_fixture, *HealthCheck]
)
def test_nothing_is_lost_and_nothing_is_applied_twice(bench: Bench, script, meanwhile) -> None:
    check_script(bench, script, meanwhile)
