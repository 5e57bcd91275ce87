"""Stories of items, worked by hand."""

import json
from collections.abc import Callable
from typing import Any

import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.pseudonyms import pseudonym
from pmanalytics.settings import Settings
from pmanalytics.stories import history_text
from tests.conftest import PERSON

MARCH, APRIL, MAY = "2026-03-01T06:00Z", "2026-04-01T06:00Z", "2026-05-01T06:00Z"


def story(**settings: Any) -> dict[str, Any]:
    """An item of three exports: put off, handed on, closed without a date, and decided on."""
    item = {"item_id": "jira:A-1", "source": "jira", "key": "A-1", "title": "Add an alert"}
    item |= {"created_at": "2026-02-10T10:00Z"}
    first = {"state": "open", "team": "Core", "promised_on": "2026-03-20", "owners": [PERSON]}
    second = {"state": "open", "team": "Core", "promised_on": "2026-04-20", "owners": []}
    third = {"state": "done", "team": "Web", "promised_on": "2026-04-20", "owners": []}
    return {
        "observations": [
            {**item, **first, "observed_at": MARCH}, {**item, **second, "observed_at": APRIL}
        ],
        "items": [
            {**item, **third, "observed_at": MAY},
            {"item_id": "jira:A-2", "source": "jira", "observed_at": MAY, "team": "Web"},
        ],
        "events": [
            {"subject": "jira:A-1", "field": "severity", "at": "2026-03-05T00:00Z", "after": "sev1"}
        ],
        "decisions": [
            {"decided_on": "2026-04-10", "subject": "A-1", "kind": "waiver", "until": "2026-06-30"},
            {"decided_on": "2026-04-11", "subject": "A-2", "kind": "note", "value": "another one"},
        ],
        "settings": Settings(timezone="Europe/Berlin", **settings),
    }  # fmt: skip


def test_a_story_has_every_kind_of_event_in_order(dataset: Callable[..., Dataset]) -> None:
    told = pma.history(dataset(**story()), "A-1")
    assert told.columns.tolist() == ["at", "event", "before", "after", "days", "basis"]
    rows = told.assign(at=told["at"].dt.strftime("%m-%d %H")).astype("object")
    assert rows.where(rows.notna(), None).to_numpy().tolist() == [
        ["02-10 10", "created", None, None, None, "recorded"],
        ["03-05 00", "severity", None, "sev1", None, "recorded"],
        ["04-01 06", "assigned", "somebody", None, None, "observed"],
        ["04-01 06", "promised", "2026-03-20", "2026-04-20", 31, "observed"],
        ["04-09 22", "waiver", None, "2026-06-30", None, "decided"],  # midnight in Berlin
        ["05-01 06", "done", "open", "done", None, "observed"],
        ["05-01 06", "handed_on", "Core", "Web", None, "observed"],
    ]


def test_the_lines_say_it_in_words_and_in_local_days(dataset: Callable[..., Dataset]) -> None:
    assert history_text(dataset(**story()), "jira:A-1").splitlines() == [
        "jira:A-1: Add an alert",
        "done (no export dates it), team Web, promised for 2026-04-20, last seen in an export of "
        "2026-05-01",
        "2026-02-10 created",
        "2026-03-05 severity from nothing to sev1",
        "2026-04-01 assigned to nobody by then, as an export says",
        "2026-04-01 promised date from 2026-03-20 to 2026-04-20 (+31 days) by then, as an export "
        "says",
        "2026-04-10 decided: waiver 2026-06-30",
        "2026-05-01 done by then, as an export says",
        "2026-05-01 handed on from Core to Web by then, as an export says",
        "put off once, by 31 days in all",
    ]


def test_persons_are_named_only_where_the_settings_say_so(
    dataset: Callable[..., Dataset],
) -> None:
    for persons in (False, True):
        data = dataset(**story(persons=persons))
        assert (PERSON in history_text(data, "A-1")) is persons
        assert (PERSON in pma.history(data, "A-1")["before"].tolist()) is persons


def test_persons_may_be_pseudonyms(
    dataset: Callable[..., Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PMANALYTICS_SECRET", "a secret of sixteen")
    told = pma.history(dataset(**story(persons="pseudonyms")), "A-1")
    assert told.loc[told["event"] == "assigned", "before"].tolist() == [
        pseudonym(PERSON, key="a secret of sixteen")
    ]


def test_an_item_of_which_nothing_is_known_has_an_empty_story(
    dataset: Callable[..., Dataset],
) -> None:
    data = dataset(items=[{"item_id": "a:1"}])
    told = pma.history(data, "a:1")
    assert told.empty
    assert (
        told.dtypes.astype(str).tolist()
        == pma.history(dataset(**story()), "A-1").dtypes.astype(str).tolist()
    )
    assert history_text(data, "a:1") == "a:1\nno export says how it stands"


def test_what_an_item_is_called_must_mean_one(dataset: Callable[..., Dataset]) -> None:
    data = dataset(items=[{"item_id": "a:1", "key": "K-1"}, {"item_id": "b:1", "key": "K-1"}])
    with pytest.raises(pma.UsageError, match=r"Several .* a:1, b:1\."):
        pma.history(data, "K-1")
    with pytest.raises(pma.UsageError, match="did you mean 'a:1'"):
        pma.history(data, "a:12")
    with pytest.raises(pma.UsageError, match="name an item_id"):
        pma.history(data, "zzzzzz")


def test_a_hostile_title_stays_one_line(dataset: Callable[..., Dataset]) -> None:
    data = dataset(
        items=[{"item_id": "a:1", "title": "x\n2026-01-01 done\x1b[31m", "state": "open"}]
    )
    said = history_text(data, "a:1")
    assert len(said.splitlines()) == 2
    assert "\x1b" not in said


def test_the_verb_prints_lines_csv_and_json(run: Callable[..., tuple[int, str, str]]) -> None:
    # It is done in the export of July and open again in that of October.
    code, out, _ = run("history", "PAY-142", "--sample")
    assert (code, "reopened" in out) == (0, True)
    code, out, _ = run("history", "jira:PAY-142", "--sample", "--format", "csv")
    assert (code, out.splitlines()[0]) == (0, "at,event,before,after,days,basis")
    code, out, _ = run("history", "jira:PAY-142", "--sample", "--format", "json")
    assert [event["event"] for event in json.loads(out)["events"]] == [
        "created", "done", "reopened"
    ]  # fmt: skip
    assert run("history", "PAY-99999", "--sample")[0] == 2
