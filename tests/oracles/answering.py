"""Answers of lifelines and statsmodels, for the interpreter that has them: JSON in, JSON out.

Standard input is a list of questions, `{"ask": NAME, ...}`, and standard output the list of their
answers, each with the seconds that the library took.
"""

import json
import math
import sys
import time
import warnings
from typing import Any

Answer = dict[str, Any]


def survival(days: list[int], ended: list[int], at: list[int], tau: int) -> Answer:
    """Kaplan-Meier by lifelines: the share still open with log-log limits, median and mean."""
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times, restricted_mean_survival_time

    fitted = KaplanMeierFitter().fit(days, ended)
    limits = fitted.confidence_interval_survival_function_
    low, high = (limits.iloc[:, column].asof(at).tolist() for column in (0, 1))
    medians = median_survival_times(limits).to_numpy().ravel().tolist()
    return {
        "share": fitted.survival_function_at_times(at).tolist(),
        "low": low,
        "high": high,
        "median": [fitted.median_survival_time_, *medians],
        "mean": restricted_mean_survival_time(fitted, t=tau),
    }


def kaplan_meier(days: list[int], ended: list[int]) -> Answer:
    """Kaplan-Meier by lifelines and nothing else, to be timed."""
    from lifelines import KaplanMeierFitter

    return {"last": float(KaplanMeierFitter().fit(days, ended).survival_function_.iloc[-1, 0])}


def incidence(days: list[int], outcome: list[int]) -> Answer:
    """Aalen-Johansen of the first of two outcomes by statsmodels, with its errors."""
    from statsmodels.duration.survfunc import CumIncidenceRight

    fitted = CumIncidenceRight(days, outcome)
    return {
        "day": fitted.times.tolist(),
        "share": fitted.cinc[0].tolist(),
        "error": fitted.cinc_se[0].tolist(),
    }


def incidence_untied(days: list[int], outcome: list[int]) -> Answer:
    """Aalen-Johansen by lifelines, which is exact only where no two items end on one day."""
    from lifelines import AalenJohansenFitter

    fitted = AalenJohansenFitter(calculate_variance=False).fit(days, outcome, event_of_interest=1)
    return {"share": fitted.cumulative_density_.iloc[:, 0].tolist()}


def share(k: list[int], n: list[int]) -> Answer:
    """Wilson's interval by statsmodels."""
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(k, n, alpha=0.05, method="wilson")
    return {"low": list(map(float, low)), "high": list(map(float, high))}


def difference(k: int, n: int, other_k: int, other_n: int) -> Answer:
    """Newcombe's interval by statsmodels."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    limits = confint_proportions_2indep(k, n, other_k, other_n, method="newcomb", compare="diff")
    return {"limits": list(map(float, limits))}


def exact_share(k: list[int], n: list[int]) -> Answer:
    """Clopper and Pearson's interval by statsmodels."""
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(k, n, alpha=0.05, method="beta")
    return {"low": list(map(float, low)), "high": list(map(float, high))}


def two_rates(x1: int, t1: float, x0: int, t0: float) -> Answer:
    """The exact test of two rates by statsmodels."""
    from statsmodels.stats.rates import test_poisson_2indep

    found = test_poisson_2indep(x1, t1, x0, t0, method="exact-cond")
    return {"ratio": found.ratio, "p": found.pvalue}


def two_groups(
    days: list[int], ended: list[int], other_days: list[int], other_ended: list[int]
) -> Answer:
    """The log-rank test by lifelines."""
    from lifelines.statistics import logrank_test

    found = logrank_test(days, other_days, ended, other_ended)
    return {"chi_squared": found.test_statistic, "p": found.p_value}


ASKED = {
    asked.__name__: asked
    for asked in (
        *(survival, kaplan_meier, incidence, incidence_untied, two_groups),
        *(share, exact_share, difference, two_rates),
    )
}


def answer(ask: str, **given: Any) -> Answer:
    """The answer to one question, and the best of the times that it took."""
    took = []
    for _ in range(5 if ask == "kaplan_meier" else 1):
        began = time.perf_counter()
        found = ASKED[ask](**given)
        took.append(time.perf_counter() - began)
    return {"seconds": min(took), **found}


def plain(value: Any) -> Any:
    """The same without numbers that JSON has no word for: not reached becomes null."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    number = float(value)
    return number if math.isfinite(number) else None


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    json.dump([plain(answer(**question)) for question in json.load(sys.stdin)], sys.stdout)
