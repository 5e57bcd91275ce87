"""Redmine: issues with their journals, and lists in several languages."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pmanalytics.errors import InputError
from pmanalytics.settings import Settings, Source
from pmanalytics.trackers import FileTables, read_file

SAMPLE = Path(__file__).parent.parent / "exports" / "redmine.json"


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., FileTables]:
    def call(content: Any, **source: object) -> FileTables:
        path = tmp_path / "x"
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        found = read_file(path, source=Source(**source), settings=Settings(), name="x")
        kept = sum(map(len, found.tables.values()))
        assert found.rows == kept + found.filtered + len(found.rejects)
        return found

    return call


def issue(number: int, status: tuple[int, str], **fields: Any) -> dict[str, Any]:
    return {
        "id": number, "subject": f"Issue {number}", "project": {"id": 1, "name": "Shop"},
        "tracker": {"id": 1, "name": "Bug"}, "status": {"id": status[0], "name": status[1]},
        "author": {"id": 7, "name": "Grace H"}, "created_on": "2026-01-12T11:19:00Z",
        "closed_on": None, **fields,
    }  # fmt: skip


def told(events: pd.DataFrame) -> list[tuple[object, ...]]:
    rows = zip(events["at"], events["field"], events["before"], events["after"], strict=True)
    return [
        (f"{at:%Y-%m-%d}", field, *(None if pd.isna(w) else w for w in words))
        for at, field, *words in rows
    ]


def test_all_columns_and_the_journals(read: Callable[..., FileTables]) -> None:
    found = read(SAMPLE.read_text("utf-8"))
    items = found.tables["items"].set_index("key")
    assert items["state"].to_dict() == {"101": "done", "102": "open", "103": "dropped"}
    row = items.loc["101"]
    assert (row["owners"], row["project"], row["planned"]) == (["Ada L"], "Shop", "2026Q1")
    assert (row["severity"], row["priority"], row["links"]) == ("sev2", "High", ["90", "103"])
    assert row["promised_on"] == pd.Timestamp("2026-02-01")
    assert row["closed_at"] == pd.Timestamp("2026-01-19 23:30", tz="UTC")
    # Status 2 is that of issue 102; status 1, that of none, is New where Redmine was installed.
    assert any("(number 1); taken for" in sentence for sentence in found.warnings)
    assert told(found.events) == [
        ("2026-01-13", "owner", None, "Ada L"),
        ("2026-01-19", "state", "open", "done"),
        ("2026-01-19", "promised_on", "2026-01-25", "2026-02-01"),
    ]


def test_resolved_is_closed_where_it_has_a_date(read: Callable[..., FileTables]) -> None:
    closed = {"closed_on": "2026-01-20T08:00:00Z"}
    found = read(
        [
            issue(1, (3, "Resolved"), **closed),
            issue(2, (3, "Resolved")),
            issue(3, (1, "New"), **closed),
            issue(4, (9, "Deployed on stage"), **closed),
            issue(5, (9, "Deployed on stage")),
        ]
    )
    items = found.tables["items"]
    assert items["state"].tolist() == ["done", "open", "open", "done", "open"]
    assert any("Unknown status 'Deployed on stage' (1 row)" in w for w in found.warnings)


def test_the_server_says_which_statuses_are_closed(read: Callable[..., FileTables]) -> None:
    issues = [issue(n, word) for n, word in enumerate([(9, "A"), (8, "B"), (6, "Rejected")])]
    for each, closed in zip(issues, (True, False, True), strict=True):
        each["status"]["is_closed"] = closed
    items = read(issues).tables["items"]
    assert items["state"].tolist() == ["done", "open", "dropped"]


def test_changes_to_a_status_without_a_name_are_counted(read: Callable[..., FileTables]) -> None:
    details = [{"property": "attr", "name": "status_id", "old_value": "1", "new_value": "17"}]
    journals = [{"created_on": "2026-01-13T10:00:00Z", "details": details}]
    found = read([issue(1, (1, "New"), journals=journals), issue(2, (1, "New"))])
    assert found.events.empty
    assert any("1 changes lead to a status that no issue" in w for w in found.warnings)


@pytest.mark.parametrize(
    ("header", "closed"),
    [
        ("#,Project,Tracker,Parent task,Status,Priority,Subject,Assignee,Updated,Created,Closed,"
         "Related issues", "01/19/2026 11:30 PM"),
        ("#;Projekt;Tracker;Übergeordnete Aufgabe;Status;Priorität;Thema;Zugewiesen an;Aktualisiert"
         ";Angelegt;Geschlossen;Zugehörige Tickets", "19.01.2026 23:30"),
        ("#;Proyecto;Tipo;Tarea padre;Estado;Prioridad;Asunto;Asignado a;Actualizado;Creado;Cerrada"
         ";Peticiones relacionadas", "19/01/2026 23:30"),
        ("#;Projet;Tracker;Tâche parente;Statut;Priorité;Sujet;Assigné à;Mis-à-jour;Créé;Fermé"
         ";Demandes liées", "2026-01-19 23:30"),
    ],
)  # fmt: skip
def test_lists_in_four_languages(header: str, closed: str, read: Callable[..., FileTables]) -> None:
    mark = ";" if ";" in header else ","
    rows = [
        ["7", "Shop", "Bug", "3", "Closed", "High", "Retry", "Ada L", closed, closed, closed,
         '"Blocks #12, Relates to #14"'],
        ["8", "Shop", "Bug", "", "New", "High", "Alert", "", closed, closed, "", ""],
    ]  # fmt: skip
    found = read("\n".join([header, *map(mark.join, rows)]) + "\n")
    items = found.tables["items"]
    assert (items["key"].tolist(), items["state"].tolist()) == (["7", "8"], ["done", "open"])
    assert items["closed_at"].iloc[0] == pd.Timestamp("2026-01-19 23:30", tz="UTC")
    assert items["owners"].map(list).tolist() == [["Ada L"], []]
    assert items["links"].map(list).tolist() == [["3", "12", "14"], []]


def test_a_page_of_several_is_not_the_whole(read: Callable[..., FileTables]) -> None:
    def page(*numbers: int, total: int) -> dict[str, Any]:
        return {"issues": [issue(n, (1, "New")) for n in numbers], "total_count": total}

    def warned(content: Any) -> bool:
        return any("of 4 records; export the other" in w for w in read(content).warnings)

    first, second = page(1, 2, total=4), page(3, 4, total=4)
    assert warned(first)
    assert not warned(json.dumps(first) + json.dumps(second))
    assert not warned(page(1, 2, total=2))


def test_lists_of_others_are_refused(read: Callable[..., FileTables]) -> None:
    with pytest.raises(InputError):
        read("#,Subject,Owner\n1,Retry,Ada\n")


@pytest.mark.parametrize(
    "strange",
    [
        {"status": "New"}, {"status": []}, {"journals": {}}, {"journals": [None, {"details": 3}]},
        {"journals": [{"details": [{"property": "attr", "name": "status_id", "new_value": []}]}]},
        {"relations": [{"issue_id": {}}]}, {"custom_fields": [{"name": None, "value": [1]}]},
        {"parent": 3}, {"id": "x"}, {"author": None}, {"closed_on": 12}, {"subject": None},
    ],
)  # fmt: skip
def test_strange_values_cost_no_issue(
    strange: dict[str, Any], read: Callable[..., FileTables]
) -> None:
    others = [issue(2, (1, "New")), issue(3, (1, "New"))]
    assert read([{**issue(1, (1, "New")), **strange}, *others]).rows == 3


@pytest.mark.real
def test_a_real_file(shared_exports: Path) -> None:
    """3 issues in envelopes, two Cerrada and one Resuelta, each with closed_on; one has an assignee.
    Of the changes of status, in order 1-3-5-1-5-1-3-5-1-3-5-1-3-1-3-1-3, those from 3 to 5 stay done,
    which leaves 13; number 1 is named nowhere. By Python's json module alone.
    """
    path = shared_exports / "redmine" / "grimoirelab_elk_redmine.json"
    found = read_file(path, source=Source(), settings=Settings(), name="x")
    items = found.tables["items"]
    assert (found.format, found.rows, len(items), len(found.rejects)) == ("redmine", 3, 3, 0)
    assert items["key"].tolist() == ["17420", "2", "7311"]
    assert items["state"].tolist() == ["done"] * 3
    assert items["project"].tolist() == ["Global", "Global", "MAD"]
    assert items["owners"].list.len().tolist() == [0, 0, 1]
    assert items["links"].map(list).tolist() == [["31"], ["31"], []]
    assert items["closed_at"].max() == pd.Timestamp("2016-05-19 17:04:19", tz="UTC")
    assert found.observed_at == pd.Timestamp("2016-07-27 08:17:07", tz="UTC")
    assert len(found.events) == 13
    assert found.events["after"].tolist() == [*["done", "open"] * 6, "done"]
    assert told(found.events)[-1] == ("2016-07-27", "state", "open", "done")
    assert any("(number 1); taken for" in sentence for sentence in found.warnings)
    assert not any("Unknown status" in sentence for sentence in found.warnings)
