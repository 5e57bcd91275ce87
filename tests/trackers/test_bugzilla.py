"""Bugzilla: lists as CSV, bugs and their histories as JSON."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.errors import InputError
from pmanalytics.settings import Settings, Source
from pmanalytics.trackers import FileTables, read_file

SAMPLE = Path(__file__).parent.parent / "exports" / "bugzilla.csv"


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., FileTables]:
    def call(content: Any, **source: object) -> FileTables:
        path = tmp_path / "x"
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, "utf-8")
        found = read_file(path, source=Source(**source), settings=Settings(), name="x")
        kept = sum(map(len, found.tables.values()))
        assert found.rows == kept + found.filtered + len(found.rejects)
        return found

    return call


def bug(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": number, "summary": f"Bug {number}", "status": "NEW", "resolution": "", "is_open": True,
        "product": "Shop", "severity": "S2", "priority": "--", "target_milestone": "---",
        "assigned_to": "ada@example.com", "creation_time": "2026-01-12T09:00:00Z",
        "last_change_time": "2026-02-01T09:00:00Z", "cf_last_resolved": None, "dupe_of": None,
        **fields,
    }  # fmt: skip


def entry(when: str, *changes: tuple[str, str, str]) -> dict[str, Any]:
    named = [{"field_name": f, "removed": before, "added": after} for f, before, after in changes]
    return {"when": when, "who": "ada@example.com", "changes": named}


HISTORY = [
    entry(
        "2026-01-20T10:00:00Z", ("status", "NEW", "RESOLVED"), ("resolution", "", "FIXED"),
        ("assigned_to", "nobody@mozilla.org", "ada@example.com"),
    ),
    entry("2026-01-22T10:00:00Z", ("status", "RESOLVED", "REOPENED"), ("resolution", "FIXED", "")),
    entry("2026-01-25T10:00:00Z", ("cc", "", "grace@example.com"), ("severity", "S3", "S2")),
    entry("2026-01-30T10:00:00Z", ("status", "REOPENED", "RESOLVED"), ("resolution", "", "WONTFIX")),
    entry("2026-01-31T10:00:00Z", ("status", "RESOLVED", "VERIFIED")),
]  # fmt: skip
# The changes above in our words, by hand: done, open again, dropped; verifying changes nothing.
TOLD = [
    ("2026-01-20", "state", "open", "done"),
    ("2026-01-20", "owner", None, "ada@example.com"),
    ("2026-01-22", "state", "done", "open"),
    ("2026-01-25", "severity", "sev3", "sev2"),
    ("2026-01-30", "state", "open", "dropped"),
]


def told(events: pd.DataFrame) -> list[tuple[object, ...]]:
    rows = zip(events["at"], events["field"], events["before"], events["after"], strict=True)
    return [
        (f"{at:%Y-%m-%d}", field, *(None if pd.isna(w) else w for w in words))
        for at, field, *words in rows
    ]


def test_a_list_with_the_names_of_the_database(read: Callable[..., FileTables]) -> None:
    items = read(SAMPLE.read_text("utf-8")).tables["items"].set_index("key")
    assert items["state"].to_dict() == {
        "101": "done", "102": "open", "103": "dropped", "104": "open", "105": "dropped",
    }  # fmt: skip
    assert items["owners"].map(list).to_dict() == {
        "101": ["ada"], "102": [], "103": ["grace"], "104": [], "105": ["grace"],
    }  # fmt: skip
    assert items["severity"].fillna("").tolist() == ["sev2", "normal", "sev4", "sev1", ""]
    assert items["priority"].fillna("").tolist() == ["P1", "", "P3", "P1", "P2"]
    assert items["labels"].iloc[0] == ["postmortem", "20260110"]
    assert items["links"].map(list).tolist() == [["102"], [], [], ["101", "103"], []]
    assert items["duplicate_of"].dropna().to_dict() == {"105": "unknown"}
    assert items["closed_at"].isna().all()
    assert items.loc["101", "promised_on"] == pd.Timestamp("2026-02-01")


def test_a_list_with_the_names_of_the_page(read: Callable[..., FileTables]) -> None:
    """As in a list of bugzilla.mozilla.org: verified without a resolution is not closed."""
    found = read(
        '"Bug ID","Product","Component","Assignee","Status","Resolution","Summary","Changed"\n'
        '7,"Core","DOM","nobody","UNCONFIRMED","---","Leaks","2026-04-14 13:06:29"\n'
        '8,"Core","DOM","ada","CLOSED","ERRATA","Docs","2026-04-15 13:06:29"\n'
        '9,"Core","DOM","ada","MODIFIED","---","Docs","2026-04-15 13:06:29"\n'
        '10,"Core","DOM","ada","VERIFIED","---","Docs","2026-04-15 13:06:29"\n'
    )
    items = found.tables["items"]
    assert items["state"].tolist() == ["open", "done", "open", "open"]
    assert items["owners"].map(list).tolist() == [[], ["ada"], ["ada"], ["ada"]]
    assert any("1 rows contradict" in sentence for sentence in found.warnings)
    assert not any("Unknown status" in sentence for sentence in found.warnings)


def test_the_last_resolution_is_no_closing_of_an_open_bug(
    read: Callable[..., FileTables],
) -> None:
    closed = {"status": "RESOLVED", "is_open": False, "cf_last_resolved": "2026-01-20T10:00:00Z"}
    items = read(
        {
            "bugs": [
                bug(1, **closed, resolution="FIXED"),
                bug(2, cf_last_resolved="2026-01-20T10:00:00Z", status="REOPENED"),
                bug(3, **closed, resolution="DUPLICATE", dupe_of=1),
                bug(4, **{**closed, "status": "VERIFIED"}, resolution="WORKSFORME"),
            ]
        }
    ).tables["items"]
    assert items["state"].tolist() == ["done", "open", "dropped", "dropped"]
    assert items["closed_at"].notna().tolist() == [True, False, True, True]
    assert items["duplicate_of"].fillna("").tolist() == ["", "", "bugzilla:1", ""]


def test_histories_beside_their_bugs(read: Callable[..., FileTables]) -> None:
    """Within the bug, and pasted behind the bugs."""
    closed = bug(5, status="VERIFIED", resolution="WONTFIX", is_open=False)
    within = read([{**closed, "history": HISTORY}])
    behind = read(
        json.dumps({"bugs": [closed, bug(6)]})
        + json.dumps({"bugs": [{"id": 5, "alias": None, "history": HISTORY}]})
    )
    for found, rows in ((within, 1), (behind, 2)):
        assert (found.rows, found.filtered) == (rows, 0)
        assert told(found.events) == TOLD
        item = found.tables["items"].iloc[0]
        assert item["closed_at"] == pd.Timestamp("2026-01-30 10:00", tz="UTC")


def test_a_history_without_bugs_fills_the_events(read: Callable[..., FileTables]) -> None:
    """10 changes, of which 5 say something in our words; the bug without any is a row too."""
    found = read({"bugs": [{"id": 5, "history": HISTORY}, {"id": 6, "history": []}]})
    events = found.tables["events"]
    assert told(events) == TOLD
    assert set(events["subject"]) == {"bugzilla:5"}
    changes = sum(len(each["changes"]) for each in HISTORY)
    assert (found.rows, found.filtered) == (changes + 1, changes + 1 - len(TOLD))


def test_a_history_in_a_file_of_its_own_tells_the_past_of_its_bugs(tmp_path: Path) -> None:
    """Without it nothing says when the bug was closed; it is the last change above that does."""
    closed = bug(5, status="VERIFIED", resolution="WONTFIX", is_open=False)
    (tmp_path / "bugs.json").write_text(json.dumps({"bugs": [closed]}))
    (tmp_path / "history.json").write_text(json.dumps({"bugs": [{"id": 5, "history": HISTORY}]}))
    data = pma.read(tmp_path)
    item = pma.snapshot(data, as_of="2026-03-01").items.iloc[0]
    assert (item["state"], item["closed_on"]) == ("dropped", pd.Timestamp("2026-01-30"))
    earlier = pma.snapshot(data, as_of="2026-01-24").items.iloc[0]
    assert (earlier["state"], earlier["first_closed_on"]) == ("open", pd.Timestamp("2026-01-20"))


def test_a_history_that_says_nothing_of_ours_warns(read: Callable[..., FileTables]) -> None:
    found = read({"bugs": [{"id": 6, "history": []}]})
    assert (found.rows, found.filtered, len(found.tables["events"])) == (1, 1, 0)
    assert any("no change of a state" in sentence for sentence in found.warnings)


def test_values_of_xml_in_lists(read: Callable[..., FileTables]) -> None:
    """As Perceval writes what the page of a bug says, with the table of its activity."""
    values = {
        "bug_id": "15", "short_desc": "Retry", "bug_status": "RESOLVED", "resolution": "FIXED",
        "bug_severity": "S1", "creation_ts": "2026-01-12 10:55:32 +0200",
        "delta_ts": "2026-01-22 15:27:25 +0200",
    }  # fmt: skip
    data: dict[str, Any] = {name: [{"__text__": value}] for name, value in values.items()}
    data |= {
        "assigned_to": [{"__text__": "ada@example.com", "name": "Ada"}],
        "dependson": [{"__text__": "3"}, {"__text__": "4"}],
        "keywords": [{}],
        "activity": [
            {"Who": "ada", "What": "Status", "When": "2026-01-22 15:27:25 CET", "Removed": "NEW",
             "Added": "RESOLVED"},
            {"Who": "ada", "What": "Resolution", "When": "2026-01-22 15:27:25 CET",
             "Removed": "---", "Added": "FIXED"},
        ],
    }  # fmt: skip
    found = read([{"backend_name": "Bugzilla", "category": "bug", "data": data}])
    item = found.tables["items"].iloc[0]
    assert (item["key"], item["title"], item["state"]) == ("15", "Retry", "done")
    assert (item["owners"], item["links"]) == (["ada@example.com"], ["3", "4"])
    assert item["created_at"] == pd.Timestamp("2026-01-12 08:55:32", tz="UTC")
    assert told(found.events) == [("2026-01-22", "state", "open", "done")]


@pytest.mark.parametrize(
    "strange",
    [
        {"id": None}, {"id": [1]}, {"summary": {}}, {"history": {"when": 1}}, {"history": [None, 3]},
        {"history": [{"when": None, "changes": [{"field_name": 3}]}]}, {"assigned_to": []},
        {"is_open": "maybe"}, {"dupe_of": {}}, {"depends_on": "1"}, {"resolution": ["FIXED"]},
        {"bug_id": [{"__text__": []}]}, {"assigned_to_detail": {"real_name": ["Nobody"]}},
    ],
)  # fmt: skip
def test_strange_values_cost_no_bug(
    strange: dict[str, Any], read: Callable[..., FileTables]
) -> None:
    assert read([{**bug(1), **strange}, bug(2), bug(3)]).rows == 3


def test_tickets_of_others_are_refused(read: Callable[..., FileTables]) -> None:
    with pytest.raises(InputError):
        read([{"id": 1, "summary": "x", "status": "NEW"}])


@pytest.mark.real
class TestRealFiles:
    """Counted with Python's csv and json modules and a Counter over the columns named."""

    @pytest.fixture
    def real(self, shared_exports: Path) -> Callable[[str], FileTables]:
        def call(name: str) -> FileTables:
            path = shared_exports / "bugzilla" / name
            found = read_file(path, source=Source(), settings=Settings(), name=name)
            assert found.format == "bugzilla"
            kept = sum(map(len, found.tables.values()))
            assert found.rows == kept + found.filtered + len(found.rejects)
            return found

        return call

    def test_a_list(self, real: Callable[[str], FileTables]) -> None:
        """5 rows: three RESOLVED and FIXED, one ASSIGNED and one UNCONFIRMED with `---`."""
        found = real("perceval_buglist.csv")
        items = found.tables["items"].set_index("key")
        assert items["state"].to_dict() == {
            "15": "done", "18": "done", "17": "done", "20": "open", "19": "open",
        }  # fmt: skip
        assert items["updated_at"].iloc[0] == pd.Timestamp("2009-07-22 15:27:25", tz="UTC")
        assert f"{found.observed_at:%Y-%m-%d %H:%M:%S}" == "2009-07-30 11:35:32"
        assert items["owners"].map(list).iloc[:2].tolist() == [["rocapal"], ["rocapal"]]
        assert items["project"].value_counts()["Bicho"] == 1

    def test_bugs(self, real: Callable[[str], FileTables]) -> None:
        """Both are NEW, block 1273436 and belong to "Nobody; OK to take it and work on it"."""
        items = real("perceval_rest_bugs.json").tables["items"]
        assert items["key"].tolist() == ["1273442", "1273439"]
        assert items["state"].tolist() == ["open", "open"]
        assert items["owners"].map(list).tolist() == [[], []]
        assert items["links"].map(list).tolist() == [["1273436"], ["1273436"]]
        assert items["created_at"].iloc[0] == pd.Timestamp("2016-05-17 09:44:44", tz="UTC")

    def test_a_history(self, real: Callable[[str], FileTables]) -> None:
        """6 entries with 10 changes of cc, flags and groups, and one bug without a history."""
        found = real("perceval_rest_history.json")
        assert (found.rows, found.filtered, len(found.rejects)) == (11, 11, 0)
        assert any("no change of a state" in sentence for sentence in found.warnings)
