"""The words that readers see for the codes that the tables hold.

Pages, charts, workbooks and summaries say the same thing with the same words, so that a code such
as `dropped_late` is put into plain language once. Whatever comes from an export goes through
`plain` first: titles and names may hold control characters or marks that turn a line round.
"""

from pmanalytics.words.codes import (
    COMPONENTS,
    GAPS,
    INTERVALS,
    LEVELS,
    NEWS,
    POPULATIONS,
    RETURNS,
    SIGNALS,
    STANDINGS,
)
from pmanalytics.words.findings import finding_words
from pmanalytics.words.headings import COLUMNS, column_label, column_words
from pmanalytics.words.lines import (
    DASH,
    counted,
    group_name,
    missing_name,
    percent,
    percent_range,
    plain,
    whole_letters,
)

__all__ = [
    "COLUMNS",
    "COMPONENTS",
    "DASH",
    "GAPS",
    "INTERVALS",
    "LEVELS",
    "NEWS",
    "POPULATIONS",
    "RETURNS",
    "SIGNALS",
    "STANDINGS",
    "column_label",
    "column_words",
    "counted",
    "finding_words",
    "group_name",
    "missing_name",
    "percent",
    "percent_range",
    "plain",
    "whole_letters",
]
