"""Which incident an item came out of, and which team owns it, one case per rule."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmanalytics.linking import link_incidents, owning_team, spelled
from pmanalytics.settings import Labels
from pmanalytics.tables import conform, empty

LABELS = Labels()
BERLIN = "Europe/Berlin"

# INC-9 began at 00:30 on 13 March in Berlin, which is still 12 March in UTC.
INCIDENTS = [
    {
        "incident_id": "INC-7",
        "severity": "sev1",
        "started_at": "2026-03-10T10:00Z",
        "url": "https://tool/7",
    },
    {"incident_id": "INC-8", "severity": "sev2", "started_at": "2026-03-09T10:00Z"},
    {"incident_id": "INC-9", "severity": "sev1", "started_at": "2026-03-12T23:30Z"},
    {"incident_id": "INC-10", "severity": "sev2", "started_at": "2026-04-01T10:00Z"},
    {"incident_id": "INC-11", "severity": "sev2", "started_at": "2026-04-01T20:00Z"},
    {"incident_id": "INC-12", "severity": "sev1", "started_at": None},
]


def table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    return conform(pd.DataFrame(rows), name)


def link(
    items: list[dict[str, Any]], incidents: list[dict[str, Any]], timezone: str = BERLIN
) -> tuple[pd.DataFrame, pd.DataFrame]:
    return link_incidents(
        table("items", items), table("incidents", incidents), labels=LABELS, timezone=timezone
    )


def linked(item: dict[str, Any], incidents: list[dict[str, Any]] = INCIDENTS) -> tuple[Any, ...]:
    row = link([item], incidents)[0].iloc[0]
    told = [None if pd.isna(row[name]) else row[name] for name in ("incident_id", "incident_rule")]
    return (*told, row["other_incidents"])


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"incident_id": "INC-7"}, ("INC-7", "field", [])),
        ({"incident_id": "inc-7"}, ("INC-7", "field", [])),
        ({"incident_id": "https://tool/7"}, ("INC-7", "field", [])),
        ({"incident_id": "INC-7 Checkout down"}, ("INC-7", "field", [])),
        ({"incident_id": "INC-404"}, ("INC-404", "field", [])),
        ({"links": ["PAY-1", "INC-7"]}, ("INC-7", "link", [])),
        ({"links": ["https://tool/7"]}, ("INC-7", "link", [])),
        ({"labels": ["postmortem", "inc-7"]}, ("INC-7", "id", [])),
        ({"labels": ["after-inc-7"]}, (None, None, [])),
        ({"title": "Alert earlier (INC-7)"}, ("INC-7", "id", [])),
        ({"title": "Alert earlier (INC-77)"}, (None, None, [])),
        ({"labels": ["SEV-1", "20260310"]}, ("INC-7", "label", [])),
        ({"labels": ["sev1", "20260313"]}, ("INC-9", "label", [])),
        ({"labels": ["sev1", "20260312"]}, (None, None, [])),
        ({"labels": ["sev2", "20260401"]}, (None, None, [])),
        ({"labels": ["sev2", "20260310"]}, (None, None, [])),
        ({"labels": ["sev1"]}, (None, None, [])),
        ({"labels": ["20260310"]}, (None, None, [])),
        ({"labels": None, "title": None}, (None, None, [])),
    ],
)
def test_each_rule_finds_the_incident(item: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert linked(item) == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        # One rule finds several: the one that started first judges, an unknown one never does.
        ({"incident_id": "INC-7; INC-8"}, ("INC-8", "field", ["INC-7"])),
        ({"incident_id": "INC-404,INC-12,INC-7"}, ("INC-7", "field", ["INC-12", "INC-404"])),
        ({"links": ["INC-10", "INC-7", "INC-10"]}, ("INC-7", "link", ["INC-10"])),
        ({"title": "INC-7 and INC-8", "labels": ["INC-10"]}, ("INC-8", "id", ["INC-7", "INC-10"])),
        ({"labels": ["sev1", "20260313", "20260310"]}, ("INC-7", "label", ["INC-9"])),
        # The first rule that finds any judges, even when a later one finds an earlier incident.
        ({"incident_id": "INC-10", "title": "as INC-8"}, ("INC-10", "field", ["INC-8"])),
        ({"links": ["INC-10"], "labels": ["INC-8"]}, ("INC-10", "link", ["INC-8"])),
        ({"title": "INC-10", "labels": ["sev1", "20260310"]}, ("INC-10", "id", ["INC-7"])),
        ({"incident_id": "INC-404", "links": ["INC-7"]}, ("INC-404", "field", ["INC-7"])),
    ],
)
def test_one_incident_judges_and_the_others_are_kept(
    item: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    assert linked(item) == expected


def test_incidents_that_started_together_are_told_apart_by_name() -> None:
    twins = [{"incident_id": name, "started_at": "2026-03-10T10:00Z"} for name in ("b", "a")]
    assert linked({"incident_id": "b,a"}, twins) == ("a", "field", ["b"])


def test_without_incidents_the_labels_make_one() -> None:
    items = [
        {"labels": ["sev1", "20260312"]},
        {"labels": ["SEV-1", "20260312"]},
        {"labels": ["sev2", "20260231"]},
        {"labels": ["sev1", "20260401"], "incident_id": "INC-7"},
        {"labels": ["sev1", "sev2", "20260401"]},
    ]
    found, derived = link(items, [])
    assert found["incident_id"].fillna("").tolist() == [
        "20260312-sev1", "20260312-sev1", "", "INC-7", "",
    ]  # fmt: skip
    assert found["incident_rule"].fillna("").tolist() == ["label", "label", "", "field", ""]
    assert derived["incident_id"].tolist() == ["20260312-sev1"]
    made = derived.iloc[0]
    # Midnight of 12 March in Berlin, one hour ahead of UTC in winter.
    assert made["started_at"] == made["resolved_at"] == pd.Timestamp("2026-03-11T23:00Z")
    assert made["severity"] == "sev1"
    assert made["derived"]


def test_a_derived_incident_begins_even_on_a_day_without_midnight() -> None:
    # In Santiago the clocks went from 24:00 on 5 September 2026 to 01:00.
    found, derived = link([{"labels": ["sev1", "20260906"]}], [], timezone="America/Santiago")
    local = derived["started_at"].dt.tz_convert("America/Santiago").dt.strftime("%Y%m%d")
    assert local.tolist() == ["20260906"]
    again, _ = link_incidents(
        found.assign(incident_id=None, incident_rule=None).pipe(conform, "items"),
        derived,
        labels=LABELS,
        timezone="America/Santiago",
    )
    assert again["incident_id"].tolist() == ["20260906-sev1"]


def test_with_incidents_no_label_makes_one() -> None:
    found, derived = link([{"labels": ["sev1", "20200101"]}], INCIDENTS)
    assert derived.empty
    assert found["incident_id"].isna().all()


def test_items_that_were_linked_before_keep_what_was_found() -> None:
    item = {"title": "INC-8 and INC-7", "labels": ["sev2", "20260309"], "links": ["INC-10"]}
    once, _ = link([item], INCIDENTS)
    twice, _ = link_incidents(once, table("incidents", INCIDENTS), labels=LABELS, timezone=BERLIN)
    assert once["incident_rule"].tolist() == ["link"]
    pd.testing.assert_frame_equal(once, twice)


def test_no_items_and_no_incidents_are_fine() -> None:
    found, derived = link_incidents(
        empty("items"), empty("incidents"), labels=LABELS, timezone="UTC"
    )
    assert found.columns.tolist() == empty("items").columns.tolist()
    assert found.dtypes.equals(empty("items").dtypes)
    assert len(found) == len(derived) == 0


TICKETS = st.fixed_dictionaries(
    {
        "incident_id": st.sampled_from([None, "INC-7", "INC-8;INC-7", "INC-404"]),
        "links": st.lists(st.sampled_from(["INC-9", "INC-10", "PAY-1"]), max_size=3),
        "title": st.sampled_from([None, "INC-8", "INC-9, INC-7", "Alert earlier"]),
        "labels": st.lists(
            st.sampled_from(["sev1", "sev2", "20260310", "20260401", "INC-12"]), max_size=4
        ),
    }
)


@settings(max_examples=40, deadline=None)
@given(st.lists(TICKETS, min_size=1, max_size=8), st.randoms(), st.sampled_from([[], INCIDENTS]))
def test_the_order_of_rows_changes_nothing(tickets: list, random: Any, incidents: list) -> None:
    numbered = [{"item_id": f"jira:{n}", **ticket} for n, ticket in enumerate(tickets)]
    straight, made = link(numbered, incidents)
    shuffled, made_too = link(
        random.sample(numbered, len(numbered)), random.sample(incidents, len(incidents))
    )
    ordered = shuffled.sort_values(
        "item_id", key=lambda ids: ids.str.slice(5).astype(int), ignore_index=True
    )
    pd.testing.assert_frame_equal(straight, ordered)
    pd.testing.assert_frame_equal(made, made_too)


SERVICES = [
    {"service": "checkout-api", "team": "Checkout"},
    {"service": "event-bus", "team": "Platform", "role": "build"},
    {"service": "event-bus", "team": "SRE", "role": "operate"},
    {"service": "returns", "team": "Checkout"},
    {"service": "returns", "team": "Platform"},
    {"service": "fax", "team": None, "aliases": ["facsimile"]},
]
TEAMS = [
    {"team": "Checkout", "project": "SHOP", "aliases": ["shop squad"]},
    {"team": "Platform", "project": "PLAT"},
    {"team": "Platform", "project": "OPS"},
    {"team": "SRE", "project": "OPS"},
]
PEOPLE = [
    {"person": "Ada", "team": "Checkout", "aliases": ["ada@example.com"]},
    {"person": "Bob", "team": "Platform"},
    {"person": "Cy", "team": "Platform"},
    {"person": "Cy", "team": "SRE"},
]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"team": "shop-squad", "project": "PLAT"}, ("Checkout", "item")),
        ({"team": "Phoenix", "project": "PLAT"}, ("Phoenix", "item")),
        ({"project": "SHOP", "service": "event-bus"}, ("Checkout", "project")),
        ({"project": "OPS", "service": "Checkout API"}, ("Checkout", "service")),
        ({"service": "event-bus"}, ("SRE", "service")),
        ({"service": "returns", "owners": ["bob"]}, ("Platform", "owner")),
        ({"service": "facsimile", "owners": ["ADA@example.com"]}, ("Checkout", "owner")),
        ({"service": "unheard of", "owners": ["Bob", "Zoe"]}, ("Platform", "owner")),
        ({"owners": ["Ada", "Bob"]}, (None, None)),
        ({"owners": ["Cy"]}, (None, None)),
        ({"owners": ["Bob", "Cy"]}, (None, None)),
        ({"owners": ["Zoe"]}, (None, None)),
        ({"owners": []}, (None, None)),
        ({"project": "OPS"}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_the_owning_team_is_found_by_the_first_rule_that_gives_one(
    item: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    items = table("items", [{"item_id": "a", **item}, {"item_id": "b"}]).set_axis([5, 5])
    owning = owning_team(
        items,
        services=table("services", SERVICES),
        teams=table("teams", TEAMS),
        people=table("people", PEOPLE),
    )
    assert owning.index.tolist() == [5, 5]
    assert tuple(None if pd.isna(value) else value for value in owning.iloc[0]) == expected
    assert owning.iloc[1].isna().all()


def test_without_a_registry_the_items_own_team_counts() -> None:
    items = table("items", [{"team": "core"}, {"project": "PAY", "owners": ["Ada"]}])
    registry = {name: empty(name) for name in ("services", "teams", "people")}
    assert owning_team(items, **registry)["team"].fillna("").tolist() == ["core", ""]


def test_items_and_incidents_are_spelled_as_the_registry_does() -> None:
    items = table("items", [{"team": "SHOP_SQUAD", "service": "Facsimile"}, {"team": "Phoenix"}])
    registry = {"services": table("services", SERVICES), "teams": table("teams", TEAMS)}
    found = spelled(items, **registry)
    assert found["team"].tolist() == ["Checkout", "Phoenix"]
    assert found["service"].fillna("").tolist() == ["fax", ""]
    incidents = spelled(table("incidents", [{"service": "Event Bus"}]), **registry)
    assert incidents["service"].tolist() == ["event-bus"]
