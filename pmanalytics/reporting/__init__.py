"""Reports: notebooks run by papermill become a page, a workbook, a summary and a manifest.

The executed notebook is the only source: what the page, the summary and the tables say is what its
cells showed, so that they cannot disagree.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pmanalytics.reporting.answers import (
        overdue_answers,
        ownership_answers,
        promise_answers,
        return_answers,
    )
    from pmanalytics.reporting.choices import decisions_now, last_commitments
    from pmanalytics.reporting.exhibits import Exhibit, exhibit
    from pmanalytics.reporting.fronts import Answer, Decision, Front, front
    from pmanalytics.reporting.opening import Report, open_report
    from pmanalytics.reporting.reports import report
    from pmanalytics.reporting.restating import restatements
    from pmanalytics.reporting.saving import save_report

__all__ = [
    "Answer",
    "Decision",
    "Exhibit",
    "Front",
    "Report",
    "decisions_now",
    "exhibit",
    "front",
    "last_commitments",
    "open_report",
    "overdue_answers",
    "ownership_answers",
    "promise_answers",
    "report",
    "restatements",
    "return_answers",
    "save_report",
]

_HOMES = {
    "Answer": "fronts",
    "Decision": "fronts",
    "Exhibit": "exhibits",
    "Front": "fronts",
    "Report": "opening",
    "decisions_now": "choices",
    "exhibit": "exhibits",
    "front": "fronts",
    "last_commitments": "choices",
    "open_report": "opening",
    "overdue_answers": "answers",
    "ownership_answers": "answers",
    "promise_answers": "answers",
    "report": "reports",
    "restatements": "restating",
    "return_answers": "answers",
    "save_report": "saving",
}


def __getattr__(name: str) -> Any:
    # A report is begun by starting a process; pandas is then imported while that one starts.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
