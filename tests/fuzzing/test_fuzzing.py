"""A few changes of every seed, by hypothesis, and all that fuzzing ever found."""

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzzing.targets import FINDS, Target, by_name

TARGETS = list(by_name().values())
# The same in each run; `make fuzz` looks further. What takes longer is tried less often.
FEW, FEWER = 6, 3
SLOW = (
    "whole-",
    "own-",
    "configuration",
    "draft",
    "store",
    "decisions",
    "workbook",
    "command",
    "options",
)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_a_seed_is_well_and_a_changed_one_is_read_or_refused(
    target: Target, tmp_path: Path
) -> None:
    seeds = list(target.seeds())
    for number, seed in enumerate(seeds[:FEWER]):
        (tmp_path / str(number)).mkdir()
        target.attempt(seed, tmp_path / str(number))

    @settings(
        max_examples=FEWER if target.name.startswith(SLOW) else FEW,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=False))
    def attempt(random: Random) -> None:
        with TemporaryDirectory(dir=tmp_path) as folder:
            target.attempt(target.change(random.choice(seeds), random), Path(folder))

    attempt()


FOUND = sorted(path for path in FINDS.glob("*/*") if path.is_file())


@pytest.mark.parametrize("find", FOUND, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_found_stays_mended(find: Path, tmp_path: Path) -> None:
    by_name()[find.parent.name].attempt(find.read_bytes(), tmp_path)
