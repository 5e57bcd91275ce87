"""Items that concern each other across buckets, and small worlds of all kinds of them."""

import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pmanalytics as pma
from pmanalytics.counting import kin
from tests.counting.comparing import FINE, same_as_in_memory

TITLES = ("Add an alert", "add an ALERT.", "Limit retries", "After 20260110-sev1", None)
INCIDENTS = ("INC-1", "INC-2", "unknown-3", None)
LABELS = (None, "sev1;20260110", "sev2;20260110", "sev1;20260111")
KEYS = [f"A-{number}" for number in range(6)]
ITEM_IDS = [f"{source}:{key}" for source in ("jira", "other") for key in KEYS]
LISTED = (
    "incident_id,severity,started_at,resolved_at\n"
    "INC-1,sev1,2026-01-10T10:00Z,2026-01-10T12:00Z\n"
    "INC-2,sev2,2026-01-12T10:00Z,2026-01-12T12:00Z\n"
)


def copies(day: str) -> st.SearchStrategy[list[dict[str, object]]]:
    """What an export of a day says of some items, each at most once."""
    one = st.fixed_dictionaries(
        {
            "item_id": st.sampled_from(ITEM_IDS),
            "title": st.sampled_from(TITLES),
            "incident_id": st.sampled_from(INCIDENTS),
            "labels": st.sampled_from(LABELS),
            "state": st.sampled_from(["open", "done", "dropped"]),
            "closed_at": st.sampled_from([None, f"{day}T08:00Z"]),
            "team": st.sampled_from(["Core", "Web", None]),
            "duplicate_of": st.sampled_from([None, None, None, "unknown", *ITEM_IDS[:8]]),
            "created_at": st.sampled_from(["2026-01-11T10:00Z", "2026-02-01T10:00Z"]),
            "updated_at": st.just(f"{day}T10:00Z"),
        }
    )
    return st.lists(one, min_size=1, max_size=8, unique_by=lambda row: row["item_id"])


SMALL_WORLDS: dict[str, st.SearchStrategy[Any]] = {
    "first": copies("2026-02-10"),
    "second": copies("2026-03-10"),
    "listed": st.booleans(),
    "buckets": st.integers(2, 3),
    "decided": st.lists(st.sampled_from([*KEYS, *ITEM_IDS]), max_size=2),
    "as_of": st.sampled_from([None, "2026-02-20", "2026-03-20"]),
    "fewest": st.sampled_from([1, 2, 50_000]),
}


@given(**SMALL_WORLDS)
@settings(max_examples=4, deadline=None)
def test_small_worlds(**world: Any) -> None:
    check_small_world(**world)


def check_small_world(
    *,
    first: list[dict[str, object]],
    second: list[dict[str, object]],
    listed: bool,
    buckets: int,
    decided: list[str],
    as_of: str | None,
    fewest: int,
) -> None:
    with tempfile.TemporaryDirectory() as name, patch.object(kin, "FEWEST", fewest):
        folder = Path(name)
        for number, rows in enumerate((first, second)):
            table = pd.DataFrame(rows)
            table["key"] = table["item_id"].str.split(":").str[1]
            table.to_csv(folder / f"items-{number}.csv", index=False)
        toml = '[[source]]\npath = "items-*.csv"\n'
        if listed:
            (folder / "incidents.csv").write_text(LISTED)
            toml += '[[source]]\npath = "incidents.csv"\n'
        rows = [f"2026-02-0{day},{subject},drop" for day, subject in enumerate(decided, 1)]
        (folder / "decided.csv").write_text("\n".join(["decided_on,subject,kind", *rows]) + "\n")
        config = folder / "pmanalytics.toml"
        config.write_text('store = "store"\ndecisions = "decided.csv"\n' + toml)
        pma.ingest(folder / "store", config=config, buckets=buckets)
        same_as_in_memory(config, as_of=as_of, by=FINE)


DOCUMENT = """# {name}: checkout slow

- **Date**: 2026-01-10
- **Severity**: SEV-1

## Action items

| Action item | Type | Owner | Ticket |
| --- | --- | --- | --- |
{rows}
"""
TICKETS = (
    "item_id,key,title,state,created_at,updated_at,incident_id\n"
    "github:one/shop#7,one/shop#7,,open,2026-01-11T10:00Z,2026-02-10T10:00Z,\n"
    "github:one/shop#8,one/shop#8,Add an alert,open,2026-01-12T10:00Z,2026-02-10T10:00Z,INC-1\n"
    "github:one/shop#9,one/shop#9,Other work,done,2026-01-12T10:00Z,2026-02-10T10:00Z,\n"
)
ANOTHER = "github:two/web#1,two/web#1,Another,open,2026-01-12T10:00Z,2026-02-10T10:00Z,\n"


@pytest.mark.parametrize("tickets", [TICKETS, TICKETS + ANOTHER], ids=["one", "two"])
def test_lines_of_documents_meet_tickets_of_other_buckets(
    tickets: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kin, "FEWEST", 1)
    # A ticket takes its title from a document, and then is the twin of yet another ticket; a bare
    # number means a ticket where only one repository was exported.
    rows = "| Add an alert | prevent | Ada | one/shop#7 |\n| Limit it | prevent | Ada | #9 |"
    (tmp_path / "inc-1.md").write_text(DOCUMENT.format(name="INC-1", rows=rows))
    (tmp_path / "tickets.csv").write_text(tickets)
    pma.ingest(tmp_path / "store", tmp_path / "inc-1.md", tmp_path / "tickets.csv", buckets=7)
    data = pma.read(tmp_path / "store")
    assert len(data.documents) > 1
    told = same_as_in_memory(tmp_path / "store", by=FINE)
    assert told["standings"]["total"].sum() == (2 if tickets == TICKETS else 4)
