"""Dates: declared formats only, each distinct text parsed once, times without a zone localised."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

__all__ = ["ISO", "parse_days", "parse_moments"]

ISO: Final = "ISO8601"
ZONED: Final = r"(?:[zZ]|[+-]\d\d:?\d\d)$"


def parse_moments(written: pd.Series, *, formats: Sequence[str], zone: str) -> pd.Series:
    """Read moments as UTC; text that fits no format is missing.

    `formats` are tried in order, `ISO8601` among them; text with an offset keeps it, text without
    one is in `zone`. An hour that occurs twice is the first one; one that does not occur is moved
    to the next that does.

    Examples:
        >>> written = pd.Series(["12/Jan/26 11:19 AM", "2026-01-12T11:19:00+01:00", "soon"])
        >>> formats = ["%d/%b/%y %I:%M %p", ISO]
        >>> parse_moments(written, formats=formats, zone="UTC").dt.hour.tolist()
        [11.0, 10.0, nan]
    """
    codes, distinct = pd.factorize(written)
    found = _parsed(pd.Series(distinct, dtype="str"), formats, zone)
    values = np.append(found.to_numpy(dtype="datetime64[us]"), np.datetime64("NaT", "us"))
    return pd.Series(values[codes], index=written.index).dt.tz_localize("UTC")


def parse_days(written: pd.Series, *, formats: Sequence[str]) -> pd.Series:
    """Read days as they are written, whatever their zone; text that fits no format is missing.

    Examples:
        >>> parse_days(pd.Series(["2026-01-12T23:30:00Z"]), formats=[ISO]).dt.day.tolist()
        [12]
    """
    plain = written.str.replace(ZONED, "", regex=True)
    moments = parse_moments(plain, formats=formats, zone="UTC")
    return moments.dt.tz_localize(None).dt.normalize()


def _parsed(distinct: pd.Series, formats: Sequence[str], zone: str) -> pd.Series:
    """Distinct texts as naive UTC."""
    zoned = distinct.str.contains(ZONED, regex=True).fillna(value=False).to_numpy(dtype=bool)
    found = pd.Series(np.full(len(distinct), np.datetime64("NaT"), dtype="datetime64[us]"))
    for form in formats:
        for with_zone in (True, False):
            left = found.isna().to_numpy() & (zoned == with_zone)
            if left.any() and (form == ISO or not with_zone):
                found[left] = _by_format(distinct[left], form, zone, with_zone=with_zone)
    return found


def _by_format(texts: pd.Series, form: str, zone: str, *, with_zone: bool) -> np.ndarray:
    moments = pd.to_datetime(texts, format=form, errors="coerce", utc=with_zone)
    if with_zone:
        return moments.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    moments = moments.astype("datetime64[us]")
    first = np.ones(len(moments), dtype=bool)
    local = moments.dt.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
    return local.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
