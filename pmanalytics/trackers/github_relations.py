"""GitHub's relations: of what an issue is a duplicate, its parent, and what it waits for."""

import re
from collections.abc import Mapping
from typing import Final

import pandas as pd
import pyarrow as pa

from pmanalytics.reading.nested import objects, text_of
from pmanalytics.trackers.github_history import original_of
from pmanalytics.trackers.interpreting import as_lists, missing
from pmanalytics.trackers.model import Export

__all__ = ["ADDRESS", "originals", "related"]

# The address of an issue or of its repository, on github.com or a server of one's own.
ADDRESS: Final = r"^https?://[^/]+/(?:api/v3/)?(?:repos/)?(?P<repository>[^/]+/[^/]+)"
_ISSUE: Final = re.compile(f"{ADDRESS}/issues/(?P<number>[0-9]+)")
_RELATED: Final = ("parent", "subIssues", "sub_issues", "blockedBy", "blocking")


def originals(export: Export, columns: Mapping[str, pd.Series], state: pd.Series) -> pd.Series:
    """The issue that a duplicate is one of, or the word unknown where that is not named."""
    reason = columns.get("resolution", missing(export))
    duplicate = state.eq("dropped") & reason.str.lower().eq("duplicate")
    found = reason.where(duplicate).mask(duplicate, "unknown")
    for place in duplicate[duplicate].index if export.records else ():
        other = _key_of(original_of(export.records[place]))
        if other:
            found[place] = f"{export.system}:{other}"
    return found


def related(export: Export, repository: pd.Series) -> dict[str, pd.Series]:
    """The keys of parents, sub-issues and issues that block or are blocked, as the column links."""
    told = "parent" in export.columns or set(_RELATED) & set(export.header)
    if not told or not export.records or "links" in export.source.fields:
        return {}
    found = []
    for record, home in zip(export.records, repository, strict=True):
        keys = [_key_of(text_of(record.get("parent_issue_url")))]
        for name in _RELATED:
            value = record.get(name)
            if isinstance(value, dict):
                value = value.get("nodes", [value])
            for other in objects(value):
                number = text_of(other.get("number"))
                own = f"{home}#{number}" if number and isinstance(home, str) else ""
                keys.append(_key_of(text_of(other.get("url"))) or own)
        found.append([key for key in dict.fromkeys(keys) if key])
    return {"links": as_lists(pa.array(found, type=pa.large_list(pa.large_string())))}


def _key_of(address: str) -> str:
    """The key of the issue that an address leads to, or the empty text."""
    found = _ISSUE.match(address)
    return f"{found['repository']}#{found['number']}" if found else ""
