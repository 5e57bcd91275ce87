"""What is doubtful about the data of a report, in sentences that name files, teams and incidents.

The findings are those of `check`, so that the command line and a report say the same. Names of
persons are counted and not repeated, because a report is read by more people than its data.
"""

from collections.abc import Iterator

import pandas as pd

from pmanalytics import words
from pmanalytics.datasets import Dataset
from pmanalytics.snapshots import Snapshot

__all__ = ["period_remark", "unread_files", "warning_sentences"]

LISTED_PER_RULE = 5


def warning_sentences(data: Dataset, snapshot: Snapshot, found: pd.DataFrame) -> list[str]:
    """Say each doubt once: about the period, files, names, links and dates, and stale exports.

    `found` is what `check` finds in the data.
    """
    found = found[(found["level"] == "warning").to_numpy(dtype=bool)]
    late = _stale(data, snapshot)
    # What lies before the as-of date is said in the words of the report.
    found = found[~((found["rule"] == "stale_source") & found["subject"].isin(late))]
    remark = period_remark(snapshot)
    said = [*([remark] if remark else []), *_findings(found), *late.values()]
    return list(dict.fromkeys(words.plain(sentence) for sentence in said))


def unread_files(rejects: pd.DataFrame) -> list[str]:
    """The names of the files that could not be read at all: their rejects name no row.

    Examples:
        >>> unread_files(pd.DataFrame({"file": ["a.csv", "b.csv"], "row": [3, None]}))
        ['b.csv']
    """
    return [words.plain(name) for name in rejects.loc[rejects["row"].isna(), "file"].unique()]


def period_remark(snapshot: Snapshot) -> str:
    """What a reader must know when the period is not over on the as-of date, else nothing."""
    period = snapshot.period
    if period is None or period.end < snapshot.as_of:
        return ""
    return f"The period is not over: it is counted up to {snapshot.as_of}."


def _findings(found: pd.DataFrame) -> Iterator[str]:
    for rule, rows in found.groupby("rule", sort=False):
        if rule == "unknown_person":
            is_are = "name of a person is" if len(rows) == 1 else "names of persons are"
            yield f"{len(rows):,} {is_are} not in the registry."
            continue
        shown = rows if rule == "file" else rows.head(LISTED_PER_RULE)
        yield from map(_sentence, shown.to_dict("records"))
        if len(rows) > len(shown):
            yield (
                f"{len(rows) - len(shown):,} more findings are of the kind "
                f"{str(rule).replace('_', ' ')}; 'pmanalytics check' lists all."
            )


def _sentence(finding: dict[str, object]) -> str:
    subject, items = str(finding["subject"]), int(finding["items"])  # type: ignore[call-overload]
    if finding["rule"] == "file" or not items:
        return f"{subject}: {finding['detail']}"
    if "items" in subject.split():
        return f"{items:,} {subject}: {finding['detail']}"
    return f"{subject} ({words.counted(items, 'item')}): {finding['detail']}"


def _stale(data: Dataset, snapshot: Snapshot) -> dict[str, str]:
    """Sources whose newest export is older than the as-of date, each with a sentence."""
    files = data.files[data.files["items"].fillna(0) > 0]
    newest = files.groupby("source")["observed_at"].max().dropna()
    days = newest.dt.tz_convert(data.settings.timezone).dt.date
    return {
        str(source): f"The newest export of {source} is from {day}: what was closed between then "
        f"and {snapshot.as_of} looks open, and perhaps overdue."
        for source, day in days.items()
        if day < snapshot.as_of
    }
