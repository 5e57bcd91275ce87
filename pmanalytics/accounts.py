"""Accounts: what `init` and `check` tell a newcomer, as lines for a terminal.

What concerns most comes first, counts stand under each other, and each kind of trouble ends with
the line of the configuration that settles it. Text from an export is made harmless line by line.
"""

import shlex
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pandas as pd

from pmanalytics.drafting import Draft
from pmanalytics.drafting.looking import Seen, rows_in_words
from pmanalytics.settings import CONFIGURATION_FILE
from pmanalytics.unnamed import UNNAMED
from pmanalytics.words import counted, finding_words, plain

__all__ = ["account_of_check", "account_of_draft", "account_of_inputs"]

WIDTH: Final = 100
_MOST_INPUTS: Final = 8
_MOST_FILES: Final = 5
_FEW: Final = 3
_INDENT: Final = "  "


def account_of_check(found: pd.DataFrame, inputs: pd.DataFrame, *, width: int = WIDTH) -> str:
    """The findings of `check`, and what the next file buys, as text.

    Examples:
        >>> from pmanalytics.checks import check
        >>> import pmanalytics as pma
        >>> data = pma.sample()
        >>> account_of_check(check(data), pma.next_inputs(data)).splitlines()[0]
        'ERRORS: what could not be read'
    """
    headings = {
        "error": "ERRORS: what could not be read",
        "warning": "WARNINGS: what makes the figures say less than they could",
    }
    lines: list[str] = []
    for level, heading in headings.items():
        rows = found[(found["level"] == level).to_numpy(dtype=bool)]
        if len(rows):
            lines += [heading, "", *_by_rule(rows, width)]
    counts = found["level"].value_counts()
    said = [counted(counts.get(level, 0), level) for level in headings]
    return "\n".join([*lines, account_of_inputs(inputs, width=width), "", ", ".join(said)])


def _by_rule(rows: pd.DataFrame, width: int) -> Iterator[str]:
    order = rows.groupby("rule")["items"].sum().sort_values(ascending=False, kind="stable").index
    places = max(len(f"{items:,}") for items in rows["items"])
    for rule in order:
        title, settle = finding_words(str(rule))
        yield f"{_INDENT}{plain(title)}"
        alike = rows[rows["rule"] == rule]
        single = len(alike) > 1 and len(set(alike["detail"])) == 1
        for row in alike.itertuples():
            number = f"{row.items:,}" if row.items else "-"
            named = _is_name(rule) and row.detail != UNNAMED
            text = plain(row.subject) if single or named else _told(row)
            yield from _wrapped(f"{number:>{places}}  ", text, width)
        if settle:
            yield from _wrapped(" " * places + "  -> ", settle, width)
        yield ""


def _is_name(rule: object) -> bool:
    """Whether the heading of a rule says all there is to say of its subjects."""
    return str(rule) in ("unknown_team", "unknown_service", "unknown_person", "unknown_incident")


def _told(row: Any) -> str:
    # Where the heading says what it is, the subject only says it again.
    if row.subject == finding_words(row.rule)[0]:
        return plain(row.detail)
    return plain(f"{row.subject}: {row.detail}")


def _wrapped(start: str, text: str, width: int) -> list[str]:
    return textwrap.wrap(
        plain(text),
        width,
        initial_indent=_INDENT * 2 + start,
        subsequent_indent=_INDENT * 2 + " " * min(len(start), width // 2),
        break_long_words=False,
        break_on_hyphens=False,
    )


def account_of_inputs(inputs: pd.DataFrame, *, width: int = WIDTH) -> str:
    """What the next file buys, as text: every question, then the inputs worth most."""
    questions = inputs.drop_duplicates("question")
    answered = int(questions["answered"].sum())
    head = f"WHAT THE NEXT FILE BUYS: {answered} of {len(questions)} questions can be answered."
    longest = max(len(question) for question in questions["question"])
    lines = [
        f"{_INDENT}{'yes' if row.answered else 'no':<3}  {row.question:<{longest}}  "
        f"{_share(row.known, row.concerned)}".rstrip()
        for row in questions.itertuples()
    ]
    useful = inputs.dropna(subset=["sentence"])
    useful = useful.sort_values("gain", ascending=False, kind="stable").drop_duplicates("input")
    if len(useful):
        lines += ["", f"{_INDENT}What would answer more:"]
    for sentence in useful["sentence"].head(_MOST_INPUTS):
        lines += _wrapped("", sentence, width)
    return "\n".join([head, "", *lines])


def _share(known: int, concerned: int) -> str:
    return f"for {known:,} of {concerned:,}" if concerned else ""


def account_of_draft(draft: Draft, inputs: pd.DataFrame, *, width: int = WIDTH) -> str:
    """What `init` found, what to settle first, what the next file buys, and what to type next."""
    read = [file for file in draft.files if not file.problem]
    lost = [file for file in draft.files if file.problem]
    where = f"{plain(draft.path)} is written, from" if draft.path else "This is drafted from"
    lines = [f"{where} {counted(len(read), 'file')}.", "", *_formats(read, width)]
    if lost:
        lines += ["", f"LEFT OUT: {counted(len(lost), 'file')} could not be read", ""]
        for file in lost[:_MOST_FILES]:
            lines += _wrapped("- ", file.problem, width)
        if len(lost) > _MOST_FILES:
            lines += _wrapped(
                "- ", f"and {len(lost) - _MOST_FILES:,} more; the draft lists all", width
            )
    if draft.questions:
        lines += ["", "TO SETTLE FIRST", ""]
        for number, question in enumerate(draft.questions, start=1):
            lines += _wrapped(f"{number}. ", question, width)
    lines += ["", account_of_inputs(inputs, width=width), "", *_next(draft)]
    return "\n".join(lines)


def _formats(files: Iterable[Seen], width: int) -> Iterator[str]:
    """What was found: one line for each format and table, with some of its files."""
    alike: dict[tuple[str, str], list[Seen]] = {}
    for file in files:
        alike.setdefault((file.format, file.table), []).append(file)
    told = [(plain(name), rows_in_words(same), _named(same)) for (name, _), same in alike.items()]
    first, second = (max(len(row[place]) for row in told) for place in (0, 1))
    for name, rows, names in told:
        yield from _wrapped(f"{name:<{first}}  {rows:<{second}}  ", names, width)


def _named(files: list[Seen]) -> str:
    more = f" and {len(files) - _FEW:,} more" if len(files) > _FEW else ""
    return ", ".join(file.name for file in files[:_FEW]) + more


def _next(draft: Draft) -> Iterable[str]:
    usual = draft.path in (None, Path(CONFIGURATION_FILE))
    named = "" if usual else f" --config {shlex.quote(plain(draft.path))}"
    commands = [f"{_INDENT}pmanalytics {verb}{named}" for verb in ("check", "report")]
    return ("NEXT", "", *commands)
