"""The columns of groups, items, files and questions: their words, and how values are written."""

from collections.abc import Mapping
from typing import Final

__all__ = ["LISTED"]

# column: (label, kind)
LISTED: Final[Mapping[str, tuple[str, str]]] = {
    # what tables are grouped by
    "severity": ("severity", "group"),
    "team": ("team", "group"),
    "service": ("service", "group"),
    "project": ("project", "group"),
    "product": ("product", "group"),
    "source": ("tracker", "group"),
    "kind": ("kind of action", "group"),
    "incident_period": ("period of the incident", "group"),
    "due_period": ("period in which it was due", "group"),
    "created_period": ("period in which it was created", "group"),
    "closed_period": ("period in which it was closed", "group"),
    "period": ("period", "group"),
    "span": ("incidents of", "text"),
    # items, shown one by one
    "title": ("title", "long"),
    "due_on": ("due", "day"),
    "started_on": ("incident on", "day"),
    "closed_on": ("closed", "day"),
    "days": ("days", "integer"),
    "days_over": ("days over", "overrun"),
    "url": ("ticket", "link"),
    "adjusted_due_on": ("due, with waivers", "day"),
    "resolved_on": ("over on", "day"),
    "causes": ("contributing causes", "text"),
    "policy": ("policy of", "day"),
    "gap": ("what is unclear", "long"),
    "verified_on": ("owner confirmed", "day"),
    "fact": ("what", "text"),
    "said": ("what is known", "long"),
    "where": ("where", "text"),
    "shown": ("what is shown", "long"),
    "news": ("what is new", "news"),
    # product_threats, and incidents shown one by one
    "impact_minutes": ("minutes affected", "integer"),
    "minutes_unknown": ("incidents with unknown minutes", "integer"),
    "customers_affected": ("customers affected", "integer"),
    "customers_unknown": ("incidents with unknown customers", "integer"),
    # what the next file buys
    "question": ("question", "text"),
    "answered": ("answered", "flag"),
    "known": ("known for", "integer"),
    "concerned": ("of", "integer"),
    "input": ("what to add", "text"),
    "gain": ("more", "integer"),
    "sentence": ("what it buys", "long"),
    # what the tests of a report found
    "test": ("test", "text"),
    "found": ("what was found", "long"),
    "exhibit": ("shown in", "code"),
    # files and rejected rows
    "path": ("file", "text"),
    "format": ("format", "code"),
    "rows": ("rows", "integer"),
    "filtered": ("left aside", "integer"),
    "duplicates": ("older copies", "integer"),
    "rejects": ("rejected", "integer"),
    "observed_at": ("exported", "text"),
    "file": ("file", "text"),
    "row": ("row", "integer"),
    "rule": ("rule", "code"),
    "detail": ("what was found", "long"),
}
