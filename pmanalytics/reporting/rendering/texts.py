"""The text of markdown cells, made safe, and the words that a reader may look up."""

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["DEFINITIONS", "anchor", "rendered"]

_TAGS: Final = frozenset(
    {
        "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre",
        "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
    }
)  # fmt: skip

_ENTITY: Final = re.compile("&amp;(lt|gt|amp);")

DEFINITIONS: Final[Mapping[str, str]] = {
    "action item": "Work that came out of a postmortem. It may live in a tracker, or only in the "
    "document.",
    "promise": "The policy gives every action item a day by which it should be done. A promise is "
    "kept when the item was done on or before that day.",
    "due": "An item is due in a period when its policy date lies in that period. Items dropped in "
    "time do not count; they are shown beside.",
    "kept (attainment)": "Of the items due, the share that was done in time: done in time / (done "
    "in time + done late + open, overdue + dropped late).",
    "standing": "Where one item stands on the as-of date: done in time, done late, open and "
    "overdue, open and not yet due, dropped before or after it was due, without a target, or not "
    "to be judged because something is missing in the data.",
    "95% interval": "The range of true shares that would explain what was counted. With few items "
    "it is wide; two groups whose intervals overlap widely do not differ for certain.",
    "with the unknown": "The share if all items that cannot be judged were missed, and if all "
    "were kept. The truth lies in between.",
    "done by day 15": "The share of all items that were done 15 days after the clock started, "
    "items still open included. An average over done items only would look better than the truth.",
    "closed so far (cumulative incidence)": "The share of items that had been done, or dropped, by "
    "a day, with items that are still open counted fairly up to the as-of date.",
    "half done by day": "The day by which half of all items were done. 'Not reached' means that "
    "less than half are done.",
    "mean days open, of 90": "How many of the first 90 days an item was open, on average over all "
    "items.",
    "gap": "One named way in which it is unclear who answers for an item or a service.",
    "repeat": "An incident that is the return of an earlier one: named as such, or of the same "
    "service and cause, or tied by the same ticket.",
    "as of": "The report shows what was known on this day. Later events do not change it.",
}


def anchor(text: str, taken: set[str]) -> str:
    """A name for a place on the page, distinct from those already taken.

    Examples:
        >>> taken = set()
        >>> anchor("Are promises kept?", taken), anchor("Are promises kept", taken)
        ('are-promises-kept', 'are-promises-kept-2')
    """
    base = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "part"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    taken.add(name)
    return name


def rendered(text: str) -> str:
    """Markdown as HTML of a few harmless tags; links lead to the web only.

    Examples:
        >>> rendered("**Look** <script>alert(1)</script>").strip()
        '<p><strong>Look</strong> &lt;script&gt;alert(1)&lt;/script&gt;</p>'
    """
    import mistune
    import nh3

    markdown = mistune.create_markdown(escape=True, plugins=["table"])
    cleaned = str(
        nh3.clean(
            str(markdown(text)),
            tags=set(_TAGS),
            attributes={"a": {"href"}},
            attribute_filter=_web_only,
            url_schemes={"http", "https"},
            link_rel="noopener noreferrer",
        )
    )
    # mistune takes what was written as &lt; for five letters.
    return _ENTITY.sub(r"&\1;", cleaned)


def _web_only(tag: str, attribute: str, value: str) -> str | None:  # noqa: ARG001 as nh3 calls it
    return value if value.startswith(("https://", "http://")) else None
