"""Scoped labels: what labels such as severity::2 or team::payments say."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.reading.cells import merged
from pmanalytics.trackers.vocabulary import distinct, severity_of

__all__ = ["scoped_columns"]

_SCOPES: Final = ("severity", "team", "service")


def scoped_columns(columns: Mapping[str, pd.Series]) -> dict[str, pd.Series]:
    """Severity, team and service from the scopes of labels, where the columns do not say them.

    Examples:
        >>> lists = pd.ArrowDtype(pa.list_(pa.string()))
        >>> labels = pd.Series([["a", "Severity::2"], None], dtype=lists)
        >>> scoped_columns({"labels": labels})["severity"].fillna("").tolist()
        ['sev2', '']
    """
    if "labels" not in columns:
        return {}
    lists = merged([pa.array(columns["labels"])])
    parents = pc.list_parent_indices(lists).to_numpy()
    labels = pd.Series(pc.list_flatten(lists).to_pandas(), dtype="str")
    found = {}
    for scope in _SCOPES:
        value = labels.str.extract(rf"(?i)^\s*{scope}::\s*(.+?)\s*$", expand=False)
        said = value.notna().to_numpy(dtype=bool)
        if not said.any():
            continue
        places, first = np.unique(parents[said], return_index=True)
        column = pd.Series(index=range(len(lists)), dtype="str")
        column.iloc[places] = value[said].to_numpy()[first]
        if scope == "severity":
            words = distinct(column)
            column = words.spread([severity_of(word) for (word,) in words.words])
        found[scope] = columns[scope].fillna(column) if scope in columns else column
    return found
