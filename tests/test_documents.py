"""Documents and exports brought together: items, incidents, attendance, and what does not fit."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset, read
from pmanalytics.errors import UsageError
from pmanalytics.snapshots import default_as_of
from tests.trackers.samples import SAMPLES

TICKETS = "item_id,key,title,state,created_at,closed_at,updated_at,incident_id,url\n"
DOCUMENT = """# INC-7: Disk full

Date of incident: 2026-03-12

**Attendees**: Ada Brandt, @lin, Noor, Zoe

## Root cause

## Impact

## Action items

"""


def ticket(key: str, *, state: str = "open", title: str = "Title", incident: str = "") -> str:
    system = "github" if "#" in key else "jira"
    closed = "2026-03-20T10:00:00Z" if state == "done" else ""
    page = f"https://github.com/{key.replace('#', '/issues/')}" if "#" in key else ""
    return (
        f"{system}:{key},{key},{title},{state},2026-03-13T10:00:00Z,{closed},"
        f"2026-03-21T10:00:00Z,{incident},{page}\n"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Dataset]:
    """Read a folder with a document that lists these actions, these tickets and other files."""

    def call(actions: str, *tickets: str, **files: str) -> Dataset:
        (tmp_path / "INC-7.md").write_text(DOCUMENT + actions)
        if tickets:
            (tmp_path / "items.csv").write_text(TICKETS + "".join(tickets))
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text)
        return read(tmp_path)

    return call


def counts(data: Dataset, path: str) -> list[int]:
    row = data.files.set_index("path").loc[path]
    names = ["rows", "items", "incidents", "filtered", "duplicates", "rejects"]
    assert row["rows"] == sum(row[name] for name in names[1:])
    return [int(row[name]) for name in names]


def findings(data: Dataset, rule: str) -> list[tuple[str, int]]:
    table = pma.check(data).query("rule == @rule")
    return list(zip(table["subject"], table["items"], strict=True))


def test_an_item_and_its_ticket_are_one(folder: Callable[..., Dataset]) -> None:
    """Three records: the incident, an item that goes into its ticket, and one of its own."""
    data = folder(
        "- [ ] Add an alert (PAY-1)\n- [x] Write it down\n", ticket("PAY-1", state="done", title="")
    )
    assert data.items["item_id"].tolist() == ["postmortem_md:INC-7/write-it-down", "jira:PAY-1"]
    joined = data.items.set_index("item_id").loc["jira:PAY-1"]
    told = joined[["title", "state", "incident_id", "incident_rule"]].tolist()
    assert told == ["Add an alert", "done", "INC-7", "document"]
    assert counts(data, "INC-7.md") == [3, 1, 1, 0, 1, 0]
    assert counts(data, "items.csv") == [1, 1, 0, 0, 0, 0]
    assert data.observations.empty


def test_a_ticket_is_found_by_its_address_and_its_bare_number(
    folder: Callable[..., Dataset],
) -> None:
    actions = "- one https://github.com/Acme/shop/issues/7#issuecomment-1\n- #8\n"
    data = folder(actions, ticket("acme/shop#7"), ticket("acme/shop#8"))
    assert data.items["item_id"].tolist() == ["github:acme/shop#7", "github:acme/shop#8"]
    # In which of two repositories number 8 is meant, nobody can say.
    data = folder(actions, ticket("acme/shop#7"), ticket("acme/shop#8"), ticket("acme/pay#8"))
    assert len(data.items) == 4


def test_the_ticket_believes_its_own_field_first(folder: Callable[..., Dataset]) -> None:
    incidents = "incident_id,title,started_at\nINC-9,Other,2026-03-01T10:00:00Z\n"
    data = folder("- one PAY-1\n", ticket("PAY-1", incident="INC-9"), incidents=incidents)
    (item,) = data.items.to_dict("records")
    assert (item["incident_id"], item["incident_rule"]) == ("INC-9", "field")
    assert item["other_incidents"] == ["INC-7"]


def test_an_item_that_names_two_tickets_goes_into_both(folder: Callable[..., Dataset]) -> None:
    data = folder("- one PAY-1 PAY-2\n", ticket("PAY-1"), ticket("PAY-2"))
    assert data.items["key"].tolist() == ["PAY-1", "PAY-2"]
    assert data.items["incident_id"].tolist() == ["INC-7", "INC-7"]
    assert counts(data, "INC-7.md") == [2, 0, 1, 0, 1, 0]


def test_an_incident_of_an_export_is_filled_by_its_document(
    folder: Callable[..., Dataset],
) -> None:
    incidents = "incident_id,title,started_at,severity\ninc-7,Exported,2026-03-12T08:00:00Z,\n"
    data = folder("- [ ] one\n\n## Stats\n\n- Severity: SEV-2\n", incidents=incidents)
    (incident,) = data.incidents.to_dict("records")
    assert [incident[name] for name in ("incident_id", "title", "severity")] == [
        "inc-7", "Exported", "sev2",
    ]  # fmt: skip
    assert incident["started_at"] == pd.Timestamp("2026-03-12T08:00Z")
    assert data.items["incident_id"].tolist() == ["inc-7"]
    assert counts(data, "INC-7.md") == [2, 1, 0, 0, 1, 0]
    assert counts(data, "incidents.csv") == [1, 0, 1, 0, 0, 0]


def test_attendees_become_roles_and_are_named_nowhere(folder: Callable[..., Dataset]) -> None:
    """Ada manages two teams, Noor is a product manager, Lin works in a team, Zoe is unknown."""
    data = folder(
        "- [ ] one\n",
        teams="team,engineering_manager,product_manager\npay,ada brandt,Noor\nshop,Ada Brandt,\n",
        people="person,team,aliases\nLin Wei,queue,lin\n",
    )
    rows = data.attendance.fillna("").to_numpy().tolist()
    assert rows == [
        ["INC-7", "engineering_manager", "pay"],
        ["INC-7", "engineering_manager", "shop"],
        ["INC-7", "participant", "queue"],
        ["INC-7", "participant", ""],
        ["INC-7", "product_manager", "pay"],
    ]
    names = ("Ada", "ada", "Noor", "Wei", "Zoe")
    shown = "".join(
        table.astype("str").to_csv() for table in (data.attendance, data.incidents, data.documents)
    )
    assert not any(name in shown for name in names)
    assert findings(data, "unknown_attendee") == [("attendees of reviews", 0)]


def test_what_lives_only_in_the_document(folder: Callable[..., Dataset]) -> None:
    """Open, two without a ticket and one whose ticket is not in the exports."""
    data = folder("- [ ] one\n- two\n- [ ] three (OPS-4)\n", ticket("PAY-1", incident="INC-7"))
    assert findings(data, "only_in_document") == [("INC-7", 2)]
    assert findings(data, "not_in_document") == [("INC-7", 1)]
    assert findings(data, "unmarked_item") == [("items of documents", 1)]
    assert findings(data, "broken_link") == []
    gaps = pma.ownership_gaps(pma.snapshot(data, as_of="2026-04-01"))
    alone = gaps.query("code == 'no_ticket'")["item_id"].tolist()
    assert sorted(alone) == ["postmortem_md:INC-7/one", "postmortem_md:INC-7/two"]


def test_links_into_the_void_and_states_that_differ(folder: Callable[..., Dataset]) -> None:
    actions = (
        "- [ ] one PAY-1\n- [x] two PAY-2\n- [x] three PAY-3\n- [ ] four PAY-4\n- five PAY-1\n"
    )
    data = folder(
        actions, ticket("PAY-1", state="done"), ticket("PAY-2"), ticket("PAY-3", state="done")
    )
    assert findings(data, "broken_link") == [("PAY-4", 1)]
    assert findings(data, "state_differs") == [("PAY-1", 1), ("PAY-2", 1)]
    assert findings(data, "not_in_document") == []


def test_labels_find_incidents_that_have_no_document(tmp_path: Path) -> None:
    """One pair of labels fits the day of the document's incident, the other one fits none."""
    (tmp_path / "INC-7.md").write_text(DOCUMENT + "- [ ] one\n")
    (tmp_path / "items.csv").write_text(
        "key,title,state,created_at,labels\n"
        "PAY-1,a,open,2026-03-13T10:00:00Z,sev2;20260312\n"
        "PAY-2,b,open,2026-03-13T10:00:00Z,sev1;20260301\n"
    )
    data = read(tmp_path)
    found = data.items.set_index("key").loc[["PAY-1", "PAY-2"], ["incident_id", "incident_rule"]]
    assert found.to_numpy().tolist() == [["INC-7", "label"], ["20260301-sev1", "label"]]
    incidents = data.incidents.set_index("incident_id")
    assert sorted(incidents.index) == ["20260301-sev1", "INC-7"]
    assert incidents["derived"].fillna(value=False).to_dict() == {
        "INC-7": False, "20260301-sev1": True,
    }  # fmt: skip


def test_a_sound_document_has_no_findings(folder: Callable[..., Dataset]) -> None:
    data = folder("- [ ] one PAY-1\n", ticket("PAY-1"))
    rules = set(pma.check(data)["rule"])
    assert not rules & {"only_in_document", "not_in_document", "broken_link", "state_differs"}


def test_documents_that_are_no_postmortems_are_no_exports(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("# Notes\n\nNothing.\n")
    (tmp_path / "README.md").write_text(SAMPLES["postmortem_md"].read_text("utf-8"))
    data = read(tmp_path)
    assert data.files["path"].tolist() == ["README.md"]
    assert data.incidents["incident_id"].tolist() == ["INC-2026-014"]


def test_documents_alone_need_an_as_of_date() -> None:
    data = read(SAMPLES["postmortem_md"])
    assert data.files["observed_at"].isna().all()
    with pytest.raises(UsageError, match="give the as-of date"):
        default_as_of(data)
    assert len(pma.snapshot(data, as_of="2026-02-10").items) == 6
