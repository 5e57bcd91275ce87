"""Two programs on one output: both come to their end, and what is there is of one of them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import pmanalytics as pma
from pmanalytics.answers.applying import written_changes
from pmanalytics.exchange import write_tables
from pmanalytics.samples import write_sample
from tests.answers.small_world import ON
from tests.faults.verbs import VERBS, Verb, files_in, hidden_in
from tests.forking import at_once

# Newer Pythons warn of forks beside threads; the forks here only write files and end.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


def again(work: Callable[[], object], times: int) -> None:
    for _ in range(times):
        work()


def first_cell(file: Path) -> str:
    if file.suffix == ".parquet":
        return str(pq.read_table(file).column(0)[0])
    return file.read_text("utf-8").splitlines()[1].split(",")[0]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_tables_of_two_programs_do_not_mix(
    form: str, dataset: Callable[..., pma.Dataset], tmp_path: Path
) -> None:
    """Every table says by whom it was written, and all say the same."""
    names = ("items", "incidents", "teams", "services")
    works = []
    for name in ("one", "other"):
        rows = {
            "items": {"item_id": name},
            "incidents": {"incident_id": name},
            "teams": {"team": name},
            "services": {"service": name},
        }
        data = dataset(**{table: [row] for table, row in rows.items()})
        works.append(partial(again, partial(write_tables, data, tmp_path, form=form), 25))
    at_once(*works)
    assert len({first_cell(tmp_path / f"{name}.{form}") for name in names}) == 1
    assert hidden_in(tmp_path) == set()


def test_two_samples_at_once_are_one(tmp_path: Path) -> None:
    write_sample(tmp_path / "calm")
    at_once(*[partial(again, partial(write_sample, tmp_path / "out"), 3)] * 2)
    assert files_in(tmp_path / "out") == files_in(tmp_path / "calm")
    assert hidden_in(tmp_path / "out") == set()


def test_answers_that_are_applied_twice_at_once_are_written_once(
    place_of: Callable[[Verb], Path],
) -> None:
    place = place_of(VERBS["workbook"])
    data = pma.read(place / "out")
    before = (place / "out" / "decisions.csv").read_bytes()
    at_once(*[partial(written_changes, data, place / "edited.xlsx", on=ON)] * 3)
    after = (place / "out" / "decisions.csv").read_bytes()
    assert after.startswith(before)
    # Three notes were written into the workbook.
    assert after.count(b"\n") - before.count(b"\n") == 3
    assert hidden_in(place / "out") == set()


def test_of_two_drafts_at_once_one_stays(place_of: Callable[[Verb], Path]) -> None:
    place = place_of(VERBS["init"])
    target = place / "out" / "drafted.toml"

    def draft() -> None:
        with_reason = pytest.raises(pma.UsageError, match="never overwritten")
        try:
            pma.draft_settings(place / "second" / "items.csv", output=target)
        except pma.UsageError:
            with with_reason:
                pma.draft_settings(place / "second" / "items.csv", output=target)

    at_once(draft, draft)
    assert len(pma.read(target).items) == 9
    assert hidden_in(place / "out") == set()
