import pandas as pd

from pmanalytics.reporting.rendering.summary import summary_text
from pmanalytics.reporting.showing.fronts import Answer, Decision, front
from pmanalytics.reporting.showing.story import Block, Story

ABOUT = {
    "organisation": "Example", "sample": False, "period": "2026Q3", "period_label": "",
    "as_of": "2026-10-12", "files": [{"rows": 3}, {"rows": None}], "warnings": [],
    "reject_count": 1,
}  # fmt: skip


def shown(**changed):
    return {"findings": (), "question": "", **changed}


def test_the_summary_is_the_sentences_of_the_report(hostile):
    story = Story("Quarterly report", ABOUT, {}, ())
    assert summary_text(story) == (
        "# Quarterly report\n\nExample, 2026Q3, as of 2026-10-12\n\n\n"
        "Data: 3 rows in 2 files, 1 row could not be read, 0 warnings.\n\n"
        "The whole report is report.html; the figures are in workbook.xlsx and tables/.\n"
    )


def test_hostile_text_is_no_markup(hostile):
    text = summary_text(hostile)
    assert "SAMPLE DATA" in text
    unescaped = text.replace("\\<", "").replace("\\[", "").replace("\\!", "")
    assert "<" not in unescaped
    assert "](" not in unescaped.replace("\\](", "")


def test_files_and_rows_that_could_not_be_read_are_counted_apart():
    about = {**ABOUT, "unread_files": ["incidents.csv"], "period_remark": "The period is not over."}
    text = summary_text(Story("Quarterly report", about, {}, ()))
    assert "**incidents.csv could not be read.**" in text
    assert "**The period is not over.**" in text
    assert "1 whole file and 1 row could not be read" in text


def test_the_sentences_stand_in_the_order_of_the_page():
    exhibits = (
        shown(name="a", findings=("First.", "Second.")),
        shown(name="b", findings=("Third.",)),
    )
    blocks = tuple(Block("exhibit", exhibit=exhibit) for exhibit in exhibits)
    text = summary_text(Story("Quarterly report", ABOUT, {}, blocks))
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    assert lines == ["- First.", "- Second.", "- Third."]


def opened_with(**exhibit):
    commitments = pd.DataFrame(
        {"value": ["Own it"], "state": ["overdue"], "days_over": [3], "role": ["CTO"]}
    )
    first = front(
        Answer("Sev-1 promises kept", "6 of 9", "67%"),
        Answer("Came back", "5"),
        decisions=[Decision("Fund [it](javascript:x)", "6 repeats")],
        commitments=commitments,
        remark="Of 1 decision: 1 past its day.",
    )
    blocks = (Block("exhibit", exhibit=shown(**exhibit)),)
    return summary_text(Story("Quarterly report", ABOUT, {}, blocks, first.bundle()))


def test_the_first_screen_opens_the_summary():
    text = opened_with(name="signals", findings=("No signal.", "Too few data."), question="Why?")
    assert text == (
        "# Quarterly report\n\nExample, 2026Q3, as of 2026-10-12\n\n"
        "- Sev-1 promises kept: 6 of 9 (67%)\n- Came back: 5\n\n"
        "What was decided last time, and what came of it:\n\n"
        "- Own it: overdue by 3 days; decided by CTO\n- Of 1 decision: 1 past its day.\n\n"
        "To decide now:\n\n1. Fund \\[it\\](javascript:x) (6 repeats)\n\n"
        "What the tests say:\n\n- No signal.\n- Too few data.\n\n"
        "Completion is not learning; these figures say whether agreed work was done.\n\n"
        "Data: 3 rows in 2 files, 1 row could not be read, 0 warnings.\n\n"
        "The whole report is report.html; the figures are in workbook.xlsx and tables/.\n"
    )


def test_without_signals_the_first_sentence_of_each_figure_is_said():
    text = opened_with(name="kept", findings=("First.", "Second."))
    assert "- First." in text
    assert "Second." not in text
