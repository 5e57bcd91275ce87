"""Trackers: one module per export format, and the way from a file to our tables.

Each module of a format holds one `Tracker` value, and `recognition.TRACKERS` lists them. Adding a
format is one module and one line there; the tests over all trackers pick it up.
"""

from typing import Final

import pandas as pd

from pmanalytics.trackers.assembling import read_file
from pmanalytics.trackers.model import FileTables, Tracker
from pmanalytics.trackers.recognition import TRACKERS

__all__ = ["TRACKERS", "FileTables", "Tracker", "list_trackers", "read_file"]

_SHOWN: Final = ("name", "title", "form", "verified", "export")


def list_trackers() -> pd.DataFrame:
    """The export formats that are read.

    One row per format: name (for `tracker =` in the configuration), title, form (csv, json or
    parquet), verified (how well the format is known) and export (how a person makes one).

    Examples:
        >>> list_trackers().query("name == 'github'")["form"].tolist()
        ['json']
    """
    rows = [(t.name, t.title, ", ".join(t.forms), t.verified, t.export) for t in TRACKERS]
    return pd.DataFrame(rows, columns=list(_SHOWN)).astype("str")
