"""Tables with the columns of the metrics, their numbers made up by hand, and every chart of them."""

import json
from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go

import pmanalytics as pma
from pmanalytics.metrics.backlogs import AGE_BANDS
from pmanalytics.words import COMPONENTS, GAPS, STANDINGS

HOSTILE = (
    "<img src=x onerror=alert(1)> <b>$5</b> & $\\href{javascript:alert(1)}{x}$ "
    "<a href='javascript:alert(1)'>team</a>"
)
SEVERITIES = ["sev1", "sev2", None]
TEAMS = ["platform-reliability-engineering", HOSTILE, "identity and access", "web", "core", None]


def attainment_table(
    column: str | None = "severity", groups: list[object] | None = None
) -> pd.DataFrame:
    rows = [
        {column: group, "due": 40, "met": 31, "late": 5, "overdue": 4, "dropped_late": 0,
         "attainment": 0.775, "low": 0.62, "high": 0.88, "dropped_in_time": 1, "unknown": 0,
         "bound_low": 0.775, "bound_high": 0.775, "waived": 0, "attainment_adjusted": 0.775}
        for group in groups or SEVERITIES
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    return table if column else table.drop(columns=[None]).head(1)


def curve_table(column: str = "severity", groups: list[object] | None = None) -> pd.DataFrame:
    # 10 items: 2 done on day 3, 3 on day 10, one seen open until day 20, 2 done on day 100.
    days = [(0, 10, 0, 0.0), (3, 10, 2, 0.2), (10, 8, 3, 0.5), (20, 5, 0, 0.5), (100, 4, 2, 0.75)]
    rows = [
        {column: group, "outcome": outcome, "day": day, "at_risk": risk,
         "events": events if outcome == "done" else 0,
         "cumulative_incidence": share if outcome == "done" else 0.0,
         "low": max(share - 0.1, 0) if share else float("nan"),
         "high": min(share + 0.1, 1) if share else float("nan")}
        for group in groups or SEVERITIES
        for outcome in ("done", "dropped")
        for day, risk, events, share in days
    ]  # fmt: skip
    return pd.DataFrame(rows)


def backlog_table(column: str = "severity", groups: list[object] | None = None) -> pd.DataFrame:
    rows = [
        {column: group, "age_band": band, "items": 30 * place, "overdue": 20 * place}
        for group in groups or SEVERITIES
        for place, band in enumerate(AGE_BANDS)
    ]
    return pd.DataFrame(rows)


def flow_table(column: str = "severity", groups: list[object] | None = None) -> pd.DataFrame:
    quarters = [
        f"{year}Q{quarter}" for year in (2023, 2024, 2025, 2026) for quarter in (1, 2, 3, 4)
    ]
    rows = [
        {column: group, "period": quarter, "opening": 10 + place, "new": 5, "done": 4,
         "dropped": 1, "reopened": 1, "closing": 11 + place}
        for group in groups or SEVERITIES
        for place, quarter in enumerate(quarters)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def gap_table(column: str = "severity", groups: list[object] | None = None) -> pd.DataFrame:
    rows = [
        {column: group, "population": population, "items": 50, "with_gap": 20, "rate": 0.4,
         "low": 0.28, "high": 0.54, **{code: place for place, code in enumerate(GAPS)}}
        for group in groups or SEVERITIES
        for population in ("open", "cohort")
    ]  # fmt: skip
    return pd.DataFrame(rows)


def standings_table(column: str = "severity", groups: list[object] | None = None) -> pd.DataFrame:
    counts = {code: place + 1 for place, code in enumerate(STANDINGS)}
    rows = [{column: group, "total": 36, **counts} for group in groups or SEVERITIES]
    return pd.DataFrame(rows)


def discoverability_table(
    column: str = "severity", groups: list[object] | None = None
) -> pd.DataFrame:
    shares = {code: 0.1 * place for place, code in enumerate(COMPONENTS)}
    rows = [{column: group, "items": 12, **shares} for group in groups or SEVERITIES]
    return pd.DataFrame(rows)


def unowned_table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "service": ["ledger", HOSTILE, "geo"],
            "incidents": [3, 1, 0],
            "open_items": [1107, 2, 0],
            "overdue_items": [1005, 0, 0],
        }
    )


def repeats_table() -> pd.DataFrame:
    # INC-9 repeats two earlier incidents and is one incident that came back.
    return pd.DataFrame(
        {
            "incident_id": ["INC-9", "INC-9", "INC-7", "INC-8"],
            "repeat_of": ["INC-1", "INC-2", "INC-3", HOSTILE],
            "level": ["L2", "L1", "L2", "L3"],
            "days_between": [80, 30, 12, 5],
            "service": ["ledger", "ledger", "ledger", None],
            "cause": None,
            "open_before": [1, 2, 0, 1],
            "overdue_before": [0, 1, 0, 0],
            "preventive_open_before": pd.NA,
            "preventive_overdue_before": pd.NA,
        }
    )


def trend_table(column: str = "severity", groups: list[object] | None = None) -> pd.DataFrame:
    months = [f"{2025 + place // 12}-{1 + place % 12:02}" for place in range(14)]
    rows = [
        {column: group, "period": month, "due": 10 + place, "attainment": 0.5 + 0.01 * place,
         "centre": 0.6, "lower": 0.3, "upper": 0.9, "signal": None}
        for group in groups or SEVERITIES
        for place, month in enumerate(months)
    ]  # fmt: skip
    return pd.DataFrame(rows).astype({"signal": "str"})


def funnel_table(column: str = "severity", groups: list[object] | None = None) -> pd.DataFrame:
    rows = [
        {column: group, "due": 12 + 8 * place, "attainment": 0.5 + 0.05 * place, "expected": 0.6,
         "lower_95": 0.3 + 0.02 * place, "upper_95": 0.9 - 0.02 * place,
         "lower_998": 0.1 + 0.02 * place, "upper_998": 1 - 0.01 * place, "signal": None}
        for place, group in enumerate(groups or SEVERITIES)
    ]  # fmt: skip
    return pd.DataFrame(rows).astype({"signal": "str"})


def burn_table(column: str = "severity", groups: list[object] | None = None) -> pd.DataFrame:
    rows = [
        {column: group, "on_day": pd.Timestamp("2026-07-01") + pd.Timedelta(days=day),
         "due": day // 3, "done": day // 4 if day < 60 else None,
         "dropped": day // 20 if day < 60 else None}
        for group in groups or SEVERITIES
        for day in range(92)
    ]  # fmt: skip
    return pd.DataFrame(rows).astype({"done": "Int64", "dropped": "Int64"})


def mean_table(column: str = "severity", groups: list[object] | None = None) -> pd.DataFrame:
    rows = [
        {column: group, "day": day, "at_risk": 20, "events": 2, "mean": mean + 0.2 * place,
         "low": mean / 2, "high": 2 * mean}
        for place, group in enumerate(groups or SEVERITIES)
        for day, mean in ((0, 0.1), (100, 0.2), (400, 0.3))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def exposure_table(column: str = "severity", groups: list[object] | None = None) -> pd.DataFrame:
    # 12 of 20 in 1800 of 3000 days and 12 of 20 in 600 of 3000 days: W08 of the method.
    bands = [("0-15", 12, 1800, 12.0, 1.0, 0.38, 2.82), ("16-30", 2, 10, 1.0, None, None, None),
             ("91-365", 9, 900, 4.5, 2.0, 0.5, 8.0), ("31-90", 0, 0, None, None, None, None), ("all", 12, 600, 4.0, 6.0, 2.26, 16.9)]  # fmt: skip
    rows = [
        {column: group, "days_since": band, "repeats_while": seen, "days_while": days,
         "repeats_otherwise": 8, "days_otherwise": 3000 - days, "expected_by_chance": chance,
         "rate_ratio": ratio, "low": low, "high": high, "reading": "so it is"}
        for group in groups or SEVERITIES
        for band, seen, days, chance, ratio, low, high in bands
    ]  # fmt: skip
    return pd.DataFrame(rows)


def review_table(column: str = "severity", groups: list[object] | None = None) -> pd.DataFrame:
    rows = [
        {column: group, "incidents": 42, "due": 40, "reviewed_in_time": 31, "reviewed_late": 5,
         "not_reviewed": 4, "in_time": 0.775, "low": 0.62, "high": 0.88, "not_due": 2,
         "unknown": 0, "median_days": 2, "published": 40, "not_published": 2}
        for group in groups or SEVERITIES
    ]  # fmt: skip
    return pd.DataFrame(rows)


def gap_trend_table() -> pd.DataFrame:
    counts = {code: place for place, code in enumerate(GAPS)}
    rows = [
        {"period": period, "items": 60, "with_gap": 30, "rate": 0.5, "low": 0.4, "high": 0.6,
         "described": described, **counts}
        for period, described in (("2026Q1", 0), ("2026Q2", 59), ("2026Q3", 60))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def weak_table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "service": ["ledger", HOSTILE, "geo", "mail", "queue", None],
            "incidents": [9, 4, 3, 2, 1, 5],
            "repeats": [4, 3, 1, 0, 0, 2],
            "open_items": [5, 2, 1, 7, 0, 1],
            "overdue_items": [3, 0, 1, 6, 0, 1],
            "overdue_days": [120, 0, 14, 806, 0, 7],
        }
    )


def hand_off_table() -> pd.DataFrame:
    ways = [("core", "web", 3), ("core", HOSTILE, 1), ("web", "core", 6), (HOSTILE, "web", 2)]
    rows = [{"from_team": a, "to_team": b, "items": n, "hand_offs": n + 1} for a, b, n in ways]
    return pd.DataFrame(rows)


def map_table() -> pd.DataFrame:
    cells = [("core", "sev1", 9, 4), ("core", "sev2", 20, 0), (HOSTILE, "sev2", 12, 7),
             ("web", "sev1", 3, 0), (None, "sev2", 5, 2)]  # fmt: skip
    others = dict.fromkeys([code for code in STANDINGS if code != "overdue"], 0)
    rows = [
        {"team": team, "severity": severity, "total": total, **others, "overdue": overdue}
        for team, severity, total, overdue in cells
    ]
    return pd.DataFrame(rows)


def single(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the first group, as the metric returns them without `by`."""
    first = table[table["severity"] == "sev1"] if "severity" in table else table
    return first.drop(columns="severity", errors="ignore").reset_index(drop=True)


GROUPED: dict[str, tuple[Callable[..., go.Figure], Callable[..., pd.DataFrame]]] = {
    "attainment": (pma.plot_attainment, attainment_table),
    "attainment_trend": (pma.plot_attainment_trend, trend_table),
    "backlog": (pma.plot_backlog, backlog_table),
    "burn_up": (pma.plot_burn_up, burn_table),
    "completion_curve": (pma.plot_completion_curve, curve_table),
    "cumulative_flow": (pma.plot_cumulative_flow, flow_table),
    "discoverability": (pma.plot_discoverability, discoverability_table),
    "flow": (pma.plot_flow, flow_table),
    "funnel": (pma.plot_funnel, funnel_table),
    "gap_rates": (pma.plot_gap_rates, gap_table),
    "mean_cumulative": (pma.plot_mean_cumulative, mean_table),
    "repeat_exposure": (pma.plot_repeat_exposure, exposure_table),
    "review_timeliness": (pma.plot_review_timeliness, review_table),
    "standings": (pma.plot_standings, standings_table),
}
SINGLE: dict[str, tuple[Callable[..., go.Figure], Callable[..., pd.DataFrame]]] = {
    "gap_trend": (pma.plot_gap_trend, gap_trend_table),
    "hand_offs": (pma.plot_hand_offs, hand_off_table),
    "overdue_map": (pma.plot_overdue_map, map_table),
    "repeats": (pma.plot_repeats, repeats_table),
    "unowned_services": (pma.plot_unowned_services, unowned_table),
    "weak_services": (pma.plot_weak_services, weak_table),
}
FIGURES: dict[str, Callable[[], go.Figure]] = {
    **{f"{n}-alone": lambda p=p, t=t: p(single(t())) for n, (p, t) in GROUPED.items()},
    **{f"{n}-severity": lambda p=p, t=t: p(t()) for n, (p, t) in GROUPED.items()},
    **{f"{n}-team": lambda p=p, t=t: p(t("team", TEAMS)) for n, (p, t) in GROUPED.items()},
    **{n: lambda p=p, t=t: p(t()) for n, (p, t) in SINGLE.items()},
}
EMPTY: dict[str, tuple[Callable[..., go.Figure], pd.DataFrame]] = {
    **{name: (plot, single(table()).head(0)) for name, (plot, table) in GROUPED.items()},
    **{name: (plot, table().head(0)) for name, (plot, table) in SINGLE.items()},
}


def shown(figure: go.Figure) -> str:
    """Everything in the figure but its text alternative, as one text."""
    content = json.loads(figure.to_json())
    content["layout"].pop("meta")
    return json.dumps(content, ensure_ascii=False)


def notes(figure: go.Figure) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]
