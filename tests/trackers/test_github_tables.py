"""GitHub as tables: views of projects, and what scripts write of gh."""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from pmanalytics.errors import PmanalyticsError
from pmanalytics.trackers import FileTables
from tests.mutilation import mutilated
from tests.trackers.samples import read_path, states

VIEW = """\
Title\tURL\tAssignees\tStatus\tLabels\tMilestone\tTarget date\tClosed
Alert on a full queue\thttps://github.com/example/shop/issues/12\tada, grace\tDone\tpostmortem, sev2\t2026Q1\tJan 31, 2026\tJan 19, 2026
Left in a column\thttps://github.com/example/shop/issues/13\t\tIn Progress\t\t\t\tJan 20, 2026
A change\thttps://github.com/example/shop/pull/14\t\tDone\t\t\t\t
Only a draft\t\tada\tTodo\t\t\t\t
Only a draft\t\t\tBrewing\t\t\t\t
\t\t\tTodo\t\t\t\t
"""
SCRIPT = """\
Number,Title,Author,State,CreatedAt,ClosedAt,Area,Type,URL,Priority,Milestone
7,Retry,ada,CLOSED,2026-01-02T08:00:00Z,2026-01-09T08:00:00Z,Search,Bug,https://github.com/a/b/issues/7,-1,M1
7,Retry,ada,CLOSED,2026-01-02T08:00:00Z,2026-01-09T08:00:00Z,Cart,Bug,https://github.com/a/b/issues/7,-1,M1
8,Wait,ada,OPEN,2026-01-03T08:00:00Z,,,,https://github.com/a/b/issues/8,0,
"""


def test_the_view_of_a_project(read: Callable[..., FileTables]) -> None:
    found = read(VIEW)
    items = found.tables["items"]
    assert (found.format, found.rows, found.filtered) == ("github", 6, 1)
    assert items["item_id"].tolist() == [
        "github:example/shop#12",
        "github:example/shop#13",
        "github:Only a draft",
        "github:Only a draft (2)",
    ]
    assert items["key"].isna().tolist() == [False, False, True, True]
    assert found.rejects[["row", "rule"]].to_numpy().tolist() == [[7, "no_key"]]
    row = items.iloc[0]
    assert (row["owners"], row["labels"]) == (["ada", "grace"], ["postmortem", "sev2"])
    assert (row["planned"], row["project"]) == ("2026Q1", "example/shop")
    assert row["promised_on"] == pd.Timestamp("2026-01-31")
    assert row["closed_at"] == pd.Timestamp("2026-01-19", tz="UTC")


def test_a_closing_outranks_the_column_of_the_board(read: Callable[..., FileTables]) -> None:
    found = read(VIEW)
    items = found.tables["items"]
    assert items["state"].tolist() == ["done", "done", "open", "open"]
    assert items["status"].tolist() == ["Done", "In Progress", "Todo", "Brewing"]
    assert any("1 row contradicts itself" in sentence for sentence in found.warnings)
    assert any("'Brewing' (1 row)" in sentence for sentence in found.warnings)
    settled = read(VIEW, states={"In progress": "open"})
    assert states(settled)[:2] == ["done", "open"]


def test_an_issue_in_several_rows_has_all_their_areas(read: Callable[..., FileTables]) -> None:
    found = read(SCRIPT)
    items = found.tables["items"]
    assert items["key"].tolist() == ["a/b#7", "a/b#7", "a/b#8"]
    assert items["labels"].tolist() == [["Search", "Cart"], ["Search", "Cart"], []]
    assert items["state"].tolist() == ["done", "done", "open"]
    assert any(
        "1 rows repeat an issue with another value under 'Area'" in w for w in found.warnings
    )


def test_no_priority_and_the_highest(read: Callable[..., FileTables]) -> None:
    assert read(SCRIPT).tables["items"]["priority"].fillna("none").tolist() == ["none", "none", "0"]


def test_blanks_after_the_commas_of_a_header(read: Callable[..., FileTables]) -> None:
    items = read(SCRIPT.replace(",", ", ")).tables["items"]
    assert items["key"].tolist() == ["a/b#7", "a/b#7", "a/b#8"]
    assert items["closed_at"].notna().tolist() == [True, True, False]


def test_a_blank_after_each_comma_and_neither_number_nor_address(
    read: Callable[..., FileTables],
) -> None:
    """Whoever closed an issue stays there when it is opened again; quotes open after the blank."""
    found = read(
        "title, author, state, created_at, closed_at, closer\n"
        "Retry, ada, closed, 2020-01-02T03:04:05Z, 2020-01-04T03:04:05Z, bo\n"
        '"Wait, then retry", ada, open, 2020-01-02T03:04:05Z, , bo\n'
        'Retry, "Ada, E.", open, 2020-01-03T03:04:05Z, , \n'
    )
    items = found.tables["items"]
    assert (found.format, found.rows, len(found.rejects)) == ("github", 3, 0)
    assert items["item_id"].tolist() == [
        "github:Retry", "github:Wait, then retry", "github:Retry (2)",
    ]  # fmt: skip
    assert items["state"].tolist() == ["done", "open", "open"]
    assert items["closed_at"].tolist()[0] == pd.Timestamp("2020-01-04T03:04:05Z")
    assert [s for s in found.warnings if "titles name the issues" in s]


def test_numbers_that_became_fractions(read: Callable[..., FileTables]) -> None:
    found = read(SCRIPT.replace("\n8,", "\n8.0,"))
    assert found.tables["items"]["key"].unique().tolist() == ["a/b#7", "a/b#8"]


def test_a_script_s_table_as_workbook(tmp_path: Path) -> None:
    """A spreadsheet makes dates of the texts, and numbers of the digits."""
    book = openpyxl.Workbook()
    book.active.append(["Number", "Title", "State", "CreatedAt", "ClosedAt", "URL"])
    day = datetime(2026, 1, 2, 8, 0)
    book.active.append([7, "Retry", "CLOSED", day, day, "https://github.com/a/b/issues/7"])
    book.save(tmp_path / "x")
    found = read_path(tmp_path / "x")
    row = found.tables["items"].iloc[0]
    assert (row["key"], row["state"]) == ("a/b#7", "done")
    assert row["closed_at"] == pd.Timestamp("2026-01-02 08:00", tz="UTC")


def test_what_pandas_writes_of_the_rest_interface(read: Callable[..., FileTables]) -> None:
    text = (
        "number,title,state,state_reason,created_at,closed_at,html_url\n"
        "7,x,closed,not_planned,2026-01-02T08:00:00Z,2026-01-09T08:00:00Z,https://github.com/a/b/issues/7\n"
        "8,y,open,,2026-01-02T08:00:00Z,,https://github.com/a/b/pull/8\n"
    )
    found = read(text)
    assert (found.format, found.filtered) == ("github", 1)
    assert states(found) == ["dropped"]


def test_a_mark_of_pull_requests_in_a_table(read: Callable[..., FileTables]) -> None:
    header = "number,title,state,created_at,pull_request\n"
    rows = "7,x,open,2026-01-02T08:00:00Z,{'url': 'x'}\n8,x,open,2026-01-02T08:00:00Z,False\n"
    assert read(header + rows).filtered == 1


@pytest.mark.parametrize("text", [VIEW, SCRIPT], ids=["view", "script"])
def test_mutilated_tables_lose_no_row(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    read_whole = 0
    for seed in range(30):
        path.write_bytes(mutilated(text.encode(), seed))
        try:
            found = read_path(path)
        except PmanalyticsError as problem:
            sentence = str(problem)
            assert "\n" not in sentence
            continue
        kept = sum(map(len, found.tables.values()))
        assert found.rows == kept + found.filtered + len(found.rejects)
        read_whole += 1
    assert read_whole > 8


@pytest.mark.real
def test_one_row_per_issue_and_area(shared_exports: Path) -> None:
    """Counted with csv.DictReader: 3,212 rows, of which 3,013 say CLOSED, and all of these and no
    others have a ClosedAt; 3,062 distinct numbers, 135 of them in several rows that differ in Area.
    """
    name = "github/vscode-mssql_issues_gh.csv"
    found = read_path(shared_exports / name)
    items = found.tables["items"]
    assert (found.format, found.rows, len(items), len(found.rejects)) == ("github", 3212, 3212, 0)
    assert items["key"].nunique() == 3062
    assert items["state"].value_counts().to_dict() == {"done": 3013, "open": 199}
    assert items["closed_at"].notna().sum() == 3013
    assert items["priority"].value_counts().to_dict() == {"0": 168, "1": 164, "2": 78, "3": 24}
    # The copies of an issue are equal, so that only their number is of interest.
    assert len(items.drop(columns="row").astype("str").drop_duplicates()) == 3062
    with (shared_exports / name).open(encoding="utf-8") as file:
        areas = Counter(row["Area"] for row in csv.DictReader(file) if row["Area"])
    labelled = items.assign(key=items["key"]).drop_duplicates("key")["labels"].explode()
    assert labelled.value_counts().to_dict() == dict(areas)
    assert any(sentence.startswith("150 rows repeat an issue") for sentence in found.warnings)
