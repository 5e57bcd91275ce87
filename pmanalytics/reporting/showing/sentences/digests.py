"""What a digest says to each team, and what incidents cost customers."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import pandas as pd

from pmanalytics import words
from pmanalytics.reporting.showing.sentences.parts import Said, Sentences, total_of
from pmanalytics.words import NEWS, counted

__all__ = ["DIGESTS"]

MOST_NAMED: Final = 4
MOST_TEAMS: Final = 14
QUIET: Final = (
    "Nothing is due next; nothing became overdue, lost its team, came back or was done in this "
    "period."
)


def _week_digest(table: pd.DataFrame) -> Sentences:
    """One sentence a team, in the order of the names: keys, because a chat finds a ticket by it."""
    if table.empty:
        return (QUIET,)
    teams = list(table.groupby("team", dropna=False, sort=True))
    said = [
        f"{words.plain(team) or 'Without a team'}: {'; '.join(_news(rows))}."
        for team, rows in teams[:MOST_TEAMS]
    ]
    left = len(teams) - MOST_TEAMS
    return (*said, f"And {counted(left, 'more team')}, on the page.") if left > 0 else tuple(said)


def _news(rows: pd.DataFrame) -> Iterator[str]:
    for news, label in NEWS.items():
        chosen = rows[rows["news"].eq(news).to_numpy(dtype=bool)]
        if chosen.empty:
            continue
        if news == "newly_done":
            yield f"{len(chosen):,} {label}"
            continue
        named = [_name(row) for row in chosen.head(MOST_NAMED).to_dict("records")]
        more = len(chosen) - len(named)
        yield f"{label} {', '.join(named)}{f' and {more:,} more' if more else ''}"


def _name(row: dict[str, object]) -> str:
    """The key of a ticket, with its day where that lies ahead, or the name of an incident."""
    if row["news"] == "came_back":
        return words.plain(row["incident_id"])
    # An item_id is source:key, and the source is plain from the key.
    key = words.plain(row["item_id"]).split(":", maxsplit=1)[-1]
    day = row["adjusted_due_on"]
    return f"{key} (by {day:%Y-%m-%d})" if row["news"] == "due_next" else key


def _product_threats(table: pd.DataFrame, *, span: str = "In all") -> Sentences:
    incidents = total_of(table, "incidents")
    if not incidents:
        return ("No incident is known that affected customers.",)
    minutes, unknown = total_of(table, "impact_minutes"), total_of(table, "minutes_unknown")
    repeats, overdue = total_of(table, "repeats"), total_of(table, "overdue_items")
    if unknown == incidents:
        first = (
            f"{span}, {counted(incidents, 'incident')}; for how long customers were affected is "
            "unknown."
        )
    else:
        apart = f"; of {unknown:,} more it is unknown" if unknown else ""
        known = counted(incidents - unknown, "incident")
        first = f"{span}, customers were affected for {minutes:,} minutes by {known}{apart}."
    came = "was the return" if repeats == 1 else "were the return"
    return (
        first,
        f"Of {counted(incidents, 'incident')}, {repeats:,} {came} of an earlier one; "
        f"{counted(overdue, 'promise')} behind them {'is' if overdue == 1 else 'are'} overdue.",
    )


DIGESTS: Final[Said] = {
    "product_threats": _product_threats,
    "product_threats_period": partial(_product_threats, span="In this period"),
    "week_digest": _week_digest,
}
