"""Updates for Jira: a file that its import takes, and texts that arrive as nothing but text."""

import csv
import re
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.answers.updates import Updates, ticket_updates
from pmanalytics.datasets import Dataset
from tests.naughty import TITLES, token

DAY = "2026-10-12"
CONFIGURATION = """timezone = "Europe/Berlin"
decisions = "decisions.csv"
[[source]]
path = "jira.csv"
name = "jira"
observed_at = 2026-10-12T06:00:00Z
"""
HEADER = "Issue key,Summary,Status,Created,Updated,Due date"


def read_folder(folder: Path, decisions: Sequence[dict[str, Any]], team: str = "") -> Dataset:
    """Three open tickets, decisions about them, and the column that holds their teams."""
    fields = f'[source.fields]\nteam = "{team}"\n' if team else ""
    (folder / "pmanalytics.toml").write_text(CONFIGURATION + fields, encoding="utf-8")
    rows = [
        f"PAY-{number},Ticket {number},To Do,01/Jul/26 8:00 AM,01/Oct/26 8:00 AM,01/Aug/26"
        for number in (1, 2, 3)
    ]
    lines = [HEADER + (f",{team}" if team else ""), *(r + (",web" if team else "") for r in rows)]
    (folder / "jira.csv").write_text("\n".join(lines), encoding="utf-8")
    columns = ["decided_on", "subject", "kind", "value", "until", "reason"]
    table = pd.DataFrame(decisions, columns=columns).assign(decided_on=DAY)
    table.to_csv(folder / "decisions.csv", index=False)
    return pma.read(folder)


def rows_of(updates: Updates) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(updates.text, newline="")))


def decided(kind: str, number: int, **more: Any) -> dict[str, Any]:
    return {"subject": f"jira:PAY-{number}", "kind": kind, **more}


@pytest.fixture
def said(dataset: Callable[..., Dataset]) -> Callable[..., Updates]:
    """The file for one ticket with a title about which one thing was decided."""

    def build(title: str = "Ticket 1", **decision: Any) -> Updates:
        item = {"item_id": "jira:PAY-1", "key": "PAY-1", "source": "jira", "title": title}
        made = {"decided_on": DAY, "subject": "jira:PAY-1", **decision}
        return ticket_updates(
            dataset(items=[{**item, "state": "open"}], decisions=[made]), form="jira_csv"
        )

    return build


def test_our_own_reader_finds_the_keys_the_dates_and_the_teams(tmp_path: Path) -> None:
    made = [
        decided("promised", 1, until="2026-11-30"),
        decided("promised", 2, until="2027-02-01", reason="the vendor is late, again"),
        decided("owner_team", 2, value="Core, Platform"),
        decided("waiver", 3, until="2026-12-24", reason='waits for the "freeze"'),
    ]
    data = read_folder(tmp_path, made, team="Custom field (Owning team)")
    updates = ticket_updates(data, form="jira_csv")
    assert not any("SAMPLE" in note for note in updates.notes)
    assert updates.text.splitlines()[:2] == [
        "Issue key,Summary,Due date,Owning team,Comment Body",
        "PAY-1,Ticket 1,2026-11-30,,",
    ]
    back = tmp_path / "back"
    back.mkdir()
    (back / "updates.csv").write_text(updates.text, encoding="utf-8")
    (back / "pmanalytics.toml").write_text(
        '[[source]]\npath = "updates.csv"\ntracker = "jira_csv"\n'
        '[source.fields]\nteam = "Owning team"\n'
    )
    items = pma.read(back).items.set_index("key")
    assert items["title"].to_dict() == {f"PAY-{n}": f"Ticket {n}" for n in (1, 2, 3)}
    assert items["promised_on"].dropna().to_dict() == {
        "PAY-1": pd.Timestamp("2026-11-30"),
        "PAY-2": pd.Timestamp("2027-02-01"),
    }
    assert items["team"].dropna().to_dict() == {"PAY-2": "Core, Platform"}
    comments = {row["Issue key"]: row["Comment Body"] for row in rows_of(updates)}
    assert comments == {
        "PAY-1": "",
        "PAY-2": f"New promised date 2027-02-01 (decided on {DAY}): the vendor is late, again.",
        "PAY-3": f'Waived until 2026-12-24 (decided on {DAY}): waits for the "freeze".',
    }


def test_once_the_tracker_follows_there_is_nothing_to_tell(tmp_path: Path) -> None:
    made = [decided("promised", 1, until="2026-08-01"), decided("owner_team", 2, value="web")]
    updates = ticket_updates(
        read_folder(tmp_path, made, team="Custom field (Owning team)"), form="jira_csv"
    )
    assert (updates.count, updates.text) == (0, "Issue key,Summary\n")


@pytest.mark.parametrize(
    ("team", "column"),
    [
        ("Custom field (Owning team)", "Owning team"),
        ("Benutzerdefinierte Felder (Team (neu))", "Team (neu)"),
        ("Component/s", None),  # importing one component would replace all others
        ("", None),
        ("Custom field (Summary)", None),
    ],
)
def test_a_team_goes_into_its_custom_field_else_into_the_comment(
    tmp_path: Path, team: str, column: str | None
) -> None:
    data = read_folder(tmp_path, [decided("owner_team", 1, value="core")], team=team)
    updates = ticket_updates(data, form="jira_csv")
    (row,) = rows_of(updates)
    if column:
        assert row == {"Issue key": "PAY-1", "Summary": "Ticket 1", column: "core"}
        assert any(column in note for note in updates.notes)
    else:
        assert list(row) == ["Issue key", "Summary", "Comment Body"]
        assert row["Comment Body"] == f"Owner team core (decided on {DAY})."


@pytest.mark.parametrize("team", ["=1+1", "@SUM(1)", "<<!clear!>>"])
def test_a_team_that_would_not_arrive_as_it_is_stands_in_the_comment(
    tmp_path: Path, team: str
) -> None:
    data = read_folder(
        tmp_path, [decided("owner_team", 1, value=team)], team="Custom field (Owning team)"
    )
    (row,) = rows_of(ticket_updates(data, form="jira_csv"))
    assert list(row) == ["Issue key", "Summary", "Comment Body"]
    assert row["Comment Body"].startswith("Owner team ")


def test_a_drop_is_asked_for_and_no_status_is_written(said: Callable[..., Updates]) -> None:
    (row,) = rows_of(said(kind="drop", reason="the service is gone"))
    assert row == {
        "Issue key": "PAY-1",
        "Summary": "Ticket 1",
        "Comment Body": f"Dropped (decided on {DAY}): the service is gone. Please close this ticket "
        "as dropped, such as Won't Do, since an import does not close it.",
    }


# The wiki's own words for what calls a person, runs a macro or shows a picture.
LIVE = re.compile(r"\[|\]|\{|\}|!\S|;")


@pytest.mark.parametrize(
    ("reason", "arrives"),
    [
        ("ask [~jdoe]", "ask (~jdoe)"),
        ("[~accountid:5b10] knows", "(~accountid:5b10) knows"),
        ("{html}<b>x</b>{html}", "(html)<b>x</b>(html)"),
        ("see !https://canary.invalid/x.png!", "see ! https://canary.invalid/x.png!"),
        ("[x|javascript:alert(1)]", "(x|javascript:alert(1))"),
        # The form of a comment that is someone else's: date;author;text.
        ("12/Oct/26 8:00 AM;jdoe;I agree", "12/Oct/26 8:00 AM,jdoe,I agree"),
    ],
)
def test_no_markup_of_the_wiki_comes_to_life(
    said: Callable[..., Updates], reason: str, arrives: str
) -> None:
    (row,) = rows_of(said(kind="waiver", until="2026-11-30", reason=reason))
    body = row["Comment Body"]
    assert body.startswith(f"Waived until 2026-11-30 (decided on {DAY}): {arrives}")
    assert not LIVE.search(body)


@pytest.mark.parametrize("number", range(len(TITLES)))
def test_naughty_texts_arrive_as_text(said: Callable[..., Updates], number: int) -> None:
    text = TITLES[number]
    updates = said(title=text, kind="note", value=text)
    lines = list(csv.reader(StringIO(updates.text, newline=""), strict=True))
    assert lines[0] == ["Issue key", "Summary", "Comment Body"]
    ((key, summary, body),) = lines[1:]
    assert key == "PAY-1"
    # A title is written back as it is or not at all, so that no import changes it.
    assert summary in ("", text)
    assert bool(summary) != any("PAY-1" in note for note in updates.notes)
    assert token(number) in body
    assert body.startswith(f"Note (written on {DAY}): ")
    assert not LIVE.search(body)
    assert len(body) <= 32_767
    for cell in (key, summary, body):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", cell)


def test_a_long_text_is_cut_with_a_mark(said: Callable[..., Updates]) -> None:
    (row,) = rows_of(said(kind="note", value="x" * 40_000))
    assert row["Comment Body"].endswith("xxx ... (shortened).")
    assert len(row["Comment Body"]) < 5_100


def test_the_sample_has_one_waiver_for_jira(sample: Dataset) -> None:
    # Of its four decisions about tickets: one is of a document, one ended before the export was
    # made, and two are waivers of tickets, of which one is closed.
    updates = ticket_updates(sample, form="jira_csv")
    assert [row["Issue key"] for row in rows_of(updates)] == ["PAY-148"]
    assert updates.left_out == ("1 decided item of postmortems: postmortems:INC-1102/1.",)
    assert updates.notes[0] == "SAMPLE DATA: these tickets do not exist."
