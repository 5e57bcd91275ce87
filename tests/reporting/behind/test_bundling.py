import json

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.reporting.behind.bundling import MOST_TOLD, item_lists
from pmanalytics.reporting.behind.entries import Shown
from pmanalytics.reporting.showing.fronts import Answer
from pmanalytics.reporting.showing.media import ITEMS_TYPE


@pytest.fixture(scope="module")
def kept(q3):
    table = pma.publishable(pma.attainment(q3, by="severity"))
    return item_lists([Shown("attainment_by_severity", table, q3)], q3)


def row_of(table, severity):
    return table["severity"].tolist().index(severity)


def test_a_list_is_told_in_words_and_as_a_filter(kept):
    lists = kept.bundle()["lists"]["attainment_by_severity"]
    late = lists["columns"]["late"]
    assert lists["rows"]["0"] == "Sev-1"
    assert (late["label"], late["of"]) == ("done late", "items")
    assert late["where"] == "in_period is true and matured is true and standing is late"
    assert late["row_where"]["0"] == "severity is sev1"


def test_the_items_of_a_list_are_the_ones_that_were_counted(kept, q3):
    bundle = kept.bundle()
    number, places = bundle["lists"]["attainment_by_severity"]["columns"]["late"]["cells"]["0"]
    told = [bundle["items"][place] for place in places]
    late = q3.items[
        (q3.items["standing"] == "late") & q3.items["in_period"] & (q3.items["severity"] == "sev1")
    ]
    assert number == len(told) == len(late)
    assert {one[0] for one in told} == set(late["item_id"])
    assert {one[5] for one in told} == {"done late"}


def test_every_item_is_told_once(kept):
    names = [row[0] for row in kept.items]
    assert len(set(names)) == len(names) > 20


def test_the_notebook_keeps_it_as_json(kept):
    bundle = kept._repr_mimebundle_()
    json.dumps(bundle[ITEMS_TYPE], allow_nan=False)
    assert bundle["text/plain"].startswith("Counts lead to ")


def test_a_table_of_another_day_has_no_lists(q3, sample):
    before = pma.snapshot(sample, as_of="2026-07-12", period="2026Q2")
    assert item_lists([Shown("standings", pma.standings(before), before)], q3).lists == {}


def test_a_narrowed_table_says_to_what(q3):
    severe = q3.where(severity="sev1")
    targeted = q3.where(q3.items["target_days"].notna())
    some = q3.where(q3.items["title"].str.contains("a"))
    where = {
        name: item_lists([Shown("standings", pma.standings(taken), taken)], q3)
        .lists["standings"]["columns"]["total"]
        .get("where")
        for name, taken in {"severe": severe, "targeted": targeted, "some": some}.items()
    }
    assert where == {
        "severe": "severity is sev1",
        "targeted": "target_days is not empty",
        "some": None,
    }


def test_answers_lead_to_their_items_the_longest_overdue_first(q3):
    overdue = q3.items[q3.items["standing"] == "overdue"]
    ids = tuple(overdue.sort_values("days_over")["item_id"])
    answers = [Answer("Kept", "1 of 2"), Answer("Overdue", str(len(ids)), items=ids)]
    lists = item_lists([], q3, answers=answers)
    number, places = lists.lists["front"]["columns"]["items"]["cells"]["1"]
    over = [lists.items[place][7] for place in places]
    assert number == len(ids)
    assert over == sorted(over, reverse=True)
    assert over[0] == overdue["days_over"].max()


def test_an_answer_of_incidents_leads_to_incidents(q3):
    lists = item_lists([], q3, answers=[Answer("Came back", "1", incidents=("INC-2026-007",))])
    known = q3.incidents["incident_id"].tolist()
    chosen = item_lists([], q3, answers=[Answer("Came back", "1", incidents=(known[0],))])
    assert lists.incidents == ()
    assert chosen.incidents[0][0] == known[0]
    assert chosen.lists["front"]["columns"]["incidents"]["cells"]["0"] == [1, [0]]


def test_a_page_holds_so_many_items_and_the_first_of_every_list(dataset):
    size = 4000
    items = [
        {"item_id": f"x:{n}", "state": "open", "team": f"team-{n % 100:02}", "created_at": "2026-01-01T10:00Z"}
        for n in range(size)
    ]  # fmt: skip
    taken = pma.snapshot(dataset(items=items), as_of="2026-04-10")
    lists = item_lists([Shown("standings_by_team", pma.standings(taken, by="team"), taken)], taken)
    assert len(lists.items) == MOST_TOLD["items"]
    cells = lists.lists["standings_by_team"]["columns"]["total"]["cells"]
    assert {number for number, _ in cells.values()} == {40}
    assert min(len(places) for _, places in cells.values()) == MOST_TOLD["items"] // 100


def test_hostile_text_is_plain_and_short_and_its_address_is_no_link(dataset):
    items = [
        {"item_id": "x:1", "state": "open", "title": "a\u202eb\x00" + "c" * 5000, "url": "javascript:alert(1)"},
        {"item_id": "x:2", "state": "open", "title": "<b>", "url": "https://example.com/2"},
    ]  # fmt: skip
    created = {"created_at": "2026-01-01T10:00Z"}
    taken = pma.snapshot(dataset(items=[item | created for item in items]), as_of="2026-04-10")
    lists = item_lists([Shown("standings", pma.standings(taken), taken)], taken)
    told = {row[0]: (row[1], row[-1]) for row in lists.items}
    assert told["x:1"] == ("ab" + "c" * 198 + "…", "")
    assert told["x:2"] == ("<b>", "https://example.com/2")


def test_a_missing_group_is_filtered_by_what_is_empty(dataset):
    items = [{"item_id": "x:1", "state": "open", "created_at": "2026-01-01T10:00Z"}]
    taken = pma.snapshot(dataset(items=items), as_of="2026-04-10")
    table = pma.standings(taken, by="team")
    listed = item_lists([Shown("standings_by_team", table, taken)], taken).lists[
        "standings_by_team"
    ]
    assert pd.isna(table["team"].iloc[0])
    assert listed["rows"]["0"] == "no team"
    assert listed["columns"]["total"]["row_where"]["0"] == "team is empty"
