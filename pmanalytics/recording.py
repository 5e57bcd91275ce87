"""Recording: decisions that were made are added to the file that keeps them."""

from pathlib import Path

import pandas as pd

from pmanalytics.appending import Rows, recorder, sound_rows
from pmanalytics.datasets import Dataset

__all__ = ["record_decisions"]


def record_decisions(place: Dataset | str | Path, decisions: Rows) -> pd.DataFrame:
    """Add decisions to the end of the decisions file.

    `place` is a dataset, whose configuration names the file, or the path of the file; a new file
    gets a header. `decisions` is a table or a list of mappings with columns of the table decisions
    (see `pma.columns()`). Rows that the file holds already, or that are given twice, are left out.
    Returns the rows that were written. What stands in the file is never rewritten, and two
    programs that record at once wait for each other. Text that a spreadsheet would take for a
    formula gets an apostrophe in front, which reading takes away again.

    Raises UsageError for a decision that says too little, where no file is configured, and for the
    sample that is a part of the package; InputError when the file is no table of decisions, or
    cannot be written.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> made = {"decided_on": "2026-07-16", "subject": "PAY-1", "kind": "drop"}
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder) / "decisions.csv"
        ...     len(record_decisions(file, [made])), len(record_decisions(file, [made]))
        (1, 0)
    """
    rows = sound_rows(decisions)
    with recorder(place) as add:
        return add(rows)
