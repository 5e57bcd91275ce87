"""`pmanalytics metrics --in-parts`: the tables of a store, without holding it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pmanalytics.metrics import ADDITIVE

Run = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_in_parts_prints_what_is_printed_without(run: Run, stored_sample: Path, form: str) -> None:
    words = ("--config", stored_sample, "--period", "2026Q3", "--by", "team", "--format", form)
    asked = ("attainment", "flow")
    assert (
        run("metrics", *asked, *words)[:2]
        == run("metrics", *asked, *words, "--in-parts", "--workers", 1)[:2]
    )


def test_in_parts_prints_all_that_add_up(run: Run, stored_sample: Path) -> None:
    code, out, _ = run("metrics", "--config", stored_sample, "--in-parts", "--format", "csv")
    assert code == 0
    assert [line[2:] for line in out.splitlines() if line.startswith("# ")] == list(ADDITIVE)


def test_what_does_not_add_up_is_a_sentence(run: Run, stored_sample: Path) -> None:
    code, out, err = run("metrics", "repeats", "--config", stored_sample, "--in-parts")
    assert (code, out) == (2, "")
    assert "'repeats' is no metric that is counted in parts; these are standings, attainment" in err
    assert err.count("\n") == 1


def test_the_sample_is_in_no_store(run: Run) -> None:
    code, _, err = run("metrics", "--sample", "--in-parts")
    assert code == 2
    assert "leave out --in-parts or --sample" in err


def test_workers_without_parts_are_refused(run: Run) -> None:
    code, out, err = run("metrics", "--sample", "--workers", 4)
    assert (code, out) == (2, "")
    assert "add --in-parts" in err
