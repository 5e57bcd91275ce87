"""ServiceNow: lists and logs, what numbers mean, and dates that come from the future."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.trackers import FileTables
from tests.trackers.samples import SAMPLES, read_path, sample_text

# How the forms of ServiceNow call the fields of the sample.
LABELS = {
    "number": "Number",
    "opened_at": "Opened",
    "short_description": "Short description",
    "priority": "Priority",
    "state": "State",
    "assignment_group": "Assignment group",
    "assigned_to": "Assigned to",
    "parent": "Parent",
    "problem_id": "Problem",
    "business_service": "Service",
    "cmdb_ci": "Configuration item",
    "due_date": "Due date",
    "resolved_at": "Resolved",
    "closed_at": "Closed",
    "close_code": "Close code",
    "sys_updated_on": "Updated",
}
# One incident, four times, as the log has it: the final dates stand in every row.
LOG = """\
number,incident_state,sys_mod_count,opened_at,sys_updated_at,assignment_group,resolved_at,closed_at
{0}1,New,0,29-02-2016 01:16,29-02-2016 01:23,Group 56,01-03-2016 11:29,05-03-2016 12:00
{0}1,Resolved,1,29-02-2016 01:16,29-02-2016 08:53,Group 56,01-03-2016 11:29,05-03-2016 12:00
{0}1,Active,2,29-02-2016 01:16,29-02-2016 09:00,Group 57,01-03-2016 11:29,05-03-2016 12:00
{0}1,Closed,3,29-02-2016 01:16,05-03-2016 12:00,Group 57,01-03-2016 11:29,05-03-2016 12:00
{0}2,-100,0,13-02-2016 01:16,13-02-2016 01:16,?,?,?
{0}2,Active,1,13-02-2016 01:16,14-02-2016 01:16,?,14-02-2016 11:29,15-02-2016 12:00
"""


def rows() -> list[list[str]]:
    return list(csv.reader(io.StringIO(sample_text("servicenow"))))


def test_the_number_tells_what_a_row_is(read: Callable[..., FileTables]) -> None:
    found = read(SAMPLES["servicenow"].read_bytes())
    assert (found.rows, found.filtered, len(found.rejects)) == (7, 1, 0)
    incidents = found.tables["incidents"].set_index("incident_id")
    assert incidents.index.tolist() == ["INC0010021", "INC0010022"]
    assert incidents["severity"].tolist() == ["sev1", "sev3"]
    assert incidents["service"].tolist() == ["Checkout", "rep-01"]
    assert incidents.loc["INC0010021", "resolved_at"] == pd.Timestamp("2026-01-10 05:00Z")
    items = found.tables["items"].set_index("key")
    assert items["state"].to_dict() == {
        "PRB0040007": "open",
        "PTASK0010031": "done",
        "PTASK0010032": "dropped",
        "ITASK0010033": "open",
    }
    assert items["severity"].isna().all()
    assert items.loc["PTASK0010031", "team"] == "Shop tools"
    assert items.loc["PTASK0010031", "closed_at"] == pd.Timestamp("2026-01-18 16:30Z")
    assert str(items.loc["PTASK0010031", "promised_on"].date()) == "2026-01-20"
    assert items.loc["ITASK0010033", "owners"] == ["Cy Example"]


def test_priorities_as_severities_are_said_until_they_are_settled(
    read: Callable[..., FileTables],
) -> None:
    (sentence,) = read(SAMPLES["servicenow"].read_bytes()).warnings
    assert "'1 - Critical' as sev1" in sentence
    assert '[source.severities], for example "1 - Critical" = "sev1"' in sentence
    words = {"1 - Critical": "sev2", "3 - Moderate": "sev4", "4 - Low": "sev5"}
    settled = read(SAMPLES["servicenow"].read_bytes(), severities=words)
    assert settled.warnings == ()
    assert settled.tables["incidents"]["severity"].tolist() == ["sev2", "sev4"]


def test_labels_of_a_workbook_say_the_same(read: Callable[..., FileTables], tmp_path: Path) -> None:
    header, *body = rows()
    book = openpyxl.Workbook()
    for row in [[LABELS[name] for name in header], *body]:
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    found = read_path(tmp_path / "x.xlsx")
    expected = read(SAMPLES["servicenow"].read_bytes())
    assert found.format == "servicenow"
    for table, frame in expected.tables.items():
        pd.testing.assert_frame_equal(found.tables[table], frame)


def test_tasks_of_a_problem_are_of_the_incidents_that_name_it(tmp_path: Path) -> None:
    """Two files: incidents, of which two name the problem, and the tasks of the problem."""
    (tmp_path / "incident.csv").write_text(
        "number,short_description,assignment_group,state,opened_at,problem_id\n"
        "INC2,Again,Shop,Closed,2026-02-01 10:00:00,PRB7\n"
        "INC1,First,Shop,Closed,2026-01-01 10:00:00,PRB7\n"
    )
    (tmp_path / "problem_task.csv").write_text(
        "number,short_description,assignment_group,state,opened_at,problem\n"
        "PTASK1,Mend it,Shop,New,2026-02-02 10:00:00,PRB7\n"
        "PTASK2,Look,Shop,New,2026-02-02 10:00:00,PRB8\n"
    )
    items = pma.read(tmp_path).items.set_index("key")
    assert items["incident_id"].to_dict() == {"PTASK1": "INC1", "PTASK2": "PRB8"}
    assert items.loc["PTASK1", "other_incidents"] == ["INC2"]
    assert items.loc["PTASK1", "incident_rule"] == "field"


def test_a_problem_closed_without_a_fix_is_dropped(read: Callable[..., FileTables]) -> None:
    found = read(
        b"number,short_description,assignment_group,state,resolution_code,duplicate_of,closed_at\n"
        b"PRB1,a,Shop,Closed,Fix Applied,,2026-02-02 10:00:00\n"
        b"PRB2,b,Shop,Closed,Risk Accepted,,2026-02-02 10:00:00\n"
        b"PRB3,c,Shop,Closed,Duplicate,PRB1,2026-02-02 10:00:00\n"
        b"PRB4,d,Shop,Closed,Duplicate,,2026-02-02 10:00:00\n"
        b"PTASK5,e,Shop,Closed Incomplete,,,2026-02-02 10:00:00\n"
        b"PTASK6,f,Shop,Closed Complete,,,2026-02-02 10:00:00\n"
    )
    items = found.tables["items"]
    dropped = "dropped"
    assert items["state"].tolist() == ["done", dropped, dropped, dropped, dropped, "done"]
    assert items["duplicate_of"].fillna("").tolist() == [
        "", "", "servicenow:PRB1", "unknown", "", "",
    ]  # fmt: skip


def test_rows_of_other_kinds_are_read_and_named(read: Callable[..., FileTables]) -> None:
    found = read(
        b"number,short_description,assignment_group,state\n"
        b"CHG0000001,a,Shop,New\nRITM0000001,b,Shop,New\nCHG0000002,c,Shop,New\nTASK1,d,Shop,New\n"
    )
    assert len(found.tables["items"]) == 4
    (sentence,) = found.warnings
    assert sentence.startswith("Rows whose numbers begin with CHG (2), RITM (1) count as action")


def test_a_log_of_incidents_gives_each_as_it_was_last(read: Callable[..., FileTables]) -> None:
    """Four rows hold an end that was yet to come: the first three of 1, and the second of 2, whose
    first holds none.
    """
    found = read(LOG.format("INC").encode())
    incidents = found.tables["incidents"]
    assert len(incidents) == found.rows == 6
    once = incidents.drop(columns=["row", "causes"]).drop_duplicates(ignore_index=True)
    assert once["incident_id"].tolist() == ["INC1", "INC2"]
    assert once["team"].fillna("").tolist() == ["Group 57", ""]
    assert once["resolved_at"].isna().tolist() == [False, True]
    assert once.loc[0, "resolved_at"] == pd.Timestamp("2016-03-01 11:29Z")
    assert once.loc[0, "started_at"] == pd.Timestamp("2016-02-29 01:16Z")
    assert any("Unknown status '-100' (1 row)" in warning for warning in found.warnings)
    assert any(warning.startswith("4 rows of a log") for warning in found.warnings)


def test_the_order_of_a_log_does_not_matter(read: Callable[..., FileTables]) -> None:
    header, *body = LOG.format("INC").splitlines()
    expected = read(LOG.format("INC").encode()).tables["incidents"]
    found = read("\n".join([header, *reversed(body)]).encode()).tables["incidents"]
    pd.testing.assert_frame_equal(
        found.iloc[::-1].drop(columns="row").reset_index(drop=True), expected.drop(columns="row")
    )


def test_a_log_of_tasks_becomes_observations(tmp_path: Path) -> None:
    """The task was seen new, resolved, active again and closed; its end is that of the last."""
    (tmp_path / "log.csv").write_text(LOG.format("PTASK"))
    data = pma.read(tmp_path)
    items = data.items.set_index("key")
    assert items["state"].tolist() == ["done", "open"]
    assert items.loc["PTASK1", "closed_at"] == pd.Timestamp("2016-03-01 11:29Z")
    older = data.observations[data.observations["key"] == "PTASK1"]
    assert older["state"].tolist() == ["open", "done", "open"]
    assert older["closed_at"].isna().all()
    assert older["observed_at"].dt.strftime("%d %H:%M").tolist() == [
        "29 01:23", "29 08:53", "29 09:00",
    ]  # fmt: skip
    file = data.files.iloc[0]
    assert (file["rows"], file["items"], file["duplicates"]) == (6, 2, 4)


@pytest.mark.real
def test_a_real_list(shared_exports: Path) -> None:
    """66 rows with 66 numbers; states, priorities and the dates counted with csv and Counter."""
    path = shared_exports / "servicenow" / "pdi_incident_list.csv"
    found = read_path(path)
    incidents = found.tables["incidents"]
    assert (found.rows, len(incidents), len(found.tables["items"])) == (66, 66, 0)
    assert incidents["severity"].value_counts().to_dict() == {
        "sev1": 27, "sev5": 18, "sev3": 12, "sev4": 5, "sev2": 4,
    }  # fmt: skip
    assert incidents["team"].isna().sum() == 27
    assert incidents["resolved_at"].isna().all()
    span = (incidents["started_at"].min(), incidents["started_at"].max())
    assert [f"{moment:%Y-%m-%d %H:%M:%S}" for moment in span] == [
        "2015-08-12 16:08:24",
        "2021-02-24 01:42:59",
    ]


@pytest.mark.real
def test_a_real_log(shared_exports: Path) -> None:
    """198 rows of 32 numbers. In the order of sys_updated_at the last row of 31 is Closed, that of
    INC0000101 is not; priorities, spans and groups are those of the last rows, counted with csv and
    Counter. All but the 31 closed rows hold a date that was yet to come.
    """
    path = shared_exports / "servicenow" / "incident_event_log_uci_original-format_head.csv"
    found = read_path(path)
    incidents = found.tables["incidents"]
    assert (found.rows, len(incidents), len(found.rejects)) == (198, 198, 0)
    once = incidents.drop(columns=["row", "causes"]).drop_duplicates().set_index("incident_id")
    assert len(once) == 32
    assert once["severity"].value_counts().to_dict() == {"sev3": 26, "sev4": 5, "sev2": 1}
    assert once["resolved_at"].isna().sum() == 1
    assert pd.isna(once.loc["INC0000101", "resolved_at"])
    # It was never resolved, only closed.
    assert once.loc["INC0000093", "resolved_at"] == pd.Timestamp("2016-03-05 10:00Z")
    ends = once["resolved_at"].drop("INC0000093")
    assert [f"{moment:%Y-%m-%d %H:%M}" for moment in (ends.min(), ends.max())] == [
        "2016-02-29 09:04",
        "2016-04-12 14:46",
    ]
    assert once["team"].value_counts().head(3).to_dict() == {
        "Group 54": 6,
        "Group 70": 5,
        "Group 23": 5,
    }
    assert any(warning.startswith("167 rows of a log") for warning in found.warnings)
    data = pma.read(path)
    file = data.files.iloc[0]
    assert (file["rows"], file["incidents"], file["duplicates"]) == (198, 32, 166)
