"""Twins: which items are one piece of work, by hand and against an enumeration of all pairs."""

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.tables import conform
from pmanalytics.twins import same_work


def families(rows: list[dict[str, Any]]) -> list[list[str]]:
    """The items that share a piece of work, by item_id."""
    named = [{"item_id": str(place), "incident_id": "A", **row} for place, row in enumerate(rows)]
    items = conform(pd.DataFrame(named), "items")
    family = same_work(items, team=items["team"])
    found = items[family >= 0].groupby(family[family >= 0])["item_id"].agg(sorted)
    return sorted(found.tolist())


@pytest.mark.parametrize(
    "other",
    [
        "Add an alert, for the queue",
        "  add  an ALERT for the queue. ",
        "- [ ] Add an alert for the `queue`",
        "Add an alert\tfor\nthe queue",
        "\uff21dd an alert for the queue",  # a wide A, as keyboards in Japan write it
    ],
)
def test_case_spaces_and_punctuation_make_no_other_title(other: str) -> None:
    assert families([{"title": "Add an alert for the queue"}, {"title": other}]) == [["0", "1"]]


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("Add an alert for queue 1", "Add an alert for queue 2"),
        ("Add an alert", "Add a lert an"),
        ("Add an alert", "Add an alert soon"),
        ("...", "!!!"),
        ("", ""),
        (None, None),
    ],
)
def test_titles_that_differ_or_say_nothing(title: str | None, other: str | None) -> None:
    assert families([{"title": title}, {"title": other}]) == []


def test_other_scripts_have_titles_as_well() -> None:
    """Not one of their letters is among those that are counted first."""
    rows = [{"title": "警报 队列"}, {"title": "警报—队列"}, {"title": "警报 服务"}]
    assert families(rows) == [["0", "1"]]
    # An accent as a letter of its own, as file systems of Apple write it.
    assert families([{"title": "Prüfen"}, {"title": "pru\u0308fen"}]) == [["0", "1"]]


def test_only_within_one_incident() -> None:
    rows = [{"title": "Add it"}, {"title": "Add it", "incident_id": "B"}]
    assert families(rows) == []
    assert families([{"title": "Add it", "incident_id": None}] * 2) == []


def test_tickets_of_two_teams_are_two_pieces_of_work() -> None:
    title = {"title": "Update the runbook", "source": "jira"}
    core, web = title | {"team": "core"}, title | {"team": "web"}
    rows = [core | {"key": "C-1"}, web | {"key": "W-1"}, core | {"key": "C-2"}]
    assert families(rows) == [["0", "2"]]
    # A ticket that names no team may be either's, so it stays; with one team it is that team's.
    unclear = title | {"key": "X-1"}
    assert families([*rows, unclear]) == [["0", "2"]]
    assert families([core | {"key": "C-1"}, unclear]) == [["0", "1"]]


def test_projects_of_one_tracker_tell_work_apart_and_two_trackers_do_not() -> None:
    title = {"title": "Update the runbook"}
    pay = title | {"source": "jira", "project": "PAY", "key": "PAY-1"}
    web = title | {"source": "jira", "project": "WEB", "key": "WEB-1"}
    copied = title | {"source": "github", "project": "shop/pay", "key": "shop/pay#1"}
    assert families([pay, web]) == []
    assert families([pay, copied]) == [["0", "1"]]
    assert families([pay, web, copied]) == []


def test_a_line_of_a_document_goes_with_the_first_ticket() -> None:
    line = {"title": "Update the runbook", "source": "documents", "team": "Another one"}
    web = line | {"source": "jira", "team": "web", "key": "W-1", "created_at": "2026-01-03T10:00Z"}
    core = web | {"team": "core", "key": "C-1", "created_at": "2026-01-02T10:00Z"}
    assert families([line, web]) == [["0", "1"]]
    assert families([line, line]) == [["0", "1"]]
    assert families([line, web, core]) == [["0", "2"]]


words = st.lists(st.sampled_from(["Add", "add", "alert", "the", "-", "queue"]), max_size=3)
rows = st.lists(st.tuples(st.sampled_from("AB"), words, st.sampled_from(" _.")), max_size=14)


@given(rows)
def test_all_pairs_one_by_one(drawn: list[tuple[str, list[str], str]]) -> None:
    told = [(incident, join.join(parts)) for incident, parts, join in drawn]

    def same(one: tuple[str, str], other: tuple[str, str]) -> bool:
        a, b = (re.sub(r"[\W_]", " ", title).casefold().split() for _, title in (one, other))
        return one[0] == other[0] and a == b != []

    items = conform(
        pd.DataFrame(
            {
                "item_id": [str(place) for place in range(len(told))],
                "incident_id": [incident for incident, _ in told],
                "title": [title for _, title in told],
            }
        ),
        "items",
    )
    family = same_work(items, team=items["team"])
    for place, one in enumerate(told):
        twins = [at for at, other in enumerate(told) if at != place and same(one, other)]
        assert np.flatnonzero(family == family[place]).tolist() == sorted([place, *twins]) or (
            family[place] == -1 and not twins
        )
