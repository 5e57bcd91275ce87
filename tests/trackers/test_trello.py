"""Trello: what lists, marks and archives mean, and the past that actions tell."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pmanalytics.settings import Settings, Source
from pmanalytics.trackers import FileTables, read_file

SAMPLE = Path(__file__).parent.parent / "exports" / "trello.json"


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., FileTables]:
    def call(board: Any, **source: object) -> FileTables:
        path = tmp_path / "x"
        path.write_text(json.dumps(board), "utf-8")
        found = read_file(path, source=Source(**source), settings=Settings(), name="x")
        kept = sum(map(len, found.tables.values()))
        assert found.rows == kept + found.filtered + len(found.rejects)
        return found

    return call


def card(number: int, place: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"6964d80c{number:016}", "idShort": number, "idBoard": "b", "idList": place,
        "shortLink": f"card{number}", "name": f"Card {number}", "closed": False, "labels": [],
        "idMembers": [], "due": None, "dateLastActivity": "2026-02-01T00:00:00.000Z", **fields,
    }  # fmt: skip


def board(*cards: Any, lists: list[str] | None = None, **more: Any) -> dict[str, Any]:
    """A board whose lists have their names as numbers."""
    places = lists or sorted({each["idList"] for each in cards if isinstance(each, dict)})
    columns = [{"id": name, "name": name, "closed": False} for name in places]
    return {"id": "b", "name": "Board", "cards": list(cards), "lists": columns, **more}


def told(events: pd.DataFrame) -> list[tuple[object, ...]]:
    rows = zip(events["at"], events["field"], events["before"], events["after"], strict=True)
    return [
        (f"{at:%m-%d}", field, *(None if pd.isna(w) else w for w in words))
        for at, field, *words in rows
    ]


@pytest.fixture
def sample() -> FileTables:
    return read_file(SAMPLE, source=Source(), settings=Settings(), name="x")


def test_lists_marks_and_archives(sample: FileTables) -> None:
    """On Done!; on To Do; archived; on an archived list; marked complete."""
    items = sample.tables["items"].set_index("key")
    assert items["state"].tolist() == ["done", "open", "dropped", "dropped", "done"]
    days = [f"{at:%m-%d}" if pd.notna(at) else "" for at in items["closed_at"]]
    assert days == ["01-21", "", "01-22", "01-23", "01-24"]
    # On To Do one is archived and one complete; Later, where the other archived one is, says nothing.
    assert any("2 rows contradict themselves" in sentence for sentence in sample.warnings)
    assert any("2 cards are archived, and their list" in s for s in sample.warnings)
    assert not any("Unknown status" in sentence for sentence in sample.warnings)


def test_all_columns_of_a_card(sample: FileTables) -> None:
    row = sample.tables["items"].set_index("key").loc["Retry001"]
    assert (row["project"], row["status"], row["severity"]) == ("Postmortems", "Done!", "sev2")
    assert row["owners"] == ["Ada L", "Grace H"]
    assert (row["labels"], row["links"]) == (["sev2", "green"], ["Alert002"])
    assert row["promised_on"] == pd.Timestamp("2026-02-01")
    # 6964d80c in base 16 is 1768216588, which `date -u -d @1768216588` writes so.
    assert row["created_at"] == pd.Timestamp("2026-01-12 11:16:28", tz="UTC")
    assert row["url"] == "https://trello.com/c/Retry001"


def test_the_past_of_a_card(sample: FileTables) -> None:
    events = sample.events
    assert told(events[events["subject"] == "trello:Retry001"]) == [
        ("01-13", "owner", None, "Ada L"),
        ("01-14", "promised_on", None, "2026-02-01"),
        ("01-19", "state", "open", "done"),
        ("01-20", "state", "done", "open"),
        ("01-21", "state", "open", "done"),
    ]
    assert told(events[events["subject"] == "trello:Searc003"]) == [
        ("01-22", "state", "open", "dropped")
    ]


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("Done", "done"), ("✅ Done", "done"), ("Done - March", "done"), ("Complete!", "done"),
        ("DONE 2026Q1", "done"), ("To-do", "open"), ("Doing (max. 3)", "open"), ("Next up", "open"),
        ("Won't do", "dropped"), ("Someday", "open"), ("Undone", "open"), ("", "open"),
    ],
)  # fmt: skip
def test_names_of_lists(name: str, state: str, read: Callable[..., FileTables]) -> None:
    found = read(board(card(1, "x"), lists=["x"]) | {"lists": [{"id": "x", "name": name}]})
    assert found.tables["items"]["state"].fillna("open").tolist() == [state]
    unknown = any("Unknown status" in sentence for sentence in found.warnings)
    assert unknown == (name in ("Someday", "Undone"))


def test_an_archived_card_is_done_where_its_list_says_so(read: Callable[..., FileTables]) -> None:
    cards = [card(1, "Done", closed=True), card(2, "Doing", closed=True)]
    assert read(board(*cards)).tables["items"]["state"].tolist() == ["done", "dropped"]
    given = read(board(*cards), states={"Doing": "open", "done": "dropped"})
    assert given.tables["items"]["state"].tolist() == ["dropped", "open"]


def test_what_the_configuration_says_of_a_list_holds_for_its_past(
    read: Callable[..., FileTables],
) -> None:
    """On Sprint 12 a card is open, archived or marked; a mark elsewhere is done, whatever Done is."""
    cards = [card(1, "Sprint 12", closed=True), card(2, "Sprint 12", dueComplete=True)]
    cards.append(card(3, "To Do", dueComplete=True))
    marks = [
        {"type": "updateCard", "date": "2026-01-13T00:00:00.000Z", "data": {
            "card": {"id": each["id"], "dueComplete": True}, "old": {"dueComplete": False}}}
        for each in cards[1:]
    ]  # fmt: skip
    found = read(board(*cards, actions=marks), states={"Sprint 12": "open", "Done": "dropped"})
    assert found.tables["items"]["state"].tolist() == ["open", "open", "done"]
    assert told(found.events) == [("01-13", "state", "open", "done")]


def test_a_card_made_on_done_was_closed_then(read: Callable[..., FileTables]) -> None:
    made = {
        "id": "1", "type": "createCard", "date": "2026-01-12T11:16:29.000Z",
        "data": {"card": {"id": card(1, "Done")["id"]}, "list": {"id": "Done", "name": "Done"}},
    }  # fmt: skip
    found = read(board(card(1, "Done"), actions=[made]))
    assert told(found.events) == [("01-12", "state", "open", "done")]
    assert found.tables["items"]["closed_at"].iloc[0] == pd.Timestamp(
        "2026-01-12 11:16:29", tz="UTC"
    )


@pytest.mark.parametrize("count", [999, 1_000, 1_001])
def test_a_thousand_actions_are_suspicious(count: int, read: Callable[..., FileTables]) -> None:
    action = {"id": "1", "type": "commentCard", "date": "2026-01-12T11:16:29.000Z"}
    found = read(board(card(1, "Done"), actions=[action] * count))
    warned = any("exactly 1,000 actions" in sentence for sentence in found.warnings)
    assert warned == (count == 1_000)


def test_cards_without_their_board(read: Callable[..., FileTables]) -> None:
    found = read([card(1, "x"), card(2, "x", dueComplete=True), None])
    assert found.tables["items"]["state"].iloc[1] == "done"
    assert any("what the lists are called" in sentence for sentence in found.warnings)


@pytest.mark.parametrize(
    "strange",
    [
        {"id": None}, {"id": "zzzzzzzzzz"}, {"idMembers": {}}, {"idMembers": [None, 3]},
        {"labels": [None, {}]}, {"attachments": 3}, {"customFieldItems": [{"value": []}]},
        {"closed": "yes"}, {"due": "soon"}, {"idList": None}, {"shortLink": None}, {"name": []},
    ],
)  # fmt: skip
def test_strange_values_cost_no_card(
    strange: dict[str, Any], read: Callable[..., FileTables]
) -> None:
    odd = [{"type": "updateCard", "data": {"card": {"id": []}, "old": 3, "listBefore": None}}]
    cards = [{**card(1, "Done"), **strange}, card(2, "Done"), None]
    assert read(board(*cards, lists=["Done"], actions=[*odd, None, 3])).rows == 3


@pytest.mark.real
def test_a_real_file(shared_exports: Path) -> None:
    """206 cards on 21 lists whose names are scenes, such as .... and Garden with 21 and 12 cards; none
    is archived, due, labelled or somebody's, and dueComplete is not there. Of 618 actions the 374 of
    updateCard change names and places only. The first and last eight digits of the numbers are
    2016-09-26 13:23:27 and 19:46:15, the last dateLastActivity is 2016-10-03T08:19:46.875.
    Counted with Python's json module and a Counter.
    """
    path = shared_exports / "trello" / "libbymiller_tv-cards.json"
    found = read_file(path, source=Source(), settings=Settings(), name="x")
    items = found.tables["items"]
    assert (found.format, found.rows, len(items), len(found.rejects)) == ("trello", 206, 206, 0)
    assert items["state"].eq("open").all()
    assert items["status"].nunique() == 21
    assert items["status"].value_counts()[["....", "Garden"]].tolist() == [21, 12]
    assert items["owners"].list.len().sum() == items["labels"].list.len().sum() == 0
    assert items["promised_on"].isna().all()
    assert found.events.empty
    assert items["key"].nunique() == 206
    assert items["created_at"].min() == pd.Timestamp("2016-09-26 13:23:27", tz="UTC")
    assert items["created_at"].max() == pd.Timestamp("2016-09-26 19:46:15", tz="UTC")
    assert found.observed_at == pd.Timestamp("2016-10-03 08:19:46.875", tz="UTC")
    assert any("Unknown status" in s and "and 16 more" in s for s in found.warnings)
