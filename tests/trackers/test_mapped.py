"""Any other CSV, through [source.fields]."""

from collections.abc import Callable

import pandas as pd
import pytest

from pmanalytics.errors import InputError
from pmanalytics.trackers import FileTables
from tests.trackers.samples import states

FIELDS = {
    "key": "Nr",
    "title": "What",
    "status": "State",
    "created_at": "Begun",
    "closed_at": "Ended",
}
TEXT = (
    "Nr,What,State,Begun,Ended,Group\nA-1,one,Fixed,2026-01-10,2026-01-12,Core\n"
    "A-2,two,Weird,2026-01-10,,Web\nA-3,three,,2026-01-10,2026-01-14,Web\nA-4,four,Cancelled,2026-01-10,,Web\n"
)


def test_states_come_from_words_and_dates(read: Callable[..., FileTables]) -> None:
    found = read(TEXT, fields=FIELDS)
    assert states(found) == ["done", "open", "done", "dropped"]
    assert any("'Weird' (1 row)" in sentence for sentence in found.warnings)
    found = read(TEXT, fields=FIELDS, states={"weird": "dropped"})
    assert states(found) == ["done", "dropped", "done", "dropped"]


def test_without_a_status_the_date_tells(read: Callable[..., FileTables]) -> None:
    fields = {name: column for name, column in FIELDS.items() if name != "status"}
    assert states(read(TEXT, fields=fields)) == [
        "done",
        "open",
        "done",
        "open",
    ]
    only_key = read(TEXT, fields={"key": "Nr"}).tables["items"]
    assert only_key["state"].isna().all()


def test_an_unmapped_file_is_refused_with_what_to_do(read: Callable[..., FileTables]) -> None:
    with pytest.raises(InputError, match=r"'Nr', 'What'.*\[source\.fields\]"):
        read(TEXT)
    with pytest.raises(InputError, match=r"\[source\.fields\]"):
        read(TEXT, fields={"team": "Group"})


def test_a_mapped_column_that_is_missing_names_the_nearest(read: Callable[..., FileTables]) -> None:
    found = read(TEXT, fields={**FIELDS, "team": "Grup"})
    assert any("no column 'Grup'" in s and "did you mean 'Group'" in s for s in found.warnings)
    assert found.tables["items"]["team"].isna().all()


def test_the_mapping_outranks_a_known_tracker(read: Callable[..., FileTables]) -> None:
    text = "Issue key,Summary,Status,Custom field (Owner),Assignee\nA-1,a,Done,Ada,Grace\n"
    items = read(text, fields={"owners": "Custom field (Owner)"}).tables["items"]
    assert items["owners"].tolist() == [["Ada"]]


def test_where_takes_columns_of_both_sides(read: Callable[..., FileTables]) -> None:
    for where in ({"Group": ("web",)}, {"team": ("Web",)}, {"group": ("Web", "None")}):
        found = read(TEXT, fields={**FIELDS, "team": "Group"}, where=where)
        assert (len(found.tables["items"]), found.filtered) == (3, 1)
    both = read(TEXT, fields=FIELDS, where={"Group": ("Web",), "state": ("done",)})
    assert both.tables["items"]["key"].tolist() == ["A-3"]
    with pytest.raises(InputError, match="did you mean 'Group'"):
        read(TEXT, fields=FIELDS, where={"Groop": ("Web",)})


def test_filtered_rows_are_no_rejects(read: Callable[..., FileTables]) -> None:
    found = read(
        TEXT.replace("2026-01-10,2026-01-12", "soon,2026-01-12"),
        fields=FIELDS,
        where={"Group": ("Web",)},
    )
    assert (found.filtered, len(found.rejects)) == (1, 0)


def test_incidents_through_a_mapping(read: Callable[..., FileTables]) -> None:
    fields = {
        "incident_id": "Nr",
        "started_at": "Begun",
        "resolved_at": "Ended",
        "service": "Group",
    }
    found = read(TEXT, fields=fields, table="incidents")
    incidents = found.tables["incidents"]
    assert incidents["started_at"].iloc[0] == pd.Timestamp("2026-01-10", tz="UTC")
    assert incidents["service"].tolist() == ["Core", "Web", "Web", "Web"]
    assert incidents["resolved_at"].isna().tolist() == [False, True, False, True]


def test_observation_is_configured_else_the_latest_moment(read: Callable[..., FileTables]) -> None:
    assert read(TEXT, fields=FIELDS).observed_at == pd.Timestamp("2026-01-14", tz="UTC")
    told = pd.Timestamp("2026-02-01 06:00+01:00").to_pydatetime()
    found = read(TEXT, fields=FIELDS, observed_at=told)
    assert found.observed_at == pd.Timestamp("2026-02-01 05:00", tz="UTC")
    assert found.tables["items"]["observed_at"].eq(found.observed_at).all()


def test_kinds_and_priorities(read: Callable[..., FileTables]) -> None:
    source = {
        "fields": {**FIELDS, "kind": "Group", "priority": "Group"},
        "kinds": {"core": "prevent"},
    }
    found = read(TEXT, **source, priorities={"Web": "p2"})
    assert found.tables["items"]["kind"].tolist() == ["prevent", "other", "other", "other"]
    assert found.tables["items"]["priority"].tolist() == ["Core", "p2", "p2", "p2"]
    assert any("Unknown kind 'Web' (3 rows)" in sentence for sentence in found.warnings)


def test_a_key_that_is_mapped_to_nothing_is_an_error(read: Callable[..., FileTables]) -> None:
    with pytest.raises(InputError, match=r"no column 'Number'.*for 'key'"):
        read(TEXT, fields={**FIELDS, "key": "Number"})


def test_records_of_any_json_through_paths(read: Callable[..., FileTables]) -> None:
    text = """{"tasks": 2, "items": [
        {"ref": "A-1", "what": {"text": "Alert"}, "who": [{"name": "Ada"}], "end": "2026-01-20"},
        {"ref": "A-2", "what": {"text": "Limit"}, "who": [], "end": null}]}"""
    fields = {"key": "ref", "title": "what.text", "owners": "who", "closed_at": "end"}
    items = read(text, fields=fields).tables["items"]
    assert items["key"].tolist() == ["A-1", "A-2"]
    assert items["title"].tolist() == ["Alert", "Limit"]
    assert items["owners"].tolist() == [["Ada"], []]
    assert items["state"].tolist() == ["done", "open"]
