"""The summary: a page of Markdown for chat and mail, made of the sentences of the report."""

import re
from collections.abc import Mapping
from typing import Any, Final

from pmanalytics import words
from pmanalytics.reporting.story import Story

__all__ = ["summary_text"]

MAXIMUM_QUESTIONS: Final = 5
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
            *_said(story),
            *_questions(story),
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


def _questions(story: Story) -> list[str]:
    asked = [shown["question"] for shown in story.exhibits if shown["question"]]
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
