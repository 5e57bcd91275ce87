"""Lists: what a reader may choose from where an answer has choices."""

import pandas as pd

from pmanalytics.snapshots import Snapshot
from pmanalytics.workbook.layout import DECISIONS, LISTS, ROLES, VERDICTS

__all__ = ["choices_table"]


def choices_table(snapshot: Snapshot) -> pd.DataFrame:
    """The choices of answers, one column for each kind, filled from above.

    Columns are those of LISTS. Teams are those of the registry, owners of services included; where
    it knows none, those that items name.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> choices_table(q3)["decision"].dropna().tolist()
        ['keep', 'drop', 'ask for a waiver']
    """
    columns = {"team": _teams(snapshot), "decision": DECISIONS, "verdict": VERDICTS, "role": ROLES}
    told = [pd.Series(list(columns[column.name]), name=column.name) for column in LISTS]
    return pd.concat(told, axis=1).astype("str")


def _teams(snapshot: Snapshot) -> list[str]:
    whole = snapshot.whole
    known = pd.concat([whole.teams["team"], whole.services["team"]]).dropna()
    teams = known if len(known) else whole.items["team"].dropna()
    return sorted(teams.unique(), key=lambda name: (name.casefold(), name))
