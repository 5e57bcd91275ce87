"""What was answered so far: of each matter what was decided last, in the words of the sheet."""

from typing import Any

import pandas as pd

from pmanalytics.tables import conform
from pmanalytics.workbook.given import given_answers, given_verdicts
from pmanalytics.workbook.layout import ANSWERS, VERDICT_ANSWERS


def decisions(*rows: tuple[str | None, str, str, dict[str, Any]]) -> pd.DataFrame:
    told = [
        {"decided_on": day, "subject": subject, "kind": kind, **more}
        for day, subject, kind, more in rows
    ]
    return conform(pd.DataFrame(told), "decisions")


ITEMS = conform(
    pd.DataFrame({"item_id": ["jira:A-1", "jira:A-2", "x:A-2"], "key": ["A-1", "A-2", "A-2"]}),
    "items",
)


def test_the_last_word_on_each_matter_counts() -> None:
    made = decisions(
        # Written down later than the next one, and decided before it.
        ("2026-07-09", "A-1", "drop", {"reason": "no use"}),
        ("2026-07-02", "jira:A-1", "waiver", {"until": "2026-09-01", "reason": "vendor"}),
        ("2026-07-01", "jira:A-1", "promised", {"until": "2026-08-01"}),
        ("2026-07-03", "jira:A-1", "promised", {"until": "2026-08-20"}),
        ("2026-07-03", "jira:A-1", "owner_team", {"value": "web"}),
        # Of two of one day the one that stands below.
        ("2026-07-03", "jira:A-1", "note", {"value": "first"}),
        ("2026-07-03", "jira:A-1", "note", {"value": "second"}),
    )
    (row,) = given_answers(made, ITEMS).reset_index().to_dict("records")
    assert row["subject"] == "jira:A-1"
    assert row["new_promised_on"] == pd.Timestamp("2026-08-20")
    assert (row["new_team"], row["note"]) == ("web", "second")
    # The waiver and its last day gave way to the drop.
    assert (row["decision"], row["reason"]) == ("drop", "no use")
    assert pd.isna(row["waiver_until"])


def test_a_waiver_has_its_last_day_and_others_have_none() -> None:
    made = decisions(
        ("2026-07-02", "jira:A-2", "waiver", {"until": "2026-09-01"}),
        ("2026-07-02", "jira:A-1", "keep", {"until": "2026-09-01"}),
    )
    told = given_answers(made, ITEMS)
    assert told["decision"].to_dict() == {"jira:A-2": "ask for a waiver", "jira:A-1": "keep"}
    assert told["waiver_until"].dropna().to_dict() == {"jira:A-2": pd.Timestamp("2026-09-01")}


def test_what_is_about_no_single_item_stays_under_its_own_name() -> None:
    told = given_answers(decisions(("2026-07-02", "A-2", "drop", {})), ITEMS)
    assert told.index.tolist() == ["A-2"]


def test_decisions_on_other_matters_are_no_answers() -> None:
    made = decisions(("2026-07-02", "jira:A-1", "commitment", {"value": "two engineers"}))
    assert list(given_answers(made, ITEMS)) == [column.name for column in ANSWERS]
    assert len(given_answers(made, ITEMS)) == 0


def test_verdicts_are_those_of_pairs_however_they_are_spelled() -> None:
    incidents = conform(pd.DataFrame({"incident_id": ["INC-1", "INC-2", "INC-3"]}), "incidents")
    made = decisions(
        ("2026-07-05", "inc-2", "not_repeat", {"value": "INC-1", "reason": "another disk"}),
        ("2026-07-02", "INC-2", "repeat", {"value": "inc-1", "reason": "same disk"}),
        ("2026-07-02", "INC-3", "repeat", {"value": "INC-1"}),
        ("2026-07-02", "INC-3", "repeat", {}),
    )
    told = given_verdicts(made, incidents)
    assert told["verdict"].to_dict() == {("INC-2", "INC-1"): "deny", ("INC-3", "INC-1"): "confirm"}
    assert told["reason"].dropna().to_dict() == {("INC-2", "INC-1"): "another disk"}
    assert list(told) == [column.name for column in VERDICT_ANSWERS]


def test_a_decision_that_does_not_count_is_not_shown_and_hides_none() -> None:
    """Without a day, of an unknown kind, or without what its kind needs."""
    made = decisions(
        ("2026-07-01", "own:A-1", "promised", {"until": "2026-08-01"}),
        ("2026-07-01", "own:A-1", "keep", {}),
        ("2026-07-01", "own:A-1", "note", {"value": "asked"}),
        (None, "own:A-1", "drop", {"reason": "no day"}),
        (None, "own:A-1", "note", {"value": "no day"}),
        ("2026-07-02", "own:A-1", "waiver", {"reason": "no last day"}),
        ("2026-07-02", "own:A-1", "promised", {}),
        ("2026-07-02", "own:A-1", "drp", {}),
        ("2026-07-02", "own:A-1", "note", {}),
    )
    (row,) = given_answers(made, ITEMS).astype("str").fillna("").to_dict("records")
    assert (row["decision"], row["reason"], row["note"]) == ("keep", "", "asked")
    assert row["new_promised_on"][:10] == "2026-08-01"


def test_what_was_dropped_stays_so_until_somebody_keeps_it() -> None:
    dropped = [
        ("2026-07-01", "own:A-1", "drop", {"reason": "no use"}),
        ("2026-07-02", "own:A-1", "waiver", {"until": "2026-12-31", "reason": "waits"}),
    ]
    (row,) = given_answers(decisions(*dropped), ITEMS).to_dict("records")
    assert (row["decision"], row["reason"]) == ("drop", "no use")
    assert pd.isna(row["waiver_until"])
    again = decisions(*dropped, ("2026-07-02", "own:A-1", "keep", {}))
    assert given_answers(again, ITEMS)["decision"].tolist() == ["keep"]
    waived = decisions(*dropped, ("2026-07-02", "own:A-1", "keep", {}), dropped[1])
    assert given_answers(waived, ITEMS)["decision"].tolist() == ["ask for a waiver"]
