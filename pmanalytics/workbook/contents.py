"""What stands on the sheets: the actions, the summary, and the words on the first sheet."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from pmanalytics.metrics.completion import attainment, standings
from pmanalytics.metrics.deadlines import at_risk
from pmanalytics.metrics.ownership import gap_rates, ownership_gaps
from pmanalytics.metrics.recurrence import repeats
from pmanalytics.metrics.similarity import similar_incidents
from pmanalytics.metrics.threats import product_areas
from pmanalytics.publication import publishable
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import GAPS, LEVELS, STANDINGS, counted, group_name
from pmanalytics.workbook.cells import sheet_names
from pmanalytics.workbook.given import given_answers, given_verdicts
from pmanalytics.workbook.layout import ACTIONS, REPEATS, STATE_WORDS, key_of

__all__ = [
    "about_lines",
    "actions_table",
    "recently",
    "repeats_table",
    "section",
    "sheet_lines",
    "summary_table",
    "table_sheet_names",
]

RECENT_DAYS: Final = 90
PURPOSE: Final = (
    "Action items from postmortems: which promises were kept, what is open, what is overdue, and "
    "where ownership is unclear. It speaks of work and teams, not of persons. That an item is done "
    "does not show that something was learned from the incident."
)
STANDING_MEANINGS: Final[Mapping[str, str]] = {
    "met": "closed as done on or before its policy date",
    "late": "closed as done after its policy date",
    "overdue": "not closed, and its policy date is past",
    "pending": "not closed, and its policy date is still to come",
    "dropped_in_time": "closed without being done, on or before its policy date",
    "dropped_late": "closed without being done, after its policy date",
    "no_target": "the policy gives no date to such items",
    "unknown": "something that the policy needs is missing, such as the date of the incident",
}


def recently(snapshot: Snapshot) -> date:
    """The first day whose closings are still news: the period's first, else 90 days back."""
    if snapshot.period is not None:
        return snapshot.period.start
    return snapshot.as_of - timedelta(days=RECENT_DAYS)


def actions_table(snapshot: Snapshot) -> pd.DataFrame:
    """Action items to act on: all that are open, and those closed recently.

    One row per item with item_id, url, title, incident_id, severity, team, service, kind, state,
    standing and gap in words, promised_on, due_on, closed_on and days_over (from the policy date to
    closing or as-of; below zero: days left). Overdue items come first, the longest overdue on top,
    then those due next, then open items without a date, then the closed ones, latest first. owners
    is there when the settings allow persons.
    """
    items = snapshot.items
    closed = items["state"].isin(["done", "dropped"])
    news = closed & (items["closed_on"] >= pd.Timestamp(recently(snapshot)))
    listed = items[(~closed | news).to_numpy(dtype=bool)]
    table = listed.assign(
        severity=_named(listed["severity"], "severity"),
        standing=listed["standing"].map(STANDINGS),
        state=listed["state"].fillna("").map(STATE_WORDS),
        gap=_gap_words(snapshot).reindex(listed["item_id"]).to_numpy(),
    )
    table = table.assign(**_harm(snapshot, listed), key=listed["item_id"].map(key_of), check=None)
    answers = given_answers(snapshot.decisions, snapshot.items).reindex(listed["item_id"])
    table = table.assign(**{name: answers[name].to_numpy() for name in answers})
    if snapshot.settings.persons:
        table["owners"] = [_joined(owners) for owners in listed["owners"]]
    names = ["url", *(column.name for column in ACTIONS)]
    names += ["owners"] if snapshot.settings.persons else []
    ordered = table.iloc[_order(listed)][names].reset_index(drop=True)
    return publishable(ordered, persons=snapshot.settings.persons)


def _harm(snapshot: Snapshot, items: pd.DataFrame) -> dict[str, pd.Series]:
    """What the incident of each item cost customers, and what came of it since."""
    whole = snapshot.whole.incidents.drop_duplicates("incident_id").set_index("incident_id")
    cost = whole.reindex(items["incident_id"]).set_axis(items.index)
    back = repeats(snapshot.whole).groupby("repeat_of")["incident_id"].agg("; ".join)
    chances = at_risk(snapshot).set_index("item_id").reindex(items["item_id"])
    return {
        "product": product_areas(snapshot)[1].reindex(items.index),
        "impact_minutes": cost["impact_minutes"],
        "customers_affected": cost["customers_affected"],
        "came_back": items["incident_id"].map(back).astype("str"),
        "chance": chances["chance"].set_axis(items.index),
        "like_it": chances["like_it"].set_axis(items.index),
    }


def repeats_table(snapshot: Snapshot) -> pd.DataFrame:
    """Incidents that came back, and pairs to look at, with the verdicts that were given."""
    known = repeats(snapshot)
    found = similar_incidents(snapshot)
    pairs = pd.concat([known, found.assign(level="L4")], ignore_index=True)
    whole = snapshot.whole.incidents.drop_duplicates("incident_id").set_index("incident_id")
    later = whole.reindex(pairs["incident_id"]).reset_index(drop=True)
    earlier = whole.reindex(pairs["repeat_of"]).reset_index(drop=True)
    said = given_verdicts(snapshot.decisions)
    index = pd.MultiIndex.from_frame(pairs[["incident_id", "repeat_of"]])
    said = said.reindex(index).reset_index(drop=True)
    table = pairs.assign(
        url=later["url"],
        title=later["title"],
        earlier_title=earlier["title"],
        product=later["product"],
        impact_minutes=later["impact_minutes"],
        customers_affected=later["customers_affected"],
        verdict=said["verdict"],
        reason=said["reason"],
        level=pairs["level"].map(LEVELS).fillna("similar text: to look at"),
        key=[key_of(a, b) for a, b in zip(pairs["incident_id"], pairs["repeat_of"], strict=True)],
    )
    return table[["url", *(column.name for column in REPEATS)]]


def _named(values: pd.Series, column: str) -> pd.Series:
    known = {value: group_name(value, column) for value in values.dropna().unique()}
    return values.map(known)


def _joined(values: Any) -> str:
    return "; ".join(map(str, values)) if isinstance(values, (list, tuple, np.ndarray)) else ""


def _gap_words(snapshot: Snapshot) -> pd.Series:
    """The gaps of each item in words, in the order of the codes."""
    gaps = ownership_gaps(snapshot)[["item_id", "code"]]
    gaps = gaps.assign(place=gaps["code"].map({code: place for place, code in enumerate(GAPS)}))
    gaps = gaps.sort_values(["item_id", "place"], kind="stable")
    return gaps["code"].map(GAPS).groupby(gaps["item_id"]).agg("; ".join)


def _order(items: pd.DataFrame) -> np.ndarray:
    rank = np.select(
        [
            items["standing"].eq("overdue").to_numpy(dtype=bool),
            items["standing"].eq("pending").to_numpy(dtype=bool),
            ~items["state"].isin(["done", "dropped"]).to_numpy(dtype=bool),
        ],
        [0, 1, 2],
        3,
    )
    keys = pd.DataFrame(
        {
            "rank": rank,
            "closed": np.where(rank == 3, -items["closed_on"].astype("int64"), 0),
            "over": np.where(rank < 2, -items["days_over"].to_numpy(float, na_value=0), 0),
            "severity": items["severity"].to_numpy(dtype=object),
            "item_id": items["item_id"].to_numpy(dtype=object),
        }
    )
    return keys.sort_values(list(keys), na_position="last", kind="stable").index.to_numpy()


def summary_table(snapshot: Snapshot, *, interval: str = "wilson") -> pd.DataFrame:
    """The organisation, its severities and its teams in one table, ready for publication.

    One row each with level (organisation, severity or team), group, due, met, attainment, low,
    high, overdue, open_items and with_gap. Shares of teams with few items are left out, as
    `publishable` does.
    """
    # The gaps are looked for once: those of a severity are the sum of its teams'.
    gaps = gap_rates(snapshot, by=["severity", "team"])
    gaps = gaps[gaps["population"] == "open"].rename(columns={"items": "open_items"})
    parts = [_summary(snapshot, by, interval, gaps) for by in (None, "severity", "team")]
    return pd.concat(parts, ignore_index=True)


def _summary(snapshot: Snapshot, by: str | None, interval: str, gaps: pd.DataFrame) -> pd.DataFrame:
    kept = publishable(attainment(snapshot, by=by, interval=interval))  # type: ignore[arg-type]
    stands = standings(snapshot, by=by)
    counts = ["open_items", "with_gap"]
    if by is None:
        joined = pd.concat(
            [
                kept[["due", "met", "attainment", "low", "high"]],
                stands[["overdue"]],
                gaps[counts].sum().to_frame().T,
            ],
            axis=1,
        )
        return _levelled(joined, "organisation", pd.Series(["all items"]))
    joined = kept[[by, "due", "met", "attainment", "low", "high"]]
    joined = joined.merge(stands[[by, "overdue"]], on=by, how="left")
    sums = gaps.groupby(by, dropna=False)[counts].sum().reset_index()
    joined = joined.merge(sums, on=by, how="left")
    names = [group_name(value, by) for value in joined[by]]
    return _levelled(joined.drop(columns=by), by, pd.Series(names, dtype="str"))


def _levelled(table: pd.DataFrame, level: str, names: pd.Series) -> pd.DataFrame:
    counts = ["due", "met", "overdue", "open_items", "with_gap"]
    shares = ["attainment", "low", "high"]
    types = dict.fromkeys(counts, "Int64") | dict.fromkeys(shares, "Float64")
    typed = table.fillna({"open_items": 0, "with_gap": 0, "overdue": 0}).astype(types)
    typed.insert(0, "level", pd.Series([level] * len(table), dtype="str"))
    typed.insert(1, "group", names)
    return typed


def about_lines(
    snapshot: Snapshot, about: Mapping[str, Any], *, interval: str = "wilson"
) -> list[tuple[str, str]]:
    """What the first sheet says, as pairs of a heading and a text."""
    return [
        ("What this is", PURPOSE),
        ("Organisation", about.get("organisation") or "not named in the configuration"),
        ("Period", about.get("period_label") or about.get("period") or "all items"),
        ("As of", f"{snapshot.as_of.isoformat()}: what happened later is not in here"),
        ("Time zone", f"days are counted in {snapshot.settings.timezone}; dates are local days"),
        *section("Policy", about.get("policy", ())),
        *section("Method", about.get("method", ())),
        *section("Counted", _counts(about)),
        *section("How to read", _guide(snapshot, interval)),
        *section("Standing", [f"{STANDINGS[c]}: {said}" for c, said in STANDING_MEANINGS.items()]),
        *section("Warnings", about.get("warnings") or ["none"]),
    ]


def section(heading: str, sentences: Sequence[str]) -> list[tuple[str, str]]:
    """An empty line, then the sentences, the first beside the heading."""
    headings = [heading, *[""] * len(sentences)]
    return [("", ""), *zip(headings, map(str, sentences), strict=False)] if sentences else []


def table_sheet_names(tables: Iterable[str]) -> list[str]:
    """The names of the sheets of further tables, in words and unique.

    Examples:
        >>> table_sheet_names(["attainment_by_team", "summary"])
        ['attainment by team', 'summary 2']
    """
    spaced = [name.replace("_", " ") for name in tables]
    return sheet_names(spaced, taken=("About", "Summary", "Actions"))


def sheet_lines(tables: Iterable[str], titles: Mapping[str, str]) -> list[str]:
    """Say of every sheet what it holds, and of what has no sheet where it is."""
    names = list(tables)
    sheets = zip(table_sheet_names(names), names, strict=True)
    return [
        "Summary: promises kept, open, overdue and unclear, for all items, each severity and team.",
        "Actions: one row for every item to act on.",
        *(f"{sheet}: {titles[name]}." if name in titles else f"{sheet}." for sheet, name in sheets),
        *(
            f"Without a sheet here: {title}; its figures are in tables/{name}.csv."
            for name, title in titles.items()
            if name not in names
        ),
    ]


def _counts(about: Mapping[str, Any]) -> list[str]:
    counts = [f"{number:,} {name}" for name, number in about.get("counts", {}).items()]
    rejects = int(about.get("reject_count", 0))
    said = f"{counted(rejects, 'row')} of the exports could not be read; the page lists them"
    left_out = [said] if rejects else []
    unread = [f"{name} could not be read" for name in about.get("unread_files", ())]
    return [*([", ".join(counts)] if counts else []), *unread, *left_out]


def _guide(snapshot: Snapshot, interval: str) -> list[str]:
    period = "in the period" if snapshot.period else "up to the as-of date"
    grown = ", widened because items of one incident share a fate" * (interval == "cluster")
    return [
        f"Summary: share kept = items done in time / items whose policy date fell {period}. "
        f"The two limits hold the range of shares that such counts allow (95% interval{grown}).",
        "Summary: for teams with fewer than 10 items due the share is left out, with fewer than 5 "
        "the limits too, because so few items say little. What is open is as of the as-of date.",
        f"Actions: every open item, and what was closed since {recently(snapshot).isoformat()}. "
        "Overdue items come first, then those due next.",
        "Actions: promised date is what the ticket says, policy date is what the policy gives. "
        "Days are counted from the policy date to the closing or the as-of date.",
        "Actions: ownership gap says in which way it is unclear who answers for the item; empty "
        "means that none was found.",
        "A coloured cell marks an overdue item; the words in it say the same.",
    ]
