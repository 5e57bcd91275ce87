"""The summary: some lines of Markdown for chat and mail, made of what the report says first.

It reads as plain text too, because a chat may show it so: no table, no link, few marks.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from pmanalytics import words
from pmanalytics.reporting.rendering.firstpage import FirstPage, first_page
from pmanalytics.reporting.showing.grids import Cell
from pmanalytics.reporting.showing.story import Story

__all__ = ["summary_text"]

MAXIMUM_QUESTIONS: Final = 5
MAXIMUM_SENTENCES: Final = 8
# Exhibits whose sentences are the summary: the words above them, and how many there are at most.
TOLD: Final[Mapping[str, tuple[str, int]]] = {
    "signals": ("What the tests say:", MAXIMUM_SENTENCES),
    "restatements": ("What the tests say:", MAXIMUM_SENTENCES),
    "week_digest": ("Team by team:", 15),
}
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|~!$@])")


def summary_text(story: Story) -> str:
    """Write the summary of a report.

    Every text is escaped: what a ticket's title holds is neither a link nor a mention.
    """
    about = story.about
    return "\n".join(
        [
            f"# {_escaped(story.title)}",
            "",
            *_head(about),
            *(_led(story, story.front) if story.front else [*_said(story), *_questions(story)]),
            *_quality(about),
            "",
            "The whole report is report.html; the figures are in workbook.xlsx and tables/.",
            "",
        ]
    )


def _escaped(text: object) -> str:
    r"""Text without any Markdown in it; an `@` cannot become a mention in a chat.

    Examples:
        >>> print(_escaped("[x](javascript:alert) @all *now*"))
        \[x\](javascript:alert) \@all \*now\*
    """
    plain = words.plain(text).replace("://", ":\N{ZERO WIDTH SPACE}//")
    return _MARKUP.sub(r"\\\1", plain)


def _head(about: Mapping[str, Any]) -> list[str]:
    if not about:
        return []
    facts = [
        about["organisation"],
        about["period_label"] or about["period"],
        f"as of {about['as_of']}",
    ]
    mark = ["**SAMPLE DATA**: an invented organisation.", ""] if about["sample"] else []
    remarks = [_escaped(f"{name} could not be read.") for name in about.get("unread_files", ())]
    remarks += [_escaped(about["period_remark"])] if about.get("period_remark") else []
    loud = [line for remark in remarks for line in (f"**{remark}**", "")]
    return [*mark, ", ".join(_escaped(fact) for fact in facts if fact), "", *loud]


def _said(story: Story) -> list[str]:
    """The sentences of the tables, in the order of the page."""
    said = [sentence for shown in story.exhibits for sentence in shown["findings"]]
    return [*(f"- {_escaped(sentence)}" for sentence in said), ""]


def _led(story: Story, front: Mapping[str, Any]) -> list[str]:
    """What the first screen says, then what the tests found, then the first of the rest."""
    first = first_page(front, {})
    answers = [
        f"- {_escaped(one.label)}: {_escaped(one.figure)}{_aside(one.detail)}"
        for one in first.answers
    ]
    decisions = [
        f"{number}. {_escaped(one.label)}{_aside(one.detail)}"
        for number, one in enumerate(first.decisions, start=1)
    ]
    return [
        *_part("", answers),
        *_part("What was decided last time, and what came of it:", _commitments(first)),
        *_part("To decide now:", decisions),
        *_part(*_findings(story)),
        "Completion is not learning; these figures say whether agreed work was done.",
        "",
    ]


def _part(heading: str, lines: list[str]) -> list[str]:
    if not lines:
        return []
    return [*([heading, ""] if heading else []), *lines, ""]


def _aside(detail: str) -> str:
    return f" ({_escaped(detail)})" if detail else ""


def _commitments(first: FirstPage) -> list[str]:
    shown = first.commitments
    rows = shown.rows if shown else ()
    lines = [f"- {_commitment(row, shown.headers)}" for row in rows] if shown else []
    left = len(first.further.rows) if first.further else 0
    more = [f"- and {words.counted(left, 'earlier one')} in the report"] if left else []
    return [*lines, *more, *([f"- {_escaped(first.remark)}"] if first.remark else [])]


def _commitment(row: tuple[Cell, ...], headers: tuple[str, ...]) -> str:
    what, *rest = (_escaped(cell.text) for cell in row)
    if not rest:
        return what
    besides = [f"{header} {text}" for header, text in zip(headers[2:], rest[1:], strict=True)]
    return "; ".join([f"{what}: {rest[0]}", *besides])


def _findings(story: Story) -> tuple[str, list[str]]:
    """What the signals or the digest say, or, without either, the first sentence of each exhibit.

    With the words above it.
    """
    spoken = [shown for shown in story.exhibits if shown["findings"]]
    told = [shown for shown in spoken if shown["name"] in TOLD]
    heading, most = "What the figures say:", MAXIMUM_SENTENCES
    said = [shown["findings"][0] for shown in spoken]
    if told:
        heading, most = TOLD[told[0]["name"]]
        said = [sentence for shown in told for sentence in shown["findings"]]
    # Two exhibits without a row may say the same of it.
    once = list(dict.fromkeys(said))
    return heading, [f"- {_escaped(sentence)}" for sentence in once[:most]]


def _questions(story: Story) -> list[str]:
    # Away from its figure, a question that says "these" needs the words above the figure.
    asked = [f"{one['title']}: {one['question']}" for one in story.exhibits if one["question"]]
    if not asked:
        return []
    listed = [f"- {_escaped(question)}" for question in asked[:MAXIMUM_QUESTIONS]]
    left = len(asked) - MAXIMUM_QUESTIONS
    more = [f"- and {left} more, each beside its figure"] if left > 0 else []
    return ["**To decide**", "", *listed, *more, ""]


def _quality(about: Mapping[str, Any]) -> list[str]:
    if not about:
        return []
    rows = sum(file.get("rows") or 0 for file in about["files"])
    read = f"Data: {words.counted(rows, 'row')} in {words.counted(len(about['files']), 'file')}"
    unread = len(about.get("unread_files", ()))
    whole = f"{words.counted(unread, 'whole file')} and " if unread else ""
    rejected = f"{whole}{words.counted(about['reject_count'], 'row')} could not be read"
    return [f"{read}, {rejected}, {words.counted(len(about['warnings']), 'warning')}."]
