"""Labels: what the labels of a ticket say of its incident: its severity, its date, its kind."""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from pmanalytics.registry import one_row_per_text
from pmanalytics.settings import Labels

__all__ = ["days_of", "label_days", "label_values", "severities_of", "single_value"]


def label_values(items: pd.DataFrame, *, labels: Labels) -> pd.DataFrame:
    """What the labels of each item say: severity, date and kind, with the index of the items.

    `severity` is in the form sev2 and `kind` in lower case, missing where labels contradict each
    other; `date` is the earliest valid date, a naive day. A pattern fits a whole label, in any
    case.

    Examples:
        >>> from pmanalytics.tables import conform
        >>> items = conform(pd.DataFrame({"labels": [["SEV-1", "20260312", "detect"]]}), "items")
        >>> label_values(items, labels=Labels())
          severity       date    kind
        0     sev1 2026-03-12  detect
    """
    position, written = one_row_per_text(items["labels"])
    values = {
        "severity": single_value(position, severities_of(written, labels), items.index),
        "date": _earliest(position, days_of(written, labels), items.index),
        "kind": single_value(position, _captured(written, labels.kind, str.casefold), items.index),
    }
    return pd.DataFrame(values)


def label_days(items: pd.DataFrame, *, labels: Labels) -> tuple[np.ndarray, pd.Series]:
    """Every valid date among the labels: the position of its item, and the day."""
    position, written = one_row_per_text(items["labels"])
    days = days_of(written, labels)
    valid = days.notna().to_numpy()
    return position[valid], days[valid].reset_index(drop=True)


def _captured(written: pd.Series, pattern: str, change: Callable[[str], str | None]) -> pd.Series:
    """The part of each label that a pattern for whole labels captures, missing where none fits."""
    compiled = re.compile(pattern, re.IGNORECASE)

    def part(label: str) -> str | None:
        found = compiled.fullmatch(label.strip())
        if found is None:
            return None
        captured = next((group for group in found.groups() if group is not None), found.group())
        return change(captured)

    codes, distinct = pd.factorize(written)
    parts = np.array([*map(part, distinct), None], dtype=object)
    return pd.Series(parts[codes], dtype="str")


def severities_of(written: pd.Series, labels: Labels) -> pd.Series:
    """The severity that each label says, in the form sev2, missing where it says none."""
    return _captured(written, labels.severity, _severity_word)


def _severity_word(captured: str) -> str:
    number = re.search(r"[0-9]+", captured)
    return f"sev{int(number.group())}" if number else captured.casefold()


def days_of(written: pd.Series, labels: Labels) -> pd.Series:
    """The day that each label says, missing where it says none."""
    eight = _captured(written, labels.date, _eight_digits)
    return pd.to_datetime(eight, format="%Y%m%d", errors="coerce").astype("datetime64[us]")


def _eight_digits(captured: str) -> str | None:
    digits = "".join(re.findall("[0-9]", captured))
    return digits if len(digits) == 8 else None


def single_value(position: np.ndarray, values: pd.Series, index: pd.Index) -> pd.Series:
    """The value of each item whose labels say one value only."""
    codes, distinct = pd.factorize(values)
    position, codes = position[codes >= 0], codes[codes >= 0]
    chosen = np.full(len(index), -1)
    chosen[position] = codes
    # What another label of the same item says otherwise is not clear.
    chosen[position[codes != chosen[position]]] = -1
    words = np.array([*distinct, None], dtype=object)
    return pd.Series(words[chosen], index=index, dtype="str")


def _earliest(position: np.ndarray, days: pd.Series, index: pd.Index) -> pd.Series:
    first = days.groupby(position).min()
    return first.reindex(range(len(index))).astype("datetime64[us]").set_axis(index)
