"""Our estimators against lifelines and statsmodels on seeded data, ties and censoring included."""

from typing import Any

import numpy as np
import pytest

from pmanalytics.statistics import (
    DONE,
    DROPPED,
    OPEN,
    LifeTable,
    clopper_pearson,
    cumulative_incidence,
    first_day_reaching,
    incidence_at,
    kaplan_meier,
    life_table,
    log_rank,
    newcombe_difference,
    rate_ratio,
    rate_ratio_p,
    restricted_mean,
    wilson,
)
from tests.conftest import missing
from tests.oracles.asking import INTERPRETER, ask

AT = [0, 7, 15, 30, 60, 90]
TAU = 90
WORLDS = ("few", "many", "heavily censored", "all done", "mostly dropped")
# 61 done without censoring never make one half, which lifelines misses by a rounding error.
SIZES = [12, 800, 300, 61, 250]
LAST_SEEN = [200, 200, 25, 10_000, 200]
PAIRS = range(4)
RATES = [(11, 800, 21, 3011), (12, 600, 8, 2400), (0, 100, 5, 300), (40, 1000, 41, 1000)]
DROPPING = [0.2, 0.2, 0.2, 0.0, 0.8]

each_world = pytest.mark.parametrize("number", range(len(WORLDS)), ids=WORLDS)


def world(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Days and outcomes of items: lognormal work, seen until some day each."""
    dice = np.random.default_rng([20261012, number])
    took = dice.lognormal(3.2, 1.2, SIZES[number]).astype(int)
    seen = dice.integers(5, LAST_SEEN[number], SIZES[number])
    if DROPPING[number] == 0:
        seen = took
    outcome = np.where(dice.random(SIZES[number]) < DROPPING[number], DROPPED, DONE)
    return np.minimum(took, seen), np.where(took <= seen, outcome, OPEN)


def untied() -> tuple[np.ndarray, np.ndarray]:
    """Items of which no two end on one day."""
    dice = np.random.default_rng(7)
    return dice.permutation(400)[:150] + 1, dice.choice([OPEN, DONE, DROPPED], 150)


@pytest.fixture(scope="module")
def answers() -> dict[str, list[dict[str, Any]]]:
    """What lifelines and statsmodels say, asked all at once."""
    if not INTERPRETER.exists():
        missing("the environment of lifelines and statsmodels (make oracle)")
    questions: list[dict[str, Any]] = []
    for number in range(len(WORLDS)):
        days, outcome = (part.tolist() for part in world(number))
        ended = [int(code != OPEN) for code in outcome]
        questions += [
            {"ask": "survival", "days": days, "ended": ended, "at": AT, "tau": TAU},
            {"ask": "incidence", "days": days, "outcome": outcome},
        ]
    days, outcome = (part.tolist() for part in untied())
    questions.append({"ask": "incidence_untied", "days": days, "outcome": outcome})
    k, n = (part.tolist() for part in shares())
    questions.append({"ask": "share", "k": k, "n": n})
    questions += [
        {"ask": "difference", "k": a, "n": m, "other_k": b, "other_n": p}
        for a, m, b, p in zip(k, n, k[1:], n[1:], strict=False)
    ]
    questions.append({"ask": "exact_share", "k": k, "n": n})
    questions += [
        dict(zip(("x1", "t1", "x0", "t0"), arms, strict=True)) | {"ask": "two_rates"}
        for arms in RATES
    ]
    for number in PAIRS:
        (days, ended), (other_days, other_ended) = (
            [part.tolist() for part in censored(place)] for place in (number, number + 1)
        )
        given = {"days": days, "ended": ended, "other_days": other_days, "other_ended": other_ended}
        questions.append({"ask": "two_groups", **given})
    found: dict[str, list[dict[str, Any]]] = {}
    for question, answer in zip(questions, ask(questions), strict=True):
        found.setdefault(question["ask"], []).append(answer)
    return found


def shares() -> tuple[np.ndarray, np.ndarray]:
    """Counts of every kind: none, all, one, few and many."""
    dice = np.random.default_rng(3)
    n = np.concatenate([[1, 1, 20, 20, 29], dice.integers(1, 400, 25)])
    k = np.concatenate([[0, 1, 0, 20, 1], dice.integers(0, n[5:] + 1)])
    return k, n


def censored(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Days, and whether the item ended, done or dropped."""
    days, outcome = world(number)
    return days, (outcome != OPEN).astype(int)


def table_of(number: int) -> LifeTable:
    return life_table(*world(number))


def known(values: list[float | None]) -> list[float]:
    return [np.nan if value is None else value for value in values]


@each_world
def test_the_share_still_open_and_its_limits_are_those_of_lifelines(
    answers: dict[str, Any], number: int
) -> None:
    curve = kaplan_meier(table_of(number))
    theirs = answers["survival"][number]
    # Beyond the last follow-up lifelines draws the curve on, which is an invention.
    within = (np.array(AT) <= curve.day[-1]) | curve.ended
    assert within[:3].all()
    ours = incidence_at(curve, AT)
    np.testing.assert_allclose(ours[within], np.array(theirs["share"])[within], atol=1e-9)
    assert np.isnan(ours[~within]).all()
    inner = within & (ours > 0) & (ours < 1)
    for side in ("low", "high"):
        limits = np.array(known(theirs[side]))
        found = incidence_at(curve, AT, figure=side)
        np.testing.assert_allclose(found[inner], limits[inner], atol=1e-9)


@each_world
def test_the_median_and_its_limits_are_those_of_lifelines(
    answers: dict[str, Any], number: int
) -> None:
    curve = kaplan_meier(table_of(number))
    ours = [
        first_day_reaching(curve.day, 1 - part) for part in (curve.value, curve.low, curve.high)
    ]
    np.testing.assert_equal(ours, known(answers["survival"][number]["median"]))


@each_world
def test_the_restricted_mean_is_that_of_lifelines(answers: dict[str, Any], number: int) -> None:
    ours = restricted_mean(table_of(number), TAU)
    if ours.tau < TAU:
        assert WORLDS[number] == "heavily censored"  # lifelines draws the curve on
        return
    assert ours.days == pytest.approx(answers["survival"][number]["mean"], abs=1e-9)


@each_world
def test_competing_outcomes_and_their_errors_are_those_of_statsmodels(
    answers: dict[str, Any], number: int
) -> None:
    curve = cumulative_incidence(table_of(number), DONE)
    theirs = answers["incidence"][number]
    assert curve.day.tolist() == theirs["day"]
    np.testing.assert_allclose(curve.value, theirs["share"], atol=1e-9)
    # Where nobody is left, Greenwood's term is 0 by 0, and statsmodels has no error to show.
    inner = np.isfinite(known(theirs["error"])) & (table_of(number).at_risk > 1)
    np.testing.assert_allclose(
        curve.standard_error[inner], np.array(known(theirs["error"]))[inner], atol=1e-7
    )
    assert inner.sum() >= len(inner) - 1


def test_competing_outcomes_without_ties_are_those_of_lifelines(answers: dict[str, Any]) -> None:
    # With ties lifelines moves them at random, and each run says something else.
    curve = cumulative_incidence(life_table(*untied()), DONE)
    theirs = answers["incidence_untied"][0]["share"]
    np.testing.assert_allclose(curve.value, theirs[1:], atol=1e-9)


def test_wilson_is_that_of_statsmodels(answers: dict[str, Any]) -> None:
    low, high = wilson(*shares())
    theirs = answers["share"][0]
    np.testing.assert_allclose(low, theirs["low"], atol=1e-12)
    np.testing.assert_allclose(high, theirs["high"], atol=1e-12)


def test_newcombe_is_that_of_statsmodels(answers: dict[str, Any]) -> None:
    k, n = shares()
    ours = newcombe_difference(k[:-1], n[:-1], k[1:], n[1:])
    theirs = [answer["limits"] for answer in answers["difference"]]
    np.testing.assert_allclose(np.column_stack([ours.low, ours.high]), theirs, atol=1e-9)


def test_exact_intervals_are_those_of_statsmodels(answers: dict[str, Any]) -> None:
    low, high = clopper_pearson(*shares())
    theirs = answers["exact_share"][0]
    np.testing.assert_allclose(low, theirs["low"], atol=1e-9)
    np.testing.assert_allclose(high, theirs["high"], atol=1e-9)


@pytest.mark.parametrize("number", range(len(RATES)))
def test_two_rates_are_those_of_statsmodels(answers: dict[str, Any], number: int) -> None:
    theirs = answers["two_rates"][number]
    assert rate_ratio(*RATES[number]).ratio == pytest.approx(theirs["ratio"], abs=1e-9)
    assert rate_ratio_p(*RATES[number]) == pytest.approx(theirs["p"], abs=1e-9)


@pytest.mark.parametrize("number", PAIRS)
def test_the_log_rank_test_is_that_of_lifelines(answers: dict[str, Any], number: int) -> None:
    ours = log_rank(life_table(*censored(number)), life_table(*censored(number + 1)))
    theirs = answers["two_groups"][number]
    assert ours.chi_squared == pytest.approx(theirs["chi_squared"], rel=1e-9)
    assert ours.p == pytest.approx(theirs["p"], abs=1e-9)
