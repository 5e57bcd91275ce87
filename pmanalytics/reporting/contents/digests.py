"""The digest between two reports: what came up in a short period, and what is due next.

Nobody is to be surprised by the quarterly page. A waiver that was granted in time moves the day
that counts here, because the reader has to act on that one.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from pmanalytics import registry
from pmanalytics.changes import among
from pmanalytics.errors import UsageError
from pmanalytics.metrics.recurrence import repeats
from pmanalytics.periods import Period
from pmanalytics.reporting.showing.fronts import Answer
from pmanalytics.snapshots import Snapshot, snapshot
from pmanalytics.words import NEWS, counted

if TYPE_CHECKING:
    from pmanalytics.reporting.opening import Report

__all__ = ["digest_answers", "digest_limits", "digest_per_team", "week_digest"]

DAYS: Final = 7
COLUMNS: Final = (
    "team", "news", "item_id", "title", "adjusted_due_on", "closed_on", "severity", "service",
    "incident_id", "url",
)  # fmt: skip
# The fields whose history tells who owned an item.
OWNING: Final = ("owner", "team", "project", "owner_team")


def week_digest(report: "Report", *, days: int = DAYS) -> pd.DataFrame:
    """What a team has to know between two reports: due next, newly overdue, come back, done.

    One row per item or incident and piece of news, by team, kind of news and day: news is due_next
    (open, due in so many `days` from the as-of date on, that day included), newly_overdue (open,
    and its day passed in the period), newly_unowned (open without a team, which it had, or was not
    there, before the period), came_back (an incident that began in the period and is the return of
    an earlier one; the team owns its service) or newly_done (done in the period, and not open
    again). Then item_id, title, adjusted_due_on (the due day after waivers), closed_on, severity,
    service, incident_id and url; items without a team come last. Raises UsageError for a report
    without a period.

    Examples:
        >>> import pmanalytics as pma
        >>> report = pma.open_report(period="last-week", as_of="2026-10-12")
        >>> sorted(pma.week_digest(report)["news"].unique())
        ['due_next', 'newly_done', 'newly_overdue']
    """
    q, period = report.snapshot, _period(report)
    items, today = q.items, pd.Timestamp(q.as_of)
    due, still_open = items["adjusted_due_on"], items["state"].eq("open")
    masks = {
        "due_next": still_open & due.between(today, today + timedelta(days=days - 1)),
        # An item is overdue from the day after its due day on.
        "newly_overdue": still_open
        & (due < today)
        & _inside(due + pd.Timedelta(1, unit="D"), period),
        "newly_unowned": still_open & items["team"].isna() & _new_or_owned(report),
        "newly_done": items["state"].eq("done") & _inside(items["closed_on"], period),
    }
    parts = [
        items[mask.fillna(value=False).to_numpy(dtype=bool)].assign(news=news)
        for news, mask in masks.items()
    ]
    table = pd.concat([*parts, _came_back(q, period)], ignore_index=True).reindex(
        columns=list(COLUMNS)
    )
    place = {news: number for number, news in enumerate(NEWS)}
    table = table.assign(_order=table["news"].map(place).astype("int64"))
    order = ["team", "_order", "adjusted_due_on", "item_id", "incident_id"]
    return table.sort_values(order, ignore_index=True)[list(COLUMNS)]


def _period(report: "Report") -> Period:
    if report.snapshot.period is None:
        raise UsageError("A digest is about a period; give one, like 'last-week'.")
    return report.snapshot.period


def _inside(days: pd.Series, period: Period) -> pd.Series:
    return days.between(pd.Timestamp(period.start), pd.Timestamp(period.end))


def _before(report: "Report") -> Snapshot | None:
    """The world as known when the period began; nothing where the data begin later."""
    day = _period(report).start - timedelta(days=1)
    try:
        return snapshot(report.data, as_of=day)
    except UsageError:
        return None


def _new_or_owned(report: "Report") -> np.ndarray:
    """Which items had a team when the period began, or were not there yet."""
    items, before = report.snapshot.items, _before(report)
    if before is None:
        return np.ones(len(items), dtype=bool)
    unowned = before.items.loc[before.items["team"].isna(), "item_id"]
    return ~among(items["item_id"], unowned)


def _came_back(q: Snapshot, period: Period) -> pd.DataFrame:
    """The incidents of the period that are the return of an earlier one, each with its team."""
    names = repeats(q)["incident_id"]
    incidents = q.incidents[among(q.incidents["incident_id"], names)]
    incidents = incidents[_inside(incidents["started_on"], period).to_numpy(dtype=bool)]
    claims = registry.service_claims(q.whole.services).drop_duplicates("service")
    owner = claims.set_index("service")["team"].reindex(incidents["service"])
    team = incidents["team"].fillna(owner.set_axis(incidents.index))
    kept = ["incident_id", "title", "severity", "service", "url"]
    return incidents[kept].assign(team=team, news="came_back")


def digest_per_team(digest: pd.DataFrame) -> pd.DataFrame:
    """How much news each team has: one row per team, in the order of the names.

    Takes the table of `week_digest`; its columns are team and the kinds of news, counted.

    Examples:
        >>> import pmanalytics as pma
        >>> report = pma.open_report(period="last-week", as_of="2026-10-12")
        >>> list(pma.digest_per_team(pma.week_digest(report)))[:3]
        ['team', 'due_next', 'newly_overdue']
    """
    flags = {news: digest["news"].eq(news).astype("int64") for news in NEWS}
    counts = pd.DataFrame(flags).groupby(digest["team"], dropna=False).sum()
    return counts.reset_index()


def digest_answers(digest: pd.DataFrame, *, exhibit: str = "week_digest") -> tuple[Answer, ...]:
    """The first screen of a digest: how much there is of each kind of news.

    Takes the table of `week_digest`; each answer leads to the exhibit of that name. Without any
    news there are no answers.

    Examples:
        >>> import pmanalytics as pma
        >>> pma.digest_answers(pd.DataFrame({"news": [], "team": []}))
        ()
    """
    if digest.empty:
        return ()
    answers = []
    for news, label in NEWS.items():
        rows = digest[digest["news"].eq(news).to_numpy(dtype=bool)]
        teams = rows["team"].nunique()
        unowned = int(rows["team"].isna().sum())
        said = [counted(teams, "team")] if teams else []
        said += [f"{unowned:,} without a team"] if unowned and news != "newly_unowned" else []
        answers.append(
            Answer(
                label.capitalize(),
                f"{len(rows):,}",
                ", ".join(said),
                exhibit,
                items=tuple(rows["item_id"].dropna()),
                incidents=tuple(rows["incident_id"].dropna()) if news == "came_back" else (),
            )
        )
    return tuple(answers)


def digest_limits(report: "Report") -> tuple[str, ...]:
    """What a digest cannot know: of which sources nothing is at hand from before the period.

    Examples:
        >>> import pmanalytics as pma
        >>> report = pma.open_report(period="last-week", as_of="2026-10-12")
        >>> len(pma.digest_limits(report)) <= 1
        True
    """
    data, start = report.data, _period(report).start
    begin = pd.Timestamp(start, tz=data.settings.timezone)
    told = data.events.loc[
        data.events["field"].isin(OWNING).to_numpy(dtype=bool), "subject"
    ].drop_duplicates()
    copies = data.observations.loc[data.observations["observed_at"] < begin, "source"]
    items = data.items
    known = {*copies.dropna(), *items.loc[among(items["item_id"], told), "source"].dropna()}
    silent = sorted(set(items["source"].dropna()) - known)
    if not silent:
        return ()
    return (
        f"What {', '.join(silent)} said before {start} is not at hand: of these items only those "
        "that are new since then, or that a change of the registry left without a team, can be "
        "seen to be newly without one.",
    )
