from pmanalytics.reporting.story import Story
from pmanalytics.reporting.summary import summary_text

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
        "Data: 3 rows in 2 files, 1 could not be read, 0 warnings.\n\n"
        "The whole report is report.html; the figures are in workbook.xlsx and tables/.\n"
    )


def test_hostile_text_is_no_markup(hostile):
    text = summary_text(hostile)
    assert "SAMPLE DATA" in text
    unescaped = text.replace("\\<", "").replace("\\[", "").replace("\\!", "")
    assert "<" not in unescaped
    assert "](" not in unescaped.replace("\\](", "")
