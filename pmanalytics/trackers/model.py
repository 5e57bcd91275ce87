"""What a tracker format is, and what reading a file gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from pmanalytics.reading.sheets import Sheet

__all__ = ["FileTables", "Findings", "Tracker"]

Form = Literal["csv", "json"]


@dataclass(frozen=True, eq=False)
class FileTables:
    """One file, read: its tables, and what became of every row."""

    name: str
    format: str
    source: str
    sha256: str
    rows: int
    tables: Mapping[str, pd.DataFrame]
    filtered: int
    rejects: pd.DataFrame
    warnings: tuple[str, ...]
    observed_at: pd.Timestamp


@dataclass(frozen=True, eq=False)
class Findings:
    """What a tracker knows of its rows beyond its columns.

    `state` is open, done, dropped or missing; `unknown` marks the rows whose status word nobody
    knows (they are taken as open and named in a warning); `columns` replace or add canonical ones.
    """

    state: pd.Series
    unknown: np.ndarray
    columns: Mapping[str, pd.Series] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tracker:
    """One export format: how it is recognised, what its columns mean, and what it cannot say."""

    name: str
    title: str
    system: str
    form: Form
    recognise: Callable[[frozenset[str]], bool]
    columns: Mapping[str, tuple[str, ...]]
    states: Callable[[Sheet, pd.DataFrame], Findings]
    dates: tuple[str, ...]
    how_to_export: str
    verified: str
    cannot_say: str
    zone: str | None = None
    table: Literal["items", "incidents"] = "items"
    needs: Callable[[str], bool] = lambda name: False  # noqa: ARG005
    aside: Callable[[Sheet], np.ndarray] | None = None
    flatten: Callable[[list[dict[str, Any]]], dict[str, list[Any]]] | None = None
    limits: Callable[[int, Sheet], tuple[str, ...]] = lambda rows, sheet: ()  # noqa: ARG005
