"""Dates in a locale, as a spreadsheet writes them when somebody saves an export again.

Few trackers write them, and none says in which locale, so the order of day and month is read off
the dates of the file; where they leave it open it is guessed, and that is said.
"""

import re
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.trackers.formats import CLOCK, Dates, parse_halves, until_blank

__all__ = ["parse_spreadsheet"]

_SHAPE: Final = (
    r"^(?P<first>[0-9]{1,2})(?:/(?P<slash>[0-9]{1,2})/(?:[0-9]{2})?"
    r"|-(?P<dash>[0-9]{1,2})-[0-9]{2}|\.(?P<dot>[0-9]{1,2})\.(?:[0-9]{2})?)[0-9]{2},?(?:\s.*)?$"
)
_CLOCK: Final = f"(?i)^{CLOCK}$"
_HALF_DAY: Final = r"(?i)[ap]\.?\s?m\.?$"
_LAST_MONTH: Final = 12


def parse_spreadsheet(texts: pa.Array) -> tuple[Dates, tuple[str, ...]]:
    """Parse dates like 11/01/2023 15:22, 29-02-2016 or 12.01.2026 14:05.

    Years may have two digits, but not between hyphens, where the year could come first.
    A full stop means that the day comes first. For the others one number above 12 tells the order
    of all; if there is none, a clock of 12 hours goes with the month first, one of 24 hours with
    the day first. Texts that then do not fit are missing. The second value is a sentence that says
    which order was taken, when there was anything to choose.

    Examples:
        >>> (written, _), _ = parse_spreadsheet(pa.array(["11/01/2023", "25/01/2023"]))
        >>> written.astype("datetime64[D]").astype(str).tolist()
        ['2023-01-11', '2023-01-25']
    """
    shape = pc.extract_regex(texts, _SHAPE)
    marked = {name: _filled(pc.struct_field(shape, name)) for name in ("slash", "dash", "dot")}
    either = marked["slash"] | marked["dash"]
    month_first = bool(either.any()) and _month_first(texts, shape, either)
    slash = _read(texts, r"[/-]", month_first=month_first)
    dot = _read(texts, r"\.", month_first=False)
    fits = either | marked["dot"]
    written = np.where(marked["dot"], dot[0], slash[0])
    written[~fits] = np.datetime64("NaT")
    missing = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[us]")
    warnings = (_sentence(texts, either, month_first=month_first),) if either.any() else ()
    return (written, missing), warnings


def _read(texts: pa.Array, mark: str, *, month_first: bool) -> Dates:
    ends = until_blank(texts)
    day, month = "(?P<d>[0-9]{1,2})", "(?P<m>[0-9]{1,2})"
    first, second = (month, day) if month_first else (day, month)
    long, short = (
        parse_halves(texts, ends, f"^{first}{mark}{second}{mark}{year},?$", _CLOCK)
        for year in ("(?P<Y>[0-9]{4})", "(?P<y>[0-9]{2})")
    )
    return np.where(np.isnat(long[0]), short[0], long[0]), long[1]


def _month_first(texts: pa.Array, shape: pa.Array, chosen: np.ndarray) -> bool:
    mask = pa.array(chosen)
    first = pc.struct_field(shape, "first").filter(mask).cast(pa.int64())
    slash, dash = pc.struct_field(shape, "slash"), pc.struct_field(shape, "dash")
    second = pc.if_else(pc.equal(slash, ""), dash, slash).filter(mask)
    day_leads = pc.max(first).as_py() > _LAST_MONTH
    month_leads = pc.max(second.cast(pa.int64())).as_py() > _LAST_MONTH
    if day_leads != month_leads:
        return bool(month_leads)
    half_days = pc.match_substring_regex(texts.filter(mask), _HALF_DAY)
    return bool(pc.any(half_days).as_py())


def _sentence(texts: pa.Array, chosen: np.ndarray, *, month_first: bool) -> str:
    example = texts[int(np.argmax(chosen))].as_py()
    mark = "/" if "/" in example else "-"
    order = "month" if month_first else "day"
    year = "%Y" if re.match(r"[^\s,]*[0-9]{4}", example) else "%y"
    other = mark.join(("%d", "%m", year) if month_first else ("%m", "%d", year))
    clock = " %I:%M %p" if example[-1:] in "Mm." else " %H:%M" if ":" in example else ""
    if example.count(":") > 1:
        clock = clock.replace("%M", "%M:%S")
    return (
        f"Dates like {example!r}, as a spreadsheet writes them, were read with the {order} first; "
        f'if that is wrong, set date_formats = ["{other}{clock}"] for the source.'
    )


def _filled(column: pa.Array) -> np.ndarray:
    return pc.not_equal(pc.fill_null(column, ""), "").to_numpy(zero_copy_only=False)
