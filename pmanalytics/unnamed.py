"""Unnamed: findings that name persons, counted instead."""

from typing import Final

import pandas as pd

from pmanalytics.words import counted

__all__ = ["UNNAMED", "persons_counted"]

# Rules whose findings name a person.
OF_PERSONS: Final = ("unknown_person",)
UNNAMED: Final = "The registry knows no such persons; 'pmanalytics check --identify' names them."


def persons_counted(found: pd.DataFrame) -> pd.DataFrame:
    """The findings of `check`, with those that name persons as one row that counts them.

    Examples:
        >>> import pmanalytics as pma
        >>> found = persons_counted(pma.check(pma.sample()))
        >>> found.loc[found["rule"] == "unknown_person", "subject"].tolist()
        ['2 names']
    """
    personal = found["rule"].isin(OF_PERSONS).to_numpy(dtype=bool)
    names = found[personal].groupby("rule", sort=False)["items"].agg(["size", "sum"])
    rows = [
        ("warning", str(rule), counted(row["size"], "name"), int(row["sum"]), UNNAMED)
        for rule, row in names.iterrows()
    ]
    told = pd.DataFrame(rows, columns=found.columns).astype(found.dtypes.to_dict())
    return pd.concat([found[~personal], told], ignore_index=True)
