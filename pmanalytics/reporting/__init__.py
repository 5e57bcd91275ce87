"""Reports: notebooks run by papermill become a page, a workbook, a summary and a manifest.

The executed notebook is the only source: what the page, the summary and the tables say is what its
cells showed, so that they cannot disagree.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pmanalytics.reporting.exhibits import Exhibit, exhibit
    from pmanalytics.reporting.fronts import Answer, Decision, Front, front
    from pmanalytics.reporting.opening import Report, open_report
    from pmanalytics.reporting.reports import report
    from pmanalytics.reporting.restating import restatements
    from pmanalytics.reporting.saving import save_report
    from pmanalytics.reporting.sections import Prose, prose

__all__ = [
    "Answer",
    "Decision",
    "Exhibit",
    "Front",
    "Prose",
    "Report",
    "exhibit",
    "front",
    "open_report",
    "prose",
    "report",
    "restatements",
    "save_report",
]

_HOMES = {
    "Answer": "fronts",
    "Decision": "fronts",
    "Exhibit": "exhibits",
    "Front": "fronts",
    "Prose": "sections",
    "Report": "opening",
    "exhibit": "exhibits",
    "front": "fronts",
    "open_report": "opening",
    "prose": "sections",
    "report": "reports",
    "restatements": "restating",
    "save_report": "saving",
}


def __getattr__(name: str) -> Any:
    # A report is begun by starting a process; pandas is then imported while that one starts.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
