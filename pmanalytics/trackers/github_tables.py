"""GitHub as a table: the view of a project, and what scripts write of `gh issue list`.

The view of a project has the fields that it shows, in its order, and no number: the address tells
the issue, and a draft has none. Scripts write what they like; some of them write an issue several
times, once for each of its areas, and some write neither number nor address, so that nothing but
the title names an issue.
"""

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from pmanalytics.trackers.interpreting import as_lists
from pmanalytics.trackers.model import Header
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["drafts", "table_of", "united_labels"]

_OF_VIEW: Final = frozenset(
    ("Assignees", "Linked pull requests", "Sub-issues progress", "Repository", "Parent issue")
)
_NOT_OF_VIEW: Final = frozenset(
    ("ID", "IID", "Issue ID", "Issue id", "Key", "Issue key", "Number", "State")
)
_OF_SCRIPT: Final = frozenset(
    ("createdat", "created_at", "closedat", "closed_at", "url", "html_url", "updated_at",
     "updatedat")
)  # fmt: skip
# Who closed an issue; scripts that leave out its number write that.
_CLOSERS: Final = frozenset(("closer", "closed_by", "closedby"))


def table_of(header: Header) -> str:
    """The table that a header fills: items, or none when it is not GitHub's."""
    written = {name.strip() for name in header}
    if written >= {"Title", "URL"} and written & _OF_VIEW and not written & _NOT_OF_VIEW:
        return "items"
    names = {fold_word(name) for name in header}
    known = names >= {"number", "title", "state"} or ("title" in names and names & _CLOSERS)
    script = known and names & _OF_SCRIPT
    return "items" if script and not names & {"key", "item_id", "iid"} else ""


def drafts(system: str, key: pd.Series, title: pd.Series) -> pd.Series:
    """The names of rows that are no issue yet: their titles, numbered where they come again."""
    named = title.where(key.isna())
    again = named.groupby(named).cumcount()
    again = again.reindex(named.index).fillna(0).astype("int64")
    number = (" (" + (again + 1).astype("str") + ")").where(again.gt(0), "")
    return f"{system}:" + named + number


def united_labels(labels: pd.Series, key: pd.Series) -> tuple[pd.Series, int]:
    """Each row with the labels of all rows of its issue, and how many rows repeat an issue.

    Examples:
        >>> lists = pd.ArrowDtype(pa.list_(pa.string()))
        >>> labels = pd.Series([["a"], ["b"], ["c"]], dtype=lists)
        >>> united, repeated = united_labels(labels, pd.Series(["x#1", "x#1", "x#2"]))
        >>> [list(row) for row in united], repeated
        ([['a', 'b'], ['a', 'b'], ['c']], 1)
    """
    several = (key.duplicated(keep=False) & key.notna()).to_numpy(dtype=bool)
    places = np.flatnonzero(several)
    if not len(places):
        return labels, 0
    rows = pa.array(labels).to_pylist()
    together: dict[str, dict[str, None]] = {}
    for place in places:
        together.setdefault(key[place], {}).update(dict.fromkeys(rows[place] or ()))
    differing = any(list(together[key[place]]) != (rows[place] or []) for place in places)
    if not differing:
        return labels, 0
    for place in places:
        rows[place] = list(together[key[place]])
    united = as_lists(pa.array(rows, type=pa.large_list(pa.large_string())))
    return united, len(places) - len(together)
