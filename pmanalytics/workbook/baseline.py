"""The baseline: a hidden sheet that remembers what a workbook was when it was given out."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pmanalytics.workbook.layout import (
    ANSWERS,
    BASELINE_FACTS,
    KEY,
    MARK,
    VERDICT_ANSWERS,
    VERSION,
)

__all__ = ["baseline_table"]

ABOUT = ("organisation", "sample", "as_of", "period", "subject")


def baseline_table(
    about: Mapping[str, Any], actions: pd.DataFrame, repeats: pd.DataFrame
) -> pd.DataFrame:
    """All that the baseline holds, as texts without a header.

    The first row is MARK and VERSION. Then come rows `about, name, value`, rows
    `item, key, item_id, title, state, promised_on, team` with the answers in the order of ANSWERS,
    and rows `repeat, key, incident_id, repeat_of` with those of VERDICT_ANSWERS. Days are in ISO
    form, what is missing is missing. `actions` and `repeats` are the tables of the sheets with the
    facts of BASELINE_FACTS as the snapshot has them.
    """
    told = [["about", name, str(about.get(name) or "")] for name in ABOUT]
    head = pd.DataFrame([[MARK, VERSION, None], *told], dtype="str")
    parts = [
        _rows("item", actions, [column.name for column in ANSWERS]),
        _rows("repeat", repeats, [column.name for column in VERDICT_ANSWERS]),
    ]
    table = pd.concat([head, *parts], ignore_index=True)
    return table.set_axis([f"c{place}" for place in range(table.shape[1])], axis=1)


def _rows(record: str, table: pd.DataFrame, answers: list[str]) -> pd.DataFrame:
    told = table[[KEY.name, *BASELINE_FACTS[record], *answers]]
    texts = {name: _texts(told[name]) for name in told}
    rows = pd.DataFrame({"record": record, **texts}, index=told.index)
    return rows.set_axis(range(rows.shape[1]), axis=1)


def _texts(values: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return values.dt.strftime("%Y-%m-%d").astype("str")
    return values.astype("str")
