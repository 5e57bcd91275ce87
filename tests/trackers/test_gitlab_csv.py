"""GitLab: both generations of its CSV."""

from collections.abc import Callable

import pandas as pd
import pytest

from pmanalytics.trackers import FileTables
from tests.trackers.samples import sample_text, states

OLD = "Title,Description,Issue ID,URL,State,Assignee,Due Date,Created At (UTC),Updated At (UTC),Closed At (UTC),Milestone,Labels\n"


@pytest.fixture
def at_home() -> str:
    return "Europe/Berlin"


def test_the_number_is_that_of_the_address(read: Callable[..., FileTables]) -> None:
    items = read(sample_text("gitlab_csv")).tables["items"]
    assert items["key"].tolist() == [f"shop/web/front#{n}" for n in (12, 13, 14)]
    assert items["project"].unique().tolist() == ["shop/web/front"]


def test_all_columns_of_a_row(read: Callable[..., FileTables]) -> None:
    """Times are UTC whatever the configured zone, and the due day is a day."""
    row = read(sample_text("gitlab_csv")).tables["items"].iloc[0]
    assert row["closed_at"] == pd.Timestamp("2026-01-19 23:30", tz="UTC")
    assert row["promised_on"] == pd.Timestamp("2026-01-25")
    assert row["owners"] == ["Ada Example", "Grace Sample"]
    assert row["labels"] == ["postmortem", "severity::2"]
    assert (row["severity"], row["state"], row["planned"]) == ("sev2", "done", "2026Q1")


def test_the_older_generation(read: Callable[..., FileTables]) -> None:
    found = read(
        OLD
        + "a,,7,https://gitlab.com/g/s/p/issues/7,Closed,,,2026-01-01 10:00:00,2026-01-02 10:00:00,,,\n"
    )
    row = found.tables["items"].iloc[0]
    assert (row["key"], row["state"]) == ("g/s/p#7", "done")
    assert pd.isna(row["closed_at"])
    assert len(row["owners"]) == 0


def test_a_closed_at_of_an_open_issue_is_no_closing(read: Callable[..., FileTables]) -> None:
    found = read(
        OLD
        + "a,,7,https://gitlab.com/g/p/-/issues/7,Open,,,2026-01-01 10:00:00,,2026-01-03 10:00:00,,\n"
    )
    assert found.tables["items"]["closed_at"].isna().all()


def test_a_row_without_number_or_address_is_a_reject(read: Callable[..., FileTables]) -> None:
    found = read(OLD + "a,,,https://gitlab.com/g/p/-/issues/7,Open,,,,,,,\n")
    assert found.rejects["rule"].tolist() == ["no_key"]


def test_an_unknown_state_is_reported(read: Callable[..., FileTables]) -> None:
    text = sample_text("gitlab_csv").replace(",Open,", ",Locked,")
    assert any("'Locked' (2 rows)" in sentence for sentence in read(text).warnings)
    assert states(read(text, states={"locked": "done"})) == ["done"] * 3


def test_a_label_that_holds_a_comma(read: Callable[..., FileTables]) -> None:
    """Labels are joined without a blank; where all commas have one, they join labels."""
    row = "a,,7,https://gitlab.com/g/p/-/issues/7,Open,,,2026-01-01 10:00:00,,,,"
    both = read(OLD + row + '"Wait, then retry,severity::1,Team::Pay"\n').tables["items"].iloc[0]
    assert both["labels"] == ["Wait, then retry", "severity::1", "Team::Pay"]
    assert (both["severity"], both["team"]) == ("sev1", "Pay")
    blanks = read(OLD + row + '"severity::1, postmortem"\n').tables["items"].iloc[0]
    assert blanks["labels"] == ["severity::1", "postmortem"]


def test_an_incident_of_the_newer_generation(read: Callable[..., FileTables]) -> None:
    found = read(sample_text("gitlab_csv").replace("Agreed in the review,Issue,", ",Incident,"))
    incident = found.tables["incidents"].iloc[0]
    assert (incident["incident_id"], incident["severity"]) == ("shop/web/front#12", "sev2")
    assert incident["resolved_at"] == pd.Timestamp("2026-01-19 23:30", tz="UTC")
    assert len(found.tables["items"]) == 2


def test_an_issue_twice_with_other_states_is_said(read: Callable[..., FileTables]) -> None:
    """As in files that pandas saved: the first cell of the header is empty."""
    rows = [
        f"{n},{n},a,7,https://gitlab.com/g/p/-/issues/7,{state},2026-01-01 10:00:00,2026-01-03 10:00:00\n"
        for n, state in enumerate(("Closed", "Open"))
    ]
    header = ",Unnamed: 0,Title,Issue ID,URL,State,Created At (UTC),Closed At (UTC)\n"
    found = read(header + "".join(rows))
    assert states(found) == ["done", "open"]
    assert any("1 issues stand in the file again" in sentence for sentence in found.warnings)
    assert not any("again with another" in s for s in read(header + rows[0] + rows[0]).warnings)


def test_a_file_as_large_as_the_mail_is_suspicious(read: Callable[..., FileTables]) -> None:
    row = "a,{},7,https://gitlab.com/g/p/-/issues/7,Open,,,2026-01-01 10:00:00,,,,\n"
    large = read(OLD + row.format("x" * 14_600_000))
    assert any("15 MB" in sentence for sentence in large.warnings)
    assert not any("15 MB" in sentence for sentence in read(OLD + row.format("x")).warnings)
