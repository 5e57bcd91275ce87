"""What the tables of reviews and of how work is found say."""

from typing import Final

import pandas as pd

from pmanalytics import words
from pmanalytics.reporting.showing.sentences.parts import Said, Sentences, interval_words, total_of
from pmanalytics.words import counted, percent

__all__ = ["REVIEWS"]


def _discoverability(table: pd.DataFrame) -> Sentences:
    if len(table) != 1 or not table["items"].iloc[0]:
        return ()
    row = table.iloc[0]
    parts = "; ".join(
        f"{text} {percent(row[name])}"
        for name, text in words.COMPONENTS.items()
        if pd.notna(row[name])
    )
    return (f"Of {counted(row['items'], 'open item')}: {parts}.",)


def _participation(table: pd.DataFrame) -> Sentences:
    if len(table) != 1 or not table["reviews"].iloc[0] or pd.isna(table["both"].iloc[0]):
        return ()
    row = table.iloc[0]
    both, reviews = int(row["both"]), counted(row["reviews"], "review")
    said = f"The engineering and the product manager of the service were at {both:,} of {reviews}."
    if pd.isna(row["attainment_with"]) or pd.isna(row["attainment_without"]):
        return (said,)
    kept = [
        percent(row[f"attainment_{arm}"]) + interval_words(row[f"low_{arm}"], row[f"high_{arm}"])
        for arm in ("with", "without")
    ]
    return (
        said,
        f"Promises kept after such reviews: {kept[0]}; after all others: {kept[1]}. This is an "
        "association; it does not show that their presence made the difference.",
    )


def _review_timeliness(table: pd.DataFrame) -> Sentences:
    due = total_of(table, "due")
    if not due or table["reviewed_in_time"].isna().all():
        return ()
    held, missing = total_of(table, "reviewed_in_time"), total_of(table, "not_reviewed")
    if due == 1:
        became = "held in time" if held else "not held" if missing else "held late"
        return (f"The one review that was due was {became}.",)
    was_were = "was" if missing == 1 else "were"
    return (
        f"{held:,} of {counted(due, 'review')} that were due "
        f"{'was' if held == 1 else 'were'} held in time, "
        f"{missing or 'none'} {was_were} not held.",
    )


REVIEWS: Final[Said] = {
    "discoverability": _discoverability,
    "participation": _participation,
    "review_timeliness": _review_timeliness,
}
