"""Trackers: one module per export format, and the way from a file to our tables.

Each module of a format holds one `Tracker` value, and `recognition.TRACKERS` lists them. Adding a
format is one module, one line there and one sample; the tests over all trackers pick it up. Where a
format needs much code, modules beside its own hold a part of it, such as its words or its history.

The way of a file is the same for all: it is opened and recognised (opening, recognition), its cells
become columns (interpreting, dates, vocabulary), the tracker completes them, mostly with what the
signals of the state say (closing) and what a history tells (histories), and every row becomes a row
of a table, is filtered, or is a reject (naming, assembling).
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

    One row per format: name (for `tracker =` in the configuration), title, form (its forms, such as
    csv or json), verified (how well the format is known) and export (how a person makes one).

    Examples:
        >>> "postmortem_md" in set(list_trackers()["name"])
        True
    """
    rows = [(t.name, t.title, ", ".join(t.forms), t.verified, t.export) for t in TRACKERS]
    return pd.DataFrame(rows, columns=list(_SHOWN)).astype("str")
