"""Candidates: which columns and labels may hold what nothing was mapped to."""

import json
from pathlib import Path

import pandas as pd
import pytest

from pmanalytics.candidates import Candidate, candidates_in, open_whole, prefixes_in
from pmanalytics.datasets import read
from pmanalytics.inputs import Input
from pmanalytics.settings import Settings, Source
from pmanalytics.tables import conform

HEADER = "Summary,Issue key,Issue Type,Status,Priority,Assignee,Created,Labels"


def jira(tmp_path: Path, more: str, *cells: str) -> Input:
    """An export of Jira with further columns, one row for each text of cells."""
    rows = [
        f"Add an alert,PAY-{n},Task,Open,High,Ada Lovelace,12/Jan/26 11:19 AM,,{text}"
        for n, text in enumerate(cells, start=1)
    ]
    path = tmp_path / "jira.csv"
    path.write_text("\n".join([f"{HEADER},{more}", *rows, ""]), "utf-8")
    return Input(path, "jira.csv", Source())


def found(entry: Input) -> dict[str, tuple[str, bool, int]]:
    return {
        c.written: (c.column, c.sure, c.filled)
        for c in candidates_in(entry, Settings())
        if c.written != "Priority"
    }


@pytest.mark.parametrize(
    ("name", "column", "sure"),
    [
        ("Custom field (Owning team)", "team", True),
        ("Custom field (Affected service)", "service", True),
        ("Custom field (Incident)", "incident_id", True),
        ("Custom field (Action kind)", "kind", True),
        ("Component/s", "service", False),
        ("Custom field (Root cause incident)", "incident_id", False),
        ("squad", "team", True),
    ],
)
def test_names_tell_what_a_column_may_hold(
    tmp_path: Path,
    name: str,
    column: str,
    sure: bool,  # noqa: FBT001
) -> None:
    entry = jira(tmp_path, name, "one", "", "two")
    assert found(entry) == {name: (column, sure, 2)}


@pytest.mark.parametrize(
    "name", ["Team lead", "Owner", "Service contact", "Incident date", "Component URL", "Colour"]
)
def test_columns_of_persons_dates_and_other_things_are_none(tmp_path: Path, name: str) -> None:
    assert found(jira(tmp_path, name, "one", "two")) == {}


def test_a_column_full_of_persons_is_none_whatever_its_name(tmp_path: Path) -> None:
    assert found(jira(tmp_path, "Team", "Ada Lovelace", "ada  lovelace")) == {}
    assert found(jira(tmp_path, "Team", "ada@example.com", "bob@example.com")) == {}


def test_empty_columns_and_free_text_are_none(tmp_path: Path) -> None:
    assert found(jira(tmp_path, "Team", "", "")) == {}
    assert found(jira(tmp_path, "Service", "It was slow, " * 9, "It was slow again, " * 9)) == {}


def test_what_is_mapped_already_is_none(tmp_path: Path) -> None:
    entry = jira(tmp_path, "Squad", "Core")
    mapped = Input(entry.path, entry.name, Source(fields={"team": "Squad"}))
    assert found(mapped) == {}


def test_a_candidate_says_what_each_item_says(tmp_path: Path) -> None:
    entry = jira(tmp_path, "Squad", "Core", "", "Core")
    (squad,) = (c for c in candidates_in(entry, Settings()) if c.written == "Squad")
    assert squad.said.to_dict() == {
        "jira:PAY-1": "Core",
        "jira:PAY-2": pytest.approx(float("nan"), nan_ok=True),
        "jira:PAY-3": "Core",
    }
    assert (squad.filled, squad.rate, squad.examples) == (2, 2 / 3, ("Core",))


def test_examples_are_short_and_hold_no_addresses() -> None:
    said = pd.Series(["a" * 99, "ada@example.com", "https://example.com/x", "b\x1b[31m", "c"])
    shown = Candidate("service", "Service", sure=True, said=said).examples
    assert shown == ("a" * 27 + "...", "b[31m", "c")


def test_words_that_mean_nothing_yet_are_named() -> None:
    severity = Candidate("severity", "Impact", sure=False, said=pd.Series(["SEV-1", "Major", "2"]))
    assert severity.needs_words == ("Major",)
    kind = Candidate("kind", "Action type", sure=True, said=pd.Series(["Prevent", "Fix it"]))
    assert kind.needs_words == ("Fix it",)
    assert Candidate("team", "Team", sure=True, said=pd.Series(["x"])).needs_words == ()


def test_a_whole_export_has_the_cells_of_all_columns(tmp_path: Path) -> None:
    export = open_whole(jira(tmp_path, "Colour", "red", "blue"), Settings())
    assert export.cells.text("Colour").to_pylist() == ["red", "blue"]


def test_labels_with_a_prefix_are_candidates() -> None:
    rows = [
        {"item_id": "a", "labels": ["team:payments", "severity::2", "http://x"]},
        {"item_id": "b", "labels": ["team:core", "colour:red"]},
        {"item_id": "c", "labels": []},
    ]
    prefixes = prefixes_in(conform(pd.DataFrame(rows), "items"))
    assert [(p.column, p.written, p.filled) for p in prefixes] == [
        ("severity", "severity::", 1),
        ("team", "team:", 2),
    ]


def test_the_incidents_of_an_incident_tool_have_candidates_too(tmp_path: Path) -> None:
    path = tmp_path / "incidents.csv"
    path.write_text("incident_id,started_at,Impacted service\nINC-1,2026-01-02,queue\n")
    assert len(read(path).incidents) == 1
    (service,) = candidates_in(Input(path, "incidents.csv", Source()), Settings())
    assert service.said.to_dict() == {"INC-1": "queue"}


def test_of_json_only_what_can_be_a_name_is_proposed(tmp_path: Path) -> None:
    """Parts of an object that is read, answers of a note, and repeated paths are no candidates."""
    issue = {
        "key": "PAY-1", "self": "https://jira.example.com/rest/api/2/issue/1",
        "fields": {
            "summary": "Alert", "created": "2026-01-12T10:00:00.000+0000",
            "status": {"name": "Open", "statusCategory": {"key": "new", "name": "To Do"}},
            "components": [{"name": "Checkout"}], "notes": [{"system": True}],
            "parent": {"key": "PAY-9", "fields": {"components": [{"name": "Search"}]}},
        },
    }  # fmt: skip
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"issues": [issue], "total": 1}), "utf-8")
    found = candidates_in(Input(path, "x.json", Source()), Settings())
    assert [(c.column, c.written) for c in found] == [("service", "fields.components")]
