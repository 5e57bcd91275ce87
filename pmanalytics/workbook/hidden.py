"""The hidden sheet: what was given out with the workbook, as texts."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from xlsxwriter import Workbook

from pmanalytics.snapshots import Snapshot
from pmanalytics.workbook.baseline import baseline_table
from pmanalytics.workbook.books import protect
from pmanalytics.workbook.cells import distinct_texts
from pmanalytics.workbook.layout import BASELINE
from pmanalytics.workbook.rows import Block, Place, RowsSheet, text_cells

__all__ = ["write_baseline"]


def write_baseline(
    book: Workbook,
    snapshot: Snapshot,
    about: Mapping[str, Any],
    actions: pd.DataFrame,
    repeats: pd.DataFrame,
) -> None:
    """Write the baseline of the rows that two sheets give out, where no reader sees it."""
    given = ("state", "promised_on", "team")
    facts = snapshot.items.drop_duplicates("item_id").set_index("item_id")[list(given)]
    facts = facts.reindex(actions["item_id"]).set_axis(actions.index)
    shown = actions.assign(**{name: facts[name] for name in given})
    table = baseline_table(about, shown, repeats)
    page = book.add_worksheet(BASELINE, RowsSheet)
    columns = [
        text_cells(Place(place, 0, 0), *distinct_texts(table[name]), page)
        for place, name in enumerate(table)
    ]
    page.blocks.append(Block(0, columns, np.ones(len(table), dtype="uint8")))
    page._check_dimensions(len(table) - 1, len(columns) - 1)
    page.very_hidden()
    protect(page)
