"""Closing: which of the signals that may disagree tells the state, worked out by hand."""

from collections.abc import Callable

import pandas as pd
import pytest

from pmanalytics.trackers import FileTables
from tests.trackers.samples import states

HEADER = "Issue key,Summary,Status,Resolution,Status Category,Resolved"


@pytest.fixture
def read(read: Callable[..., FileTables]) -> Callable[..., FileTables]:
    """Rows of status, resolution, category and date as a Jira export."""

    def call(*rows: str, header: str = HEADER, **source: object) -> FileTables:
        lines = [f"A-{number},title,{row}" for number, row in enumerate(rows, start=1)]
        return read("\n".join([header, *lines]), **source)

    return call


@pytest.mark.parametrize(
    ("row", "state", "disagrees"),
    [
        ("Done,Done,Done,12/Jan/26 11:19 AM", "done", False),
        ("Done,Won't Do,Done,12/Jan/26 11:19 AM", "dropped", False),  # the resolution tells how
        ("Closed,,,", "done", False),
        ("Cancelled,,Done,", "dropped", False),  # the category only says that it ended
        ("Cancelled,Done,Done,", "done", True),  # the resolution decides over the column
        ("In Progress,Fixed,In Progress,", "done", True),
        ("In Progress,,In Progress,12/Jan/26 11:19 AM", "open", True),
        ("Resolved,,In Progress,", "open", True),  # the category is Jira's own, the word is free
        ("Reopened,Fixed,To Do,", "open", True),  # Jira keeps the resolution
        ("Verified by QA,,Done,", "done", False),  # a word that nobody knows, and the category does
        ("Verified by QA,,,12/Jan/26 11:19 AM", "done", False),
        (",,,", "", False),
    ],
)
def test_signals(row: str, state: str, disagrees: bool, read: Callable[..., FileTables]) -> None:  # noqa: FBT001
    found = read(row)
    assert states(found) == [state]
    assert any("contradict" in sentence for sentence in found.warnings) == disagrees


def test_disagreements_are_counted_and_the_most_frequent_is_shown(
    read: Callable[..., FileTables],
) -> None:
    found = read("In Progress,Fixed,,", "In Progress,Fixed,,", "To Do,Done,,", "Done,Done,,")
    (sentence,) = [s for s in found.warnings if "contradict" in s]
    assert sentence.startswith("3 rows contradict themselves about being closed (such as 'In Pro")


def test_the_configuration_outranks_everything(read: Callable[..., FileTables]) -> None:
    found = read(
        "Parked,Fixed,Done,",
        "In Progress,Shelved,,",
        states={"parked": "open", "SHELVED": "dropped"},
    )
    assert states(found) == ["open", "dropped"]


def test_an_unknown_word_is_open_and_named_with_its_number(read: Callable[..., FileTables]) -> None:
    found = read("Odd,,,", "Odd,,,", "Done,,,")
    assert states(found) == ["open", "open", "done"]
    assert any("'Odd' (2 rows) counts as open" in sentence for sentence in found.warnings)


def test_closed_without_any_date_is_said(read: Callable[..., FileTables]) -> None:
    undated = read("Done,,,", "Closed,,,", "Open,,,")
    assert any(
        "No closed row says when it was closed (2 of 3" in sentence for sentence in undated.warnings
    )
    one = read("Done,,,", "Closed,,,12/Jan/26 11:19 AM")
    assert not any("No closed row" in sentence for sentence in one.warnings)


def test_the_last_change_of_category_stands_in_for_a_missing_date(
    read: Callable[..., FileTables],
) -> None:
    header = HEADER + ",Status Category Changed"
    items = read(
        "Done,,Done,,13/Jan/26 9:00 AM", "To Do,,To Do,,13/Jan/26 9:00 AM",
        "Done,,Done,12/Jan/26 11:19 AM,13/Jan/26 9:00 AM", header=header,
    ).tables["items"]  # fmt: skip
    assert items["closed_at"].dt.strftime("%d %H:%M").fillna("").tolist() == [
        "13 09:00",
        "",
        "12 11:19",
    ]
    assert isinstance(items["closed_at"].dtype, pd.DatetimeTZDtype)


def test_a_file_that_does_not_say_what_is_closed(read: Callable[..., FileTables]) -> None:
    """Unknown is not open, and is said."""
    found = read("High", header="Issue key,Summary,Priority")
    assert states(found) == [""]
    assert [s for s in found.warnings if "No column says which rows are closed" in s]


def test_without_a_status_an_empty_closing_date_means_open(read: Callable[..., FileTables]) -> None:
    found = read("12/Jan/26 11:19 AM", "", header="Issue key,Summary,Resolved")
    assert states(found) == ["done", "open"]
    assert found.warnings == ()


def test_an_unknown_resolution_is_done_and_named_with_its_number(
    read: Callable[..., FileTables],
) -> None:
    found = read("Done,Frobbed,,", "Wobbling,Frobbed,,", "Done,Fixed,,", "Done,Won't Do,,")
    assert states(found) == ["done", "done", "done", "dropped"]
    (sentence,) = [s for s in found.warnings if s.startswith("Unknown")]
    assert sentence.startswith("Unknown resolution 'Frobbed' (2 rows) counts as done;")
    assert sentence.endswith('under [source.states], for example "Frobbed" = "dropped".')
    settled = read("Done,Frobbed,,", states={"frobbed": "dropped"})
    assert states(settled) == ["dropped"]
    assert not [s for s in settled.warnings if s.startswith("Unknown")]
