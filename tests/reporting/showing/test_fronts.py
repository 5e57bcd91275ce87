import pandas as pd
import pytest

from pmanalytics.errors import UsageError
from pmanalytics.reporting.showing.fronts import Answer, Decision, front
from pmanalytics.reporting.showing.media import FRONT_TYPE

KEPT = Answer("Sev-1 promises kept", "6 of 9", "67%", "attainment_by_severity", ("jira:A-1",))


def test_answers_are_taken_one_by_one_or_together():
    shown = front(KEPT, (Answer("Came back", "5"), Answer("Nobody owns", "4")))
    assert [answer.label for answer in shown.answers] == [
        "Sev-1 promises kept",
        "Came back",
        "Nobody owns",
    ]


def test_the_notebook_keeps_the_front_as_json_values():
    table = pd.DataFrame({"decided_on": [pd.Timestamp("2026-07-20")], "reason": ["Own it"]})
    kept = front(KEPT, decisions=[Decision("Fund it", "6 repeats")], commitments=table)
    bundle = kept._repr_mimebundle_()[FRONT_TYPE]
    assert bundle["answers"][0]["figure"] == "6 of 9"
    assert (bundle["answers"][0]["items"], bundle["answers"][0]["incidents"]) == (1, 0)
    assert bundle["decisions"] == [{"text": "Fund it", "why": "6 repeats", "exhibit": ""}]
    assert bundle["rows"] == [["2026-07-20", "Own it"]]


def test_text_in_the_notebooks_own_output_is_escaped():
    shown = front(Answer("<b>", "1"), remark="<script>alert(1)</script>")._repr_mimebundle_()
    assert "<script>" not in shown["text/html"]
    assert "&lt;b&gt;" in shown["text/html"]


def test_a_fourth_decision_is_refused():
    with pytest.raises(UsageError, match="at most 3 decisions, and 4 were given"):
        front(decisions=[Decision(str(number)) for number in range(4)])
