"""Phrasing: titles of action items that may not say what is to be done, or when it is done.

A review list for the meeting that agrees on the items. It says nothing about who wrote a title, and
no share is made of it.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.metrics import phrases
from pmanalytics.metrics.grouping import By, bring_forward, group_columns
from pmanalytics.snapshots import Snapshot

__all__ = ["item_wording"]

COLUMNS: Final = ("item_id", "title", "reason", "word", "team", "service", "severity")
FEWEST_WORDS: Final = 3
NO_VERB: Final = "does not begin with a verb"
TOO_SHORT: Final = "fewer than three words"
END: Final = r"(?:[\s.,:;!?]|$)"
# What may stand before a title: marks in brackets, a ticket's key, a word with a colon.
MARKS: Final = r"^(?:\s|\[[^\]]*\]|\([^)]*\)|#?\d+|[A-Z][A-Z0-9]+-\d+|[^\pL\pN\s([]+)+"
PREFIX: Final = r"^[^:]{1,40}:\s+"
WORD: Final = r"[\pL\pN]+(?:[-_/.'’@][\pL\pN]+)*"
# The reasons that one pattern gives each, and where in the title it is looked for.
PATTERNS: Final[Mapping[str, str]] = {
    "vague verb": f"(?i)(?:^(?P<word>{phrases.VAGUE}){END})",
    "vague verb at the end": f"(?i)(?:^|\\s)(?P<word>{phrases.VAGUE_AT_END})[.!]?$",
    "does not say which fault": f"(?i)^(?P<word>{phrases.UNSPECIFIC})\\s*[.!]?$",
    "asks people to be careful": f"(?i)(?:^|[^\\pL])(?P<word>{phrases.CARE}){END}",
}
MERGED: Final = {"vague verb at the end": "vague verb"}


def item_wording(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Open action items whose title may not be actionable, specific or bounded.

    One row per open item and reason: item_id, title, reason (does not begin with a verb, vague
    verb, does not say which fault, asks people to be careful, fewer than three words), word (what
    in the title shows it), team, service and severity. Vague verbs are known in English, German,
    French and Spanish, all else in English only; titles in other languages are not listed. Lists of
    words find some such titles, and now and then one that is fine: read them, do not count them.
    Sources: Lunney, Lueder and Beyer, ;login: 2017; PagerDuty, postmortem-docs.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> list(pma.item_wording(q3))
        ['item_id', 'title', 'reason', 'word', 'team', 'service', 'severity']
    """
    by = group_columns(by, snapshot.items)
    chosen = (snapshot.items["state"] == "open") & snapshot.items["title"].notna()
    items = snapshot.items[chosen.to_numpy(dtype=bool)]
    codes, titles = pd.factorize(items["title"])
    found = _found(pd.Series(titles, dtype="str"))
    place = pd.DataFrame({"title_code": codes, "place": np.arange(len(items))})
    rows = place.merge(found, on="title_code").sort_values("place", kind="stable")
    listed = items.iloc[rows["place"].to_numpy()].reset_index(drop=True)
    table = listed.assign(reason=rows["reason"].to_numpy(), word=rows["word"].to_numpy())
    table = table.astype({"reason": "str", "word": "str"})
    extra = [name for name in by if name not in COLUMNS]
    return bring_forward(table[[*extra, *COLUMNS]], by)


def _found(titles: pd.Series) -> pd.DataFrame:
    """Each title's number with a reason and the word that shows it."""
    texts = _stripped(pa.array(titles, type=pa.string()))
    words = {reason: _captured(texts, pattern) for reason, pattern in PATTERNS.items()}
    words |= {NO_VERB: _no_verb(texts), TOO_SHORT: _too_short(texts)}
    parts = [
        pd.DataFrame({"title_code": np.arange(len(titles)), "reason": reason, "word": word})
        for reason, word in words.items()
    ]
    found = pd.concat(parts, ignore_index=True).dropna(subset=["word"])
    found["reason"] = found["reason"].replace(MERGED)
    return found.drop_duplicates(["title_code", "reason"])


def _stripped(titles: pa.Array) -> pa.Array:
    """Titles on one line from their first word on, without marks and prefixes before it."""
    plain = pc.utf8_normalize(pc.replace_substring(titles, "\u2019", "'"), form="NFKC")
    plain = pc.utf8_trim_whitespace(pc.replace_substring_regex(plain, r"\s+", " "))
    plain = pc.replace_substring_regex(plain, MARKS, "")
    shorter = pc.replace_substring_regex(plain, PREFIX, "")
    # `Add an alert: missing heartbeat` begins with its verb.
    begun = pc.match_substring_regex(plain, f"(?i)^{phrases.VERBS}{END}")
    return pc.replace_substring_regex(pc.if_else(begun, plain, shorter), MARKS, "")


def _captured(texts: pa.Array, pattern: str) -> pd.Series:
    """What a pattern calls `word` in each text, in lower case, missing where it does not fit."""
    word = pc.struct_field(pc.extract_regex(texts, pattern), "word")
    return pd.Series(pc.utf8_lower(word).to_pylist(), dtype="str")


def _no_verb(texts: pa.Array) -> pd.Series:
    """The first word, where no sentence that asks for work begins with it."""
    clear = _captured(texts, f"(?i)^(?P<word>{phrases.NO_VERB}){END}")
    english = pc.match_substring_regex(texts, f"(?i)\\s{phrases.COMMON_ENGLISH}\\s")
    maybe = _captured(texts, f"(?i)^(?P<word>{phrases.NO_VERB_IN_ENGLISH}){END}")
    begun = pc.match_substring_regex(texts, f"(?i)^{phrases.VERBS}{END}")
    sure = pc.and_(english, pc.invert(begun)).to_numpy(zero_copy_only=False).astype(bool)
    return clear.fillna(maybe.where(sure))


def _too_short(texts: pa.Array) -> pd.Series:
    """The whole title, where it is English and has fewer than three words."""
    few = pc.less(pc.count_substring_regex(texts, WORD), FEWEST_WORDS)
    first = f"{phrases.VERBS[:-1]}|{phrases.VAGUE[3:-1]}|{phrases.NO_VERB[3:]}"
    english = pc.match_substring_regex(texts, f"(?i)^{first}{END}")
    short = pc.and_(few, english).to_numpy(zero_copy_only=False).astype(bool)
    return pd.Series(pc.utf8_lower(texts).to_pylist(), dtype="str").where(short)
