"""Many small worlds of items that concern each other; a few are among the ordinary tests."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import seed as hypothesis_seed
from hypothesis import settings as hypothesis_settings

from tests.counting.test_kin import SMALL_WORLDS, check_small_world

pytestmark = pytest.mark.torture
PARTS = 10
EACH = 30


@pytest.mark.parametrize("part", range(PARTS))
def test_small_worlds(part: int) -> None:
    """In parts, each with examples of its own, so that several processes share them."""

    @hypothesis_seed(part)
    @given(**SMALL_WORLDS)
    @hypothesis_settings(max_examples=EACH, derandomize=False, database=None)
    def trial(**world: Any) -> None:
        check_small_world(**world)

    trial()
