"""Words that trackers use for states, severities and kinds, brought to ours.

What is not known is never guessed in silence: it stays, and a warning names the word, how many rows
have it, and the line of the configuration that settles it.
"""

import re
from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

__all__ = ["DROPPING", "STATE_WORDS", "kinds_of", "severities_of", "translated", "unknown_words"]

DONE: Final = (
    "done", "closed", "resolved", "completed", "complete", "fixed", "finished", "released",
    "deployed", "verified", "merged", "shipped",
)  # fmt: skip
DROPPED: Final = (
    "cancelled", "canceled", "won't do", "wont do", "won't fix", "wontfix", "rejected", "declined",
    "abandoned", "obsolete", "duplicate", "not planned", "not doing", "dropped", "invalid",
)  # fmt: skip
OPEN: Final = (
    "open", "opened", "reopened", "new", "to do", "todo", "backlog", "in progress", "in review",
    "selected for development", "ready", "blocked", "on hold", "waiting", "triage", "in testing",
    "patch available", "review", "under review", "code review", "ready for review",
    "in development", "acknowledged", "triggered",
)  # fmt: skip
STATE_WORDS: Final[Mapping[str, str]] = (
    dict.fromkeys(OPEN, "open") | dict.fromkeys(DONE, "done") | dict.fromkeys(DROPPED, "dropped")
)
# Resolutions that end a ticket without the work.
DROPPING: Final = frozenset(
    {
        "won't fix", "won't do", "wontfix", "wont do", "duplicate", "invalid", "cannot reproduce",
        "not a problem", "not a bug", "incomplete", "declined", "obsolete", "abandoned", "rejected",
        "cancelled", "canceled", "later", "workaround", "works for me", "works as designed",
        "known error", "information provided", "auto closed", "suspended", "not planned",
        "no longer needed", "out of scope",
    }
)  # fmt: skip
KINDS: Final = ("prevent", "detect", "mitigate", "process", "other")
SEVERITY: Final = re.compile(r"(?:sev(?:erity)?|s)?[\s_:\-.#]*([0-5])", re.IGNORECASE)


def folded(words: pd.Series) -> pd.Series:
    """Words without what people vary: case and outer blanks."""
    return words.astype("str").str.strip().str.casefold()


def translated(words: pd.Series, meanings: Mapping[str, str]) -> pd.Series:
    """What each word means, missing where the meanings do not have it.

    Examples:
        >>> translated(pd.Series([" Done", "Odd"], dtype="str"), {"done": "done"}).tolist()
        ['done', nan]
    """
    plain = {word.strip().casefold(): meaning for word, meaning in meanings.items()}
    codes, distinct = pd.factorize(folded(words))
    found = np.array([*(plain.get(word) for word in distinct), None], dtype=object)
    return pd.Series(found[codes], index=words.index, dtype="str")


def severities_of(
    words: pd.Series, *, configured: Mapping[str, str]
) -> tuple[pd.Series, tuple[str, ...]]:
    """Severities in the form sev2, other words as they are, and a warning about those.

    Examples:
        >>> words = pd.Series(["SEV-2", "severity::1", "3"], dtype="str")
        >>> severities_of(words, configured={})[0].tolist()
        ['sev2', 'sev1', 'sev3']
    """
    meant = translated(words, configured).fillna(words.str.strip())
    form = meant.str.extract(rf"^(?i:{SEVERITY.pattern})$", expand=False)
    odd = meant.notna() & form.isna()
    warnings = unknown_words(meant[odd], "severity", "severities", "sev2")
    return ("sev" + form).astype("str").fillna(meant), warnings


def kinds_of(
    words: pd.Series, *, configured: Mapping[str, str]
) -> tuple[pd.Series, tuple[str, ...]]:
    """Kinds in our words; others become `other`, and a warning names them."""
    meant = translated(words, configured).fillna(
        translated(words, dict(zip(KINDS, KINDS, strict=True)))
    )
    odd = words.notna() & meant.isna()
    warnings = unknown_words(words[odd], "kind", "kinds", "prevent")
    return meant.mask(odd, "other"), warnings


def unknown_words(words: pd.Series, what: str, section: str, example: str) -> tuple[str, ...]:
    """One warning for each unknown word: how many rows have it, and what settles it."""
    return tuple(
        f"The {what} {word!r} of {count} rows is not known; settle it under [source.{section}] "
        f"with a line like {toml(word)} = {toml(example)}."
        for word, count in words.value_counts().head(20).items()
    )


def toml(text: str) -> str:
    """Text as a TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
