"""Jira: which of the columns that may disagree tells the state, and what the cells mean."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pmanalytics.settings import Settings, Source
from pmanalytics.trackers import FileTables, read_file

SAMPLE = Path(__file__).parent.parent / "exports" / "jira_csv.csv"


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., FileTables]:
    def call(text: str, at_home: str = "UTC", **source: object) -> FileTables:
        path = tmp_path / "x"
        path.write_text(text, "utf-8")
        return read_file(
            path, source=Source(**source), settings=Settings(timezone=at_home), name="x"
        )

    return call


@pytest.fixture
def sample(read: Callable[..., FileTables]) -> pd.DataFrame:
    return read(SAMPLE.read_text("utf-8")).tables["items"].set_index("key")


@pytest.mark.parametrize(
    ("key", "state"),
    [
        ("PAY-1", "done"),
        ("PAY-2", "open"),
        ("PAY-3", "dropped"),  # Closed, but Won't Do
        ("PAY-4", "dropped"),  # a duplicate
        ("PAY-5", "open"),  # Reopened outranks the resolution that Jira keeps
        ("PAY-6", "done"),  # no resolution, but the category says Done
    ],
)
def test_states_of_the_sample(sample: pd.DataFrame, key: str, state: str) -> None:
    assert sample.loc[key, "state"] == state


def test_closing_dates_of_the_sample(sample: pd.DataFrame) -> None:
    closed = sample["closed_at"].dt.strftime("%m-%d %H:%M").fillna("").to_dict()
    assert closed == {
        "PAY-1": "01-14 09:00", "PAY-2": "", "PAY-3": "01-15 20:30", "PAY-4": "01-16 13:00",
        "PAY-5": "", "PAY-6": "01-18 12:30",
    }  # fmt: skip


def test_all_columns_of_a_row(sample: pd.DataFrame) -> None:
    row = sample.loc["PAY-1"]
    assert row["title"] == "Alert on a full queue, not on a late one"
    assert row["labels"] == ["postmortem", "sev1", "20260110"]
    assert row["links"] == ["PAY-9", "INC-7", "INC-8", "PAY-100"]
    assert row["owners"] == ["Ada Example"]
    assert (row["planned"], row["project"], row["severity"]) == ("PAY Sprint 2", "PAY", "sev1")
    assert (row["item_id"], row["source"], row["status"]) == ("jira:PAY-1", "jira", "Done")
    assert row["promised_on"] == pd.Timestamp("2026-01-20")
    assert pd.isna(row["url"])


def test_noon_and_midnight(sample: pd.DataFrame) -> None:
    assert sample.loc["PAY-2", "created_at"].hour == 12
    assert sample.loc["PAY-3", "created_at"].hour == 0


def test_nobody_is_an_empty_list(sample: pd.DataFrame) -> None:
    assert sample.loc[["PAY-2", "PAY-3"], "owners"].list.len().tolist() == [0, 0]


def test_a_view_without_assignee_does_not_say(read: Callable[..., FileTables]) -> None:
    found = read("Issue key,Summary,Status\nA-1,a,Done\n")
    assert found.tables["items"]["owners"].isna().all()


def test_duplicates_name_their_ticket(sample: pd.DataFrame) -> None:
    assert sample.loc["PAY-4", "duplicate_of"] == "jira:PAY-1"
    assert sample["duplicate_of"].notna().sum() == 1


def test_severities_are_in_one_form_and_others_reported(read: Callable[..., FileTables]) -> None:
    found = read(SAMPLE.read_text("utf-8"))
    assert found.tables["items"]["severity"].dropna().tolist() == ["sev1", "sev2", "Major"]
    assert any("severity 'Major' (1 row)" in s and '"Major" = "sev2"' in s for s in found.warnings)
    mapped = read(SAMPLE.read_text("utf-8"), severities={"MAJOR ": "sev3"})
    assert mapped.tables["items"]["severity"].dropna().tolist() == ["sev1", "sev2", "sev3"]


WORDS = [
    # status, resolution, category, resolved, state
    ("Done", "Fixed", "Done", "", "done"),
    ("Closed", "Won\u2019t Fix", "Done", "", "dropped"),
    ("Closed", "Cannot Reproduce", "", "", "dropped"),
    ("In Progress", "Fixed", "In Progress", "", "done"),
    ("Reopened", "Fixed", "To Do", "", "open"),
    ("Closed", "Unresolved", "", "", "done"),
    ("Fertig", "", "Done", "", "done"),
    ("Cancelled", "", "Done", "", "dropped"),
    ("Done", "", "In Progress", "", "open"),
    ("Won't Do", "", "", "", "dropped"),
    ("Verified - UAT", "", "", "", "open"),
    ("Verified - UAT", "", "", "14/Jan/26 9:00 AM", "done"),
    ("Backlog", "", "", "", "open"),
    ("", "", "", "", None),
]


@pytest.mark.parametrize(("status", "resolution", "category", "resolved", "state"), WORDS)
def test_what_words_mean_together(
    status: str,
    resolution: str,
    category: str,
    resolved: str,
    state: str | None,
    read: Callable[..., FileTables],
) -> None:
    found = read(
        "Issue key,Summary,Status,Resolution,Status Category,Resolved\n"
        f"A-1,a,{status},{resolution},{category},{resolved}\n"
    )
    answer = found.tables["items"]["state"].iloc[0]
    assert (None if pd.isna(answer) else answer) == state


def test_the_configuration_outranks_everything(read: Callable[..., FileTables]) -> None:
    text = "Issue key,Summary,Status,Resolution,Status Category\nA-1,a,Released ,Done,Done\n"
    assert read(text, states={"released": "open"}).tables["items"]["state"].tolist() == ["open"]
    assert read(text, states={"done": "dropped"}).tables["items"]["state"].tolist() == ["dropped"]


def test_an_unknown_status_is_named_with_its_line(read: Callable[..., FileTables]) -> None:
    found = read("Issue key,Summary,Status\nA-1,a,Odd\nA-2,b,Odd\nA-3,c,Done\n")
    assert found.warnings[:1] == (
        "Unknown status 'Odd' (2 rows) counts as open; say what is meant under [source.states], "
        'for example "Odd" = "done".',
    )


def test_neither_status_nor_resolution_is_no_state(read: Callable[..., FileTables]) -> None:
    assert read("Issue key,Summary\nA-1,a\n").tables["items"]["state"].isna().all()


def test_a_resolution_alone_tells_the_state(read: Callable[..., FileTables]) -> None:
    found = read("Issue key,Summary,Resolution\nA-1,a,\nA-2,b,Fixed\nA-3,c,Declined\n")
    assert found.tables["items"]["state"].tolist() == ["open", "done", "dropped"]


def test_keys_that_are_none_are_rejects(read: Callable[..., FileTables]) -> None:
    found = read("Issue key,Summary,Status\nA-1 ,a,Done\n,b,Done\nsee below,c,Done\n")
    assert found.tables["items"]["key"].tolist() == ["A-1"]
    assert found.rejects[["row", "rule", "detail"]].to_numpy().tolist() == [
        [3, "no_key", "Issue key is empty"],
        [4, "no_key", "Issue key: 'see below'"],
    ]


def test_a_date_that_fits_no_format_is_a_reject(read: Callable[..., FileTables]) -> None:
    found = read(
        "Issue key,Summary,Status,Created\nA-1,a,Done,31/Feb/26 10:00 AM\nA-2,b,Done,1/Mar/26 10:00 AM\n"
    )
    assert found.rejects[["row", "rule", "detail"]].to_numpy().tolist() == [
        [2, "bad_date", "Created: '31/Feb/26 10:00 AM'"]
    ]


def test_times_are_in_the_zone_of_the_source_and_days_stay(read: Callable[..., FileTables]) -> None:
    """New York is five hours behind in January; a day that was promised is not converted."""
    text = "Issue key,Summary,Status,Created,Due date\nA-1,a,Open,12/Jan/26 11:19 PM,20/Jan/26 12:00 AM\n"
    row = read(text, "Europe/Berlin", timezone="America/New_York").tables["items"].iloc[0]
    assert row["created_at"] == pd.Timestamp("2026-01-13 04:19", tz="UTC")
    assert row["promised_on"] == pd.Timestamp("2026-01-20")
    row = read(text, "Europe/Berlin").tables["items"].iloc[0]
    assert row["created_at"] == pd.Timestamp("2026-01-12 22:19", tz="UTC")


def test_tickets_can_be_incidents(read: Callable[..., FileTables]) -> None:
    found = read(
        SAMPLE.read_text("utf-8"),
        table="incidents",
        fields={"service": "Custom field (Owning team)", "causes": "Labels"},
    )
    row = found.tables["incidents"].set_index("incident_id").loc["PAY-1"]
    assert row["started_at"] == pd.Timestamp("2026-01-12 11:19", tz="UTC")
    assert row["resolved_at"] == pd.Timestamp("2026-01-14 09:00", tz="UTC")
    assert (row["severity"], row["service"]) == ("sev1", "Payments")
    assert row["causes"] == ["postmortem", "sev1", "20260110"]


def test_a_round_number_of_rows_is_suspicious(read: Callable[..., FileTables]) -> None:
    def warned(rows: int) -> bool:
        text = "Issue key,Summary,Status\n" + "".join(f"A-{n},a,Done\n" for n in range(rows))
        return any("cuts off" in sentence for sentence in read(text).warnings)

    assert [warned(rows) for rows in (999, 1000, 1001)] == [False, True, False]
