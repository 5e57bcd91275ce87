"""Outcomes: what became of every file and its rows.

For every file, rows = items + incidents + filtered + duplicates + rejects.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.errors import PmanalyticsError
from pmanalytics.tables import TABLES, conform
from pmanalytics.trackers import FileTables

__all__ = ["OTHER_TABLES", "failed", "files_table", "rejects_table"]

OTHER_TABLES: Final = ("events", "attendance", "services", "teams", "people", "decisions")


def files_table(
    files: Sequence[FileTables],
    tables: Mapping[str, pd.DataFrame],
    older: pd.Series,
    surplus: pd.Series,
) -> pd.DataFrame:
    """One row per file: what became of its rows.

    `tables` are the tables of all files, each row with the number of its file in `_file`; `older`
    and `surplus` are the numbers of the files of the items and incidents that are no more.
    """
    items, incidents, old_items, old_incidents = (
        np.bincount(numbers.to_numpy(dtype=np.int64), minlength=len(files))
        for numbers in (tables["items"]["_file"], tables["incidents"]["_file"], older, surplus)
    )
    rows = [
        {
            "path": file.name,
            "format": file.format,
            "source": file.source,
            "sha256": file.sha256,
            "observed_at": file.observed_at,
            "rows": file.rows - _others(file),
            "items": items[number] - old_items[number],
            "incidents": incidents[number] - old_incidents[number],
            "filtered": file.filtered,
            "duplicates": old_items[number] + old_incidents[number],
            "rejects": len(file.rejects),
            "other": _others(file),
            "warnings": list(file.warnings),
        }
        for number, file in enumerate(files)
    ]
    return conform(pd.DataFrame(rows), "files")


def _others(file: FileTables) -> int:
    return sum(len(file.tables[name]) for name in OTHER_TABLES if name in file.tables)


def rejects_table(
    parts: Sequence[FileTables], failures: Mapping[str, PmanalyticsError]
) -> pd.DataFrame:
    """The rows that could not be read, and the files that could not."""
    whole = pd.DataFrame(
        [(name, pd.NA, "unreadable", str(problem)) for name, problem in failures.items()],
        columns=TABLES["rejects"].names,
    )
    frames = [part.rejects for part in parts if len(part.rejects)]
    return conform(pd.concat([*frames, whole], ignore_index=True) if frames else whole, "rejects")


def failed(failures: Mapping[str, PmanalyticsError]) -> pd.DataFrame:
    """Files that could not be read, as the table of files lists them."""
    rows = [
        {"path": name, "rows": 0, "items": 0, "incidents": 0, "filtered": 0, "duplicates": 0}
        | {"rejects": 0, "other": 0, "warnings": [str(problem)]}
        for name, problem in failures.items()
    ]
    return conform(pd.DataFrame(rows), "files")
