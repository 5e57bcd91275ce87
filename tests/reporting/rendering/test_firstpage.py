import re

import pandas as pd
import pytest

from pmanalytics.reporting.rendering.firstpage import first_page
from pmanalytics.reporting.rendering.page import page_html
from pmanalytics.reporting.showing.fronts import Answer, Decision, front
from pmanalytics.reporting.showing.story import Block, Story

COMMITMENTS = pd.DataFrame(
    {
        "decided_on": pd.to_datetime(["2026-01-20", "2026-07-21"]),
        "value": ["Two engineers on printing", "Every service has a team"],
        "state": ["overdue", "open"],
        "days_over": [104, -19],
    }
)
EXHIBIT = {
    "name": "kept", "title": "Promises kept", "findings": ["It is so."],
    "notes": [], "question": "", "columns": [], "rows": [], "total_rows": 0, "alt": "",
}  # fmt: skip


@pytest.fixture
def shown():
    kept = Answer("Sev-1 promises kept", "6 of 9", "67%", "kept", signal=True)
    return front(
        kept,
        Answer("Came back", "<b>5</b>", "", "elsewhere"),
        decisions=[Decision("Fund it", "6 repeats", "kept"), Decision("Drop it")],
        commitments=COMMITMENTS,
        remark="One more was withdrawn.",
    ).bundle()


def page_of(bundle, **about):
    return page_html(Story("A report", about, {}, (Block("exhibit", exhibit=EXHIBIT),), bundle))


def test_answers_and_decisions_lead_to_their_exhibits_and_to_nowhere_else(shown):
    page = page_of(shown)
    assert '<a href="#kept">Sev-1 promises kept</a>' in page
    assert '<a href="#kept">Fund it</a>' in page
    assert "elsewhere" not in page
    assert "&lt;b&gt;5&lt;/b&gt;" in page


def test_a_signal_is_said_in_words_too(shown):
    page = page_of(shown)
    assert re.findall(r'<div class="signal">\s*<dt>.*Sev-1 promises kept', page)
    assert page.count("(a signal)") == 1


def test_what_was_decided_and_what_came_of_it_come_first(shown):
    laid = first_page(shown, {}).commitments
    assert laid.headers == ("what was decided", "what became of it", "decided on")
    assert [[cell.text for cell in row] for row in laid.rows] == [
        ["Two engineers on printing", "overdue by 104 days", "2026-01-20"],
        ["Every service has a team", "open, 19 days left", "2026-07-21"],
    ]


def test_many_commitments_are_folded_and_none_is_lost():
    many = pd.DataFrame({"value": [f"decision {number}" for number in range(8)]})
    laid = first_page(front(commitments=many).bundle(), {})
    assert (len(laid.commitments.rows), len(laid.further.rows)) == (5, 3)
    page = page_of(front(commitments=many).bundle())
    assert "3 earlier decisions" in page
    assert "decision 7" in page


def test_a_front_without_commitments_says_why():
    page = page_of(front(Answer("Kept", "1 of 1"), remark="Nothing was decided yet.").bundle())
    assert "What was decided last time" in page
    assert "Nothing was decided yet." in page
    assert "To decide now" not in page


def test_the_front_stands_before_all_else_and_takes_the_place_of_in_short(shown):
    page = page_of(shown, organisation="Example", period="2026Q3", as_of="2026-10-12")
    order = [
        page.index(text)
        for text in (
            "Example",
            "<h1>",
            "6 of 9",
            "To decide now",
            "Completion is",
            "Promises kept<",
        )
    ]
    assert order == sorted(order)
    assert "In short" not in page
    assert page.count("<h1>") == 1
    assert '<a href="#front">On one page</a>' in page


def test_without_a_front_the_sentences_come_first():
    page = page_html(Story("A report", {}, {}, (Block("exhibit", exhibit=EXHIBIT),)))
    assert "In short" in page
    assert 'id="front"' not in page
