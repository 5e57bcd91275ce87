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
    from pmanalytics.reporting.batches import Batch, Job, make_reports
    from pmanalytics.reporting.choices import decisions_now, last_commitments
    from pmanalytics.reporting.digests import (
        digest_answers,
        digest_limits,
        digest_per_team,
        week_digest,
    )
    from pmanalytics.reporting.dossiers import (
        began_in_period,
        due_answers,
        owners_in_words,
        subject_remark,
        threat_answers,
    )
    from pmanalytics.reporting.exhibits import Exhibit, exhibit
    from pmanalytics.reporting.followups import incident_agenda, incident_facts, incident_returns
    from pmanalytics.reporting.fronts import Answer, Decision, Front, front
    from pmanalytics.reporting.inventory import incident_list, item_list
    from pmanalytics.reporting.lists import due_items, oldest_overdue, promise_changes
    from pmanalytics.reporting.opening import Report, open_report
    from pmanalytics.reporting.replies import may_be_theirs, published_about, reply_rows
    from pmanalytics.reporting.reports import report
    from pmanalytics.reporting.restating import restated, restatements
    from pmanalytics.reporting.saving import save_report
    from pmanalytics.reporting.sections import Prose, prose
    from pmanalytics.reporting.tested import signals

__all__ = [
    "Answer",
    "Batch",
    "Decision",
    "Exhibit",
    "Front",
    "Job",
    "Prose",
    "Report",
    "began_in_period",
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
    "reply_rows",
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
    "Answer": "fronts",
    "Batch": "batches",
    "Decision": "fronts",
    "Exhibit": "exhibits",
    "Front": "fronts",
    "Job": "batches",
    "Prose": "sections",
    "Report": "opening",
    "began_in_period": "dossiers",
    "decisions_now": "choices",
    "digest_answers": "digests",
    "digest_limits": "digests",
    "digest_per_team": "digests",
    "due_answers": "dossiers",
    "due_items": "lists",
    "exhibit": "exhibits",
    "front": "fronts",
    "incident_agenda": "followups",
    "incident_facts": "followups",
    "incident_list": "inventory",
    "incident_returns": "followups",
    "item_list": "inventory",
    "last_commitments": "choices",
    "make_reports": "batches",
    "may_be_theirs": "replies",
    "oldest_overdue": "lists",
    "open_report": "opening",
    "overdue_answers": "answers",
    "owners_in_words": "dossiers",
    "ownership_answers": "answers",
    "promise_answers": "answers",
    "promise_changes": "lists",
    "prose": "sections",
    "published_about": "replies",
    "reply_rows": "replies",
    "report": "reports",
    "restated": "restating",
    "restatements": "restating",
    "return_answers": "answers",
    "save_report": "saving",
    "signals": "tested",
    "subject_remark": "dossiers",
    "threat_answers": "dossiers",
    "week_digest": "digests",
}


def __getattr__(name: str) -> Any:
    # A report is begun by starting a process; pandas is then imported while that one starts.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
