"""Reports: notebooks run by papermill become a page, a workbook, a summary and a manifest.

The executed notebook is the only source: what the page, the summary and the tables say is what its
cells showed, so that they cannot disagree.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pmanalytics.reporting.batches import Batch, Job, make_reports
    from pmanalytics.reporting.contents.answers import (
        overdue_answers,
        ownership_answers,
        promise_answers,
        return_answers,
    )
    from pmanalytics.reporting.contents.choices import decisions_now, last_commitments
    from pmanalytics.reporting.contents.digests import (
        digest_answers,
        digest_limits,
        digest_per_team,
        week_digest,
    )
    from pmanalytics.reporting.contents.dossiers import (
        began_in_period,
        due_answers,
        owners_in_words,
        subject_remark,
        threat_answers,
    )
    from pmanalytics.reporting.contents.followups import (
        incident_agenda,
        incident_facts,
        incident_returns,
    )
    from pmanalytics.reporting.contents.lists import (
        due_items,
        incident_list,
        item_list,
        oldest_overdue,
        promise_changes,
    )
    from pmanalytics.reporting.contents.previews import may_be_theirs, published_about
    from pmanalytics.reporting.contents.restating import restated, restatements
    from pmanalytics.reporting.contents.signal_table import signals
    from pmanalytics.reporting.opening import Report, open_report
    from pmanalytics.reporting.reports import report
    from pmanalytics.reporting.saving import begin_saving, save_report
    from pmanalytics.reporting.showing.exhibits import exhibit
    from pmanalytics.reporting.showing.fronts import Answer, Decision, front
    from pmanalytics.reporting.showing.sections import prose

__all__ = [
    "Answer",
    "Batch",
    "Decision",
    "Job",
    "Report",
    "began_in_period",
    "begin_saving",
    "decisions_now",
    "digest_answers",
    "digest_limits",
    "digest_per_team",
    "due_answers",
    "due_items",
    "exhibit",
    "front",
    "incident_agenda",
    "incident_facts",
    "incident_list",
    "incident_returns",
    "item_list",
    "last_commitments",
    "make_reports",
    "may_be_theirs",
    "oldest_overdue",
    "open_report",
    "overdue_answers",
    "owners_in_words",
    "ownership_answers",
    "promise_answers",
    "promise_changes",
    "prose",
    "published_about",
    "report",
    "restated",
    "restatements",
    "return_answers",
    "save_report",
    "signals",
    "subject_remark",
    "threat_answers",
    "week_digest",
]

_HOMES = {
    "Answer": "showing.fronts",
    "Batch": "batches",
    "Decision": "showing.fronts",
    "Job": "batches",
    "Report": "opening",
    "began_in_period": "contents.dossiers",
    "begin_saving": "saving",
    "decisions_now": "contents.choices",
    "digest_answers": "contents.digests",
    "digest_limits": "contents.digests",
    "digest_per_team": "contents.digests",
    "due_answers": "contents.dossiers",
    "due_items": "contents.lists",
    "exhibit": "showing.exhibits",
    "front": "showing.fronts",
    "incident_agenda": "contents.followups",
    "incident_facts": "contents.followups",
    "incident_list": "contents.lists",
    "incident_returns": "contents.followups",
    "item_list": "contents.lists",
    "last_commitments": "contents.choices",
    "make_reports": "batches",
    "may_be_theirs": "contents.previews",
    "oldest_overdue": "contents.lists",
    "open_report": "opening",
    "overdue_answers": "contents.answers",
    "owners_in_words": "contents.dossiers",
    "ownership_answers": "contents.answers",
    "promise_answers": "contents.answers",
    "promise_changes": "contents.lists",
    "prose": "showing.sections",
    "published_about": "contents.previews",
    "report": "reports",
    "restated": "contents.restating",
    "restatements": "contents.restating",
    "return_answers": "contents.answers",
    "save_report": "saving",
    "signals": "contents.signal_table",
    "subject_remark": "contents.dossiers",
    "threat_answers": "contents.dossiers",
    "week_digest": "contents.digests",
}


def __getattr__(name: str) -> Any:
    # A report is begun by starting a process; pandas is then imported while that one starts.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
