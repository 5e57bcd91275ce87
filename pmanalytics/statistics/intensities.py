"""Intensities: what makes events that may come again more frequent, or less.

For analysts. The model of Andersen and Gill is Cox's regression on spans of time: each unit is at
risk in one or more spans, and a span ends with an event or without one. Spans of one unit are not
independent, so the standard errors that count are the robust ones. An association, no cause.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Intensities", "proportional_intensities"]

Numbers = NDArray[np.float64]

FEWEST_PER_COVARIATE: Final = 10
STEPS: Final = 30
PRECISION: Final = 1e-9
LARGEST: Final = 50.0


class Intensities(NamedTuple):
    """The logarithms of the rate ratios, one per covariate, with their standard errors.

    `naive_error` takes all spans for independent, `robust_error` only the clusters. NaN with fewer
    than 10 events per covariate, and where no finite value fits best.
    """

    coefficient: Numbers
    naive_error: Numbers
    robust_error: Numbers
    events: int


class _Spans(NamedTuple):
    """The spans, their covariates about the mean, and the times at which something happened."""

    start: Numbers
    stop: Numbers
    ended: NDArray[np.bool_]
    x: Numbers
    times: Numbers
    events: Numbers


class _RiskSets(NamedTuple):
    """The weight exp(x b) of each span, and what those at risk hold at each time of an event.

    That is the sum of their weights, and the mean and covariance of their covariates.
    """

    weight: Numbers
    total: Numbers
    mean: Numbers
    covariance: Numbers


def proportional_intensities(
    start: ArrayLike,
    stop: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    *,
    cluster: ArrayLike | None = None,
) -> Intensities:
    """How the rate of recurrent events depends on covariates, by the model of Andersen and Gill.

    Takes one entry per span: it is at risk at times t with start < t <= stop, and ends with an
    event (1) or without (0); `covariates` has one row per span. Spans of one cluster may
    depend on each other; without `cluster` each is its own. Ties after Breslow. Raises ValueError
    for what is missing and for spans that end before they begin. Formula: Andersen and Gill 1982;
    robust variance after Lin and Wei 1989, as in R's `coxph(..., ties = "breslow", cluster = id)`.

    Examples:
        >>> stop, event = [2, 3, 5, 7, 9] * 4, [1, 1, 1, 0, 1] * 4
        >>> found = proportional_intensities([0] * 20, stop, event, [[0], [1], [0], [1], [1]] * 4)
        >>> found.events, found.coefficient.round(3).tolist()
        (16, [-1.439])
    """
    spans = _spans(start, stop, event, covariates)
    events, width = int(spans.events.sum()), spans.x.shape[1]
    beta = _most_likely(spans) if events >= FEWEST_PER_COVARIATE * width else None
    if beta is None:
        nothing = np.full(width, np.nan)
        return Intensities(nothing, nothing, nothing, events)
    names = np.arange(spans.stop.size) if cluster is None else np.asarray(cluster)
    _, unit = np.unique(names, return_inverse=True)
    held = _risk_sets(spans, beta)
    inverse = np.linalg.inv(_information(spans, held))
    by_unit = np.zeros((int(unit.max(initial=-1)) + 1, width))
    np.add.at(by_unit, unit, _score_residuals(spans, held) @ inverse)
    robust = np.sqrt(np.diag(by_unit.T @ by_unit))
    return Intensities(beta, np.sqrt(np.diag(inverse)), robust, events)


def _spans(start: ArrayLike, stop: ArrayLike, event: ArrayLike, covariates: ArrayLike) -> _Spans:
    end = np.asarray(stop, dtype=np.float64).ravel()
    begin = np.broadcast_to(np.asarray(start, dtype=np.float64), end.shape)
    happened = np.broadcast_to(np.asarray(event, dtype=np.float64), end.shape)
    x = np.asarray(covariates, dtype=np.float64).reshape(end.size, -1 if end.size else 1)
    if not (np.all(np.isfinite(x)) and np.all(begin < end) and np.all(np.isin(happened, (0, 1)))):
        raise ValueError(
            "Spans must begin before they end, events be 0 or 1, and no covariate may be missing."
        )
    times, count = np.unique(end[happened == 1], return_counts=True)
    centre = x.mean(axis=0) if end.size else 0.0
    return _Spans(begin, end, happened == 1, x - centre, times, count.astype(np.float64))


def _most_likely(spans: _Spans) -> Numbers | None:
    """The coefficients at which the partial likelihood is largest, if there are any."""
    beta = np.zeros(spans.x.shape[1])
    for _ in range(STEPS):
        held = _risk_sets(spans, beta)
        information = _information(spans, held)
        if np.linalg.matrix_rank(information) < beta.size:
            return None
        score = spans.x[spans.ended].sum(axis=0) - spans.events @ held.mean
        step = np.linalg.solve(information, score)
        beta = beta + step
        if np.abs(spans.x @ beta).max() > LARGEST:
            return None
        if np.abs(step).max() < PRECISION:
            return beta
    return None


def _information(spans: _Spans, held: _RiskSets) -> Numbers:
    return np.tensordot(spans.events, held.covariance, axes=1)


def _risk_sets(spans: _Spans, beta: Numbers) -> _RiskSets:
    x, weight = spans.x, np.exp(spans.x @ beta)
    products = x[:, :, None] * x[:, None, :]
    total = _at_risk(spans, weight)
    mean = _at_risk(spans, weight[:, None] * x) / total[:, None]
    square = _at_risk(spans, weight[:, None, None] * products) / total[:, None, None]
    return _RiskSets(weight, total, mean, square - mean[:, :, None] * mean[:, None, :])


def _at_risk(spans: _Spans, values: Numbers) -> Numbers:
    """The sum of values over the spans at risk at each time: not yet over, but begun."""
    return _from(spans.stop, values, spans.times) - _from(spans.start, values, spans.times)


def _from(moments: Numbers, values: Numbers, times: Numbers) -> Numbers:
    """The sum of the values whose moment lies at each time or later."""
    order = np.argsort(moments, kind="stable")
    nothing = np.zeros((1, *values.shape[1:]))
    later = np.concatenate([np.cumsum(values[order][::-1], axis=0)[::-1], nothing])
    return later[np.searchsorted(moments[order], times, side="left")]


def _score_residuals(spans: _Spans, held: _RiskSets) -> Numbers:
    """What each span adds to the score: observed minus expected, about the mean at risk."""
    hazard = spans.events / held.total
    rise = np.concatenate([[0.0], np.cumsum(hazard)])
    drift = np.concatenate(
        [np.zeros((1, spans.x.shape[1])), np.cumsum(hazard[:, None] * held.mean, axis=0)]
    )
    begun = np.searchsorted(spans.times, spans.start, side="right")
    over = np.searchsorted(spans.times, spans.stop, side="right")
    expected = spans.x * (rise[over] - rise[begun])[:, None] - (drift[over] - drift[begun])
    residuals = -held.weight[:, None] * expected
    residuals[spans.ended] += spans.x[spans.ended] - held.mean[over[spans.ended] - 1]
    return residuals
