"""Jira's JSON: what the pages of a search and their changelogs mean."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.errors import InputError
from pmanalytics.trackers import FileTables
from tests.trackers.samples import read_path, sample_json, told


@pytest.fixture
def page() -> dict[str, Any]:
    return sample_json("jira_json")


def entry(day: int, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": str(day),
        "created": f"2026-01-{day:02}T12:00:00.000+0000",
        "items": items,
        **more,
    }


def status(before: str, after: str) -> dict[str, Any]:
    return {"field": "status", "fromString": before, "toString": after}


def test_states_and_closing_dates(read: Callable[..., FileTables], page: dict[str, Any]) -> None:
    items = read(page).tables["items"].set_index("key")
    assert items["state"].to_dict() == {
        "PAY-1": "done",
        "PAY-2": "dropped",
        "PAY-3": "open",  # Reopened outranks the resolution that Jira keeps
        "PAY-4": "done",  # only a changelog, whose last status has the category done
    }
    # The last one is from the changelog: 10:00 at +01:00.
    assert items["closed_at"].dt.strftime("%m-%d %H:%M").fillna("").tolist() == [
        "01-20 09:00", "01-22 09:00", "", "01-25 09:00",
    ]  # fmt: skip
    assert items["duplicate_of"].dropna().to_dict() == {"PAY-2": "jira:PAY-1"}


def test_all_columns_of_an_issue(read: Callable[..., FileTables], page: dict[str, Any]) -> None:
    row = read(page).tables["items"].iloc[0]
    assert row["owners"] == ["Ada Example"]
    assert row["labels"] == ["postmortem", "sev1", "20260110"]
    assert row["links"] == ["INC-7", "PAY-100"]
    assert (row["severity"], row["priority"], row["planned"]) == ("sev1", "High", "PAY Sprint 2")
    assert row["promised_on"] == pd.Timestamp("2026-01-31")
    assert row["url"] == "https://example.invalid/browse/PAY-1"


def test_nobody_is_not_the_same_as_nothing_said(
    read: Callable[..., FileTables], page: dict[str, Any]
) -> None:
    owners = read(page).tables["items"]["owners"]
    assert owners.iloc[1] == []
    assert owners.isna().tolist() == [False, False, False, True]


def test_the_history_of_the_sample(read: Callable[..., FileTables], page: dict[str, Any]) -> None:
    """Status and resolution of one entry belong together: Done and Won't Fix is dropped."""
    expected = [
        ("01-13", "owner", "", "Ada Example"),
        ("01-13", "severity", "sev2", "sev1"),
        ("01-15", "state", "open", "dropped"),
        ("01-17", "state", "dropped", "open"),
        ("01-18", "promised_on", "2026-01-24", "2026-01-31"),
        ("01-20", "state", "open", "done"),
    ]
    assert told(read(page).events, "PAY-1") == expected
    page["issues"][0]["changelog"]["histories"].reverse()
    assert told(read(page).events, "PAY-1") == expected


def test_a_status_is_known_by_its_id(read: Callable[..., FileTables]) -> None:
    """Status 3 was called Gone once; the second issue says its name and category of today."""
    old = {"field": "status", "from": "1", "fromString": "Open", "to": "3", "toString": "Gone"}
    today = {"id": "3", "name": "Erledigt", "statusCategory": {"key": "done"}}
    issues = [
        {"key": "A-1", "fields": {}, "changelog": {"histories": [entry(5, old)]}},
        {"key": "A-2", "fields": {"status": today}},
    ]
    found = read(issues)
    assert told(found.events, "A-1") == [("01-05", "state", "open", "done")]
    renamed = {**old, "from": "3", "fromString": "Old name"}
    issues[0]["changelog"] = {"histories": [entry(5, renamed)]}
    assert told(read(issues).events, "A-1") == []


def test_a_resolution_that_came_later(read: Callable[..., FileTables]) -> None:
    """A resolution set after the closing drops what was done until then."""
    later = {"field": "resolution", "fromString": None, "toString": "Won't Fix"}
    log = [entry(9, later), entry(5, status("Open", "Closed"))]
    fields = {"status": {"name": "Closed"}, "resolution": {"name": "Won't Fix"}}
    found = read([{"key": "A-1", "fields": fields, "changelog": {"histories": log}}])
    assert told(found.events, "A-1") == [
        ("01-05", "state", "open", "done"),
        ("01-09", "state", "done", "dropped"),
    ]


def test_a_changelog_in_any_form(read: Callable[..., FileTables]) -> None:
    log = [entry(5, status("Open", "Closed")), entry(7, status("Closed", "Reopened"))]
    expected = [("01-05", "state", "open", "done"), ("01-07", "state", "done", "open")]
    for changelog in ({"histories": log}, {"values": log}, log):
        issues = [{"key": "A-1", "fields": {"summary": "x"}, "changelog": changelog}]
        assert told(read(issues).events, "A-1") == expected


def test_an_unknown_status_of_the_past_is_named(read: Callable[..., FileTables]) -> None:
    log = [entry(5, status("Brewing", "Closed")), entry(4, status("Open", "Brewing"))]
    issues = [{"key": "A-1", "fields": {"summary": "x"}, "changelog": {"histories": log}}]
    found = read(issues)
    assert any("in changelogs 'Brewing' (1 row) counts as open" in w for w in found.warnings)
    assert told(found.events, "A-1") == [("01-05", "state", "open", "done")]
    settled = read(issues, states={"brewing": "done"})
    assert told(settled.events, "A-1") == [("01-04", "state", "open", "done")]
    assert not any("Brewing" in w for w in settled.warnings)


def test_fields_of_a_site_by_name_or_number(
    read: Callable[..., FileTables], page: dict[str, Any]
) -> None:
    page["names"]["customfield_10099"] = "Owning team"
    page["issues"][0]["fields"]["customfield_10099"] = {"id": "1", "value": "payments"}
    move = {"field": "Owning team", "fromString": "web", "toString": "payments"}
    page["issues"][0]["changelog"]["histories"].append(entry(14, move))
    for written in ("Owning team", "customfield_10099", "fields.customfield_10099"):
        found = read(page, fields={"team": written})
        assert found.tables["items"]["team"].fillna("").tolist() == ["payments", "", "", ""]
    found = read(page, fields={"team": "Owning team"})
    assert ("01-14", "team", "web", "payments") in told(found.events, "PAY-1")


def test_severities_of_the_configuration_hold_for_the_past(
    read: Callable[..., FileTables], page: dict[str, Any]
) -> None:
    found = read(page, severities={"SEV-2": "sev9"})
    assert ("01-13", "severity", "sev9", "sev1") in told(found.events, "PAY-1")


def test_a_field_that_carries_its_own_name(read: Callable[..., FileTables]) -> None:
    own = {"id": "customfield_1", "name": "Severity", "value": {"id": "4", "value": "Sev 3"}}
    issue = {"key": "A-1", "fields": {"summary": "x", "customfield_1": own}}
    envelope = {"backend_name": "Jira", "category": "issue", "data": issue}
    items = read([envelope]).tables["items"]
    assert (items["key"].item(), items["severity"].item()) == ("A-1", "sev3")


def test_a_sprint_as_old_servers_write_it(read: Callable[..., FileTables]) -> None:
    text = "com.atlassian.greenhopper.service.sprint.Sprint@1f[id=3,rapidViewId=2,state=ACTIVE,name=Two, too,goal=]"
    issue = {"key": "A-1", "fields": {"summary": "x", "customfield_7": [text]}}
    assert read([issue]).tables["items"]["planned"].item() == "Two, too"


def pages_of(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {**page, "startAt": 0, "total": 4, "issues": page["issues"][:2]},
        {**page, "startAt": 2, "total": 4, "issues": page["issues"][2:]},
    ]


def test_pages_in_any_arrangement(
    tmp_path: Path, read: Callable[..., FileTables], page: dict[str, Any]
) -> None:
    first, second = pages_of(page)
    pasted = tmp_path / "pasted"
    pasted.write_text(json.dumps(first) + "\n" + json.dumps(second), "utf-8")
    of_pasted = read_path(pasted)
    for found in (of_pasted, read([first, second]), read(page["issues"])):
        assert found.tables["items"]["key"].tolist() == ["PAY-1", "PAY-2", "PAY-3", "PAY-4"]
        assert not any("other pages" in sentence for sentence in found.warnings)


def test_pages_that_are_missing_are_said(
    read: Callable[..., FileTables], page: dict[str, Any]
) -> None:
    first, second = pages_of(page)
    assert any("found 4 issues, of which the file holds 2" in w for w in read(first).warnings)
    token = {"issues": page["issues"], "nextPageToken": "abc"}
    assert any("further page" in w for w in read(token).warnings)
    assert any("further page" in w for w in read({**token, "isLast": False}).warnings)
    last = {"issues": page["issues"], "isLast": True}
    assert not any("further page" in w for w in read([token, last]).warnings)
    assert not any("other pages" in w for w in read([first, second]).warnings)


def test_tickets_on_two_pages_are_counted(tmp_path: Path, page: dict[str, Any]) -> None:
    """PAY-1 and PAY-2 come again on the second page, the latter with a later update."""
    newer = json.loads(json.dumps(page["issues"][1]))
    newer["fields"]["updated"] = "2026-01-30T10:00:00.000+0100"
    newer["fields"]["summary"] = "Another title"
    second = {"issues": [page["issues"][0], newer, *page["issues"][2:]]}
    first = {"issues": page["issues"][:2]}
    (tmp_path / "pages.json").write_text(json.dumps([first, second]), "utf-8")
    data = pma.read(tmp_path)
    assert data.files[["rows", "items", "duplicates"]].to_numpy().tolist() == [[6, 4, 2]]
    assert data.items.set_index("key").loc["PAY-2", "title"] == "Another title"
    # The history that both pages tell is told once: 6 changes of PAY-1 and one of PAY-4.
    assert len(data.events) == 7


def test_a_capped_changelog_is_said(read: Callable[..., FileTables], page: dict[str, Any]) -> None:
    assert any("changelogs of 1 issues hold less" in w for w in read(page).warnings)


@pytest.mark.parametrize(
    ("address", "page_of_it"),
    [
        ("https://a.example/rest/api/3/issue/10", "https://a.example/browse/A-1"),
        ("https://a.example/jira/rest/api/2/issue/10", "https://a.example/jira/browse/A-1"),
        ("https://api.atlassian.com/ex/jira/1/rest/api/3/issue/10", None),
        ("javascript:alert(1)", None),
    ],
)
def test_an_address_for_people(
    address: str, page_of_it: str | None, read: Callable[..., FileTables]
) -> None:
    url = read([{"key": "A-1", "self": address, "fields": {"summary": "x"}}]).tables["items"]["url"]
    assert url.fillna("").tolist() == [page_of_it or ""]


def test_a_table_of_incidents_has_their_history(
    read: Callable[..., FileTables], page: dict[str, Any]
) -> None:
    found = read(page, table="incidents")
    assert found.tables["incidents"]["incident_id"].tolist()[:2] == ["PAY-1", "PAY-2"]
    assert set(found.events["subject"]) == {"PAY-1", "PAY-4"}


def test_an_issue_without_a_key_is_a_reject(
    read: Callable[..., FileTables], page: dict[str, Any]
) -> None:
    del page["issues"][0]["key"]
    found = read(page)
    assert found.rejects[["row", "rule"]].to_numpy().tolist() == [[1, "no_key"]]
    assert set(found.events["subject"]) == {"jira:PAY-4"}


def test_others_are_refused(read: Callable[..., FileTables]) -> None:
    with pytest.raises(InputError):
        read([{"key": "A-1", "summary": "x"}])
    with pytest.raises(InputError):
        read({"issues": []})


def test_issues_of_which_only_the_keys_were_asked_for(read: Callable[..., FileTables]) -> None:
    """As the newer search answers when no fields are named; they are kept, and it is said."""
    site = "https://example.atlassian.net/rest/api/3/issue"
    issues = [{"id": str(n), "key": f"A-{n}", "self": f"{site}/{n}"} for n in (1, 2)]
    found = read({"issues": issues, "isLast": True})
    items = found.tables["items"]
    assert (items["key"].tolist(), items["state"].isna().all()) == (["A-1", "A-2"], True)
    assert [s for s in found.warnings if s.startswith("Issues without fields") and ": 2;" in s]


@pytest.mark.real
def test_a_collection_of_cloud_with_changelogs(shared_exports: Path) -> None:
    """5 issues; read by eye from the file with json.load: all stand in a status of category done and
    none has a resolution; CONTRIB-4 has no fields, and its newest entry leads to Licenses Validated
    (10015), which CONTRIB-11 says is done. The other statuses of their entries are not closed.
    """
    name = "jira_rest/grimoirelab_elk_jira.json"
    path = shared_exports / name
    found = read_path(path)
    items = found.tables["items"].set_index("key")
    assert (found.format, found.rows, len(items), len(found.rejects)) == ("jira_json", 5, 5, 0)
    assert items["state"].tolist() == ["done"] * 5
    assert f"{items.loc['CONTRIB-4', 'closed_at']:%m-%d %H:%M:%S}" == "05-14 21:59:02"
    assert f"{items.loc['CONTRIB-11', 'closed_at']:%m-%d %H:%M:%S}" == "05-24 21:28:19"
    assert items["links"].dropna().map(",".join).to_dict() == {
        "CONTRIB-5": "CONTRIB-3", "CONTRIB-3": "", "CONTRIB-10": "CONTRIB-9",
        "CONTRIB-11": "CONTRIB-9",
    }  # fmt: skip
    assert found.events["field"].value_counts().to_dict() == {"state": 5, "owner": 2}
    assert f"{found.observed_at:%Y-%m-%d %H:%M:%S}" == "2018-05-24 21:28:19"


@pytest.mark.real
def test_the_first_of_two_pages_of_a_server(shared_exports: Path) -> None:
    """startAt 0, maxResults 2, total 3: HELP-6043 is Open, HELP-6042 Closed on 2016-03-03 14:30:17."""
    name = "jira_rest/perceval_jira_issues_page_1.json"
    path = shared_exports / name
    found = read_path(path)
    items = found.tables["items"]
    assert items["key"].tolist() == ["HELP-6043", "HELP-6042"]
    assert items["state"].tolist() == ["open", "done"]
    assert items["closed_at"].dt.strftime("%d %H:%M:%S").fillna("").tolist() == ["", "03 14:30:17"]
    assert any("found 3 issues, of which the file holds 2" in w for w in found.warnings)
    assert len(found.events) == 0
