"""Data quality: every finding with what settles it, persons counted and not named."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import finding_words
from pmanalytics.workbook.layout import QUALITY
from pmanalytics.workbook.quality import quality_table

FOUND = [
    ("error", "bad_date", "a.csv", 2, "row 3, 4: 'soon'"),
    ("warning", "unknown_team", "Phoenix", 5, "No team 'Phoenix'."),
    ("warning", "unknown_team", "Growth", 9, "No team 'Growth'."),
    ("warning", "unknown_person", "Ada Byron", 3, "The registry knows no such person."),
    ("warning", "unknown_person", "Grace Hopper", 4, "The registry knows no such person."),
    ("warning", "no_incident", "items", 11, "They name no incident."),
    ("warning", "severity_differs", "sev1 items", 1, "Their incident says sev2."),
    ("warning", "my_own_rule", "x", 0, "A finding of a kind that has no words."),
]
DROP = {"decided_on": "2026-07-03", "subject": "jira:A-1", "kind": "drop"}
ITEM = {"item_id": "jira:A-1", "key": "A-1", "state": "open", "created_at": "2026-07-01T00:00Z"}


@pytest.fixture
def found() -> pd.DataFrame:
    return pd.DataFrame(FOUND, columns=["level", "rule", "subject", "items", "detail"])


@pytest.fixture
def nothing(dataset: Callable[..., Dataset]) -> Snapshot:
    return pma.snapshot(dataset(), as_of="2026-10-20")


def test_errors_then_disagreements_then_what_concerns_most(
    nothing: Snapshot, found: pd.DataFrame
) -> None:
    table = quality_table(nothing, about={}, found=found)
    rows = table[["level", "subject", "items"]].itertuples(index=False, name=None)
    assert list(rows) == [
        ("error", "a.csv", 2),
        ("disagreement", "sev1 items", 1),
        # 9 + 5 items outrank 11, and 11 outranks 3 + 4.
        ("warning", "Growth", 9),
        ("warning", "Phoenix", 5),
        ("warning", "items", 11),
        ("warning", "2 names", 7),
        ("warning", "x", 0),
    ]
    assert list(table) == [column.name for column in QUALITY]


def test_words_and_remedies_are_those_of_the_terminal(
    nothing: Snapshot, found: pd.DataFrame
) -> None:
    table = quality_table(nothing, about={}, found=found).set_index("subject")
    assert table.loc["Growth", ["kind", "remedy"]].tolist() == list(finding_words("unknown_team"))
    assert table.loc["x", ["kind", "remedy"]].tolist() == ["my own rule", ""]


def test_persons_are_named_only_where_the_settings_allow(
    nothing: Snapshot, found: pd.DataFrame
) -> None:
    shown = quality_table(nothing, about={}, found=found)
    assert not shown.astype("str").apply(lambda column: column.str.contains("Byron")).any(axis=None)
    named = replace(nothing, settings=replace(nothing.settings, persons=True))
    subjects = set(quality_table(named, about={}, found=found)["subject"])
    assert {"Ada Byron", "Grace Hopper"} <= subjects
    assert len(quality_table(named, about={}, found=found)) == len(found)


def test_without_findings_the_page_tells_what_could_not_be_read(nothing: Snapshot) -> None:
    about = {"unread_files": ["b.csv"], "reject_count": 3}
    table = quality_table(nothing, about=about)
    assert table[["level", "subject", "items"]].to_numpy().tolist() == [
        ["error", "rows of exports", 3],
        ["error", "b.csv", 0],
    ]
    assert len(quality_table(nothing, about={})) == 0


def test_a_drop_that_its_tracker_does_not_follow_is_there_once(
    dataset: Callable[..., Dataset],
) -> None:
    data = dataset(items=[ITEM], decisions=[DROP])
    taken = pma.snapshot(data, as_of="2026-10-20")
    for given in (None, pma.check(data)):
        told = quality_table(taken, about={}, found=given)
        told = told[told["kind"] == finding_words("open_although_dropped")[0]]
        (row,) = told.to_dict("records")
        assert (row["level"], row["subject"], row["items"]) == ("disagreement", "jira:A-1", 1)
        assert "dropped by a decision of 2026-07-03" in row["detail"]
        assert "keep" in row["remedy"]
    before = pma.snapshot(data, as_of="2026-07-02")
    assert len(quality_table(before, about={})) == 0


def test_every_finding_about_the_sample_has_words(sample: Dataset, q3: Snapshot) -> None:
    table = quality_table(q3, about={}, found=pma.check(sample))
    assert table["remedy"].str.len().gt(0).all()
    assert (table["level"] == "error").sum() == 2
