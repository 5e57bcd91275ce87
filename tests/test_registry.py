"""Who owns what, as of a day."""

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmanalytics.registry import (
    ancestors,
    known_people,
    person_teams,
    project_teams,
    registry_on,
    service_claims,
    service_owners,
    team_projects,
)
from pmanalytics.tables import conform, empty


def table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    return conform(pd.DataFrame(rows), name)


def owners(*rows: dict[str, Any]) -> dict[str, Any]:
    """The only service's owner, with the columns that say how it came about."""
    found = service_owners(table("services", [{"service": "s", **row} for row in rows]))
    assert len(found) == 1
    return found.iloc[0].to_dict()


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (None, None, True),
        ("2026-03-31", "2026-03-31", True),
        ("2026-04-01", None, False),
        (None, "2026-03-30", False),
        ("2026-01-01", None, True),
        (None, "2026-12-31", True),
    ],
)
def test_a_row_holds_from_its_first_to_its_last_day(
    since: str | None,
    until: str | None,
    holds: bool,  # noqa: FBT001
) -> None:
    row = {"since": since, "until": until}
    services, teams, people = registry_on(
        table("services", [{"service": "s", **row}]),
        table("teams", [{"team": "t", **row}]),
        table("people", [{"person": "p", "team": "t", **row}]),
        as_of=date(2026, 3, 31),
    )
    assert [len(services), len(teams), len(people)] == [int(holds)] * 3


def test_every_name_gets_the_spelling_of_its_own_table() -> None:
    services, teams, people = registry_on(
        table(
            "services",
            [
                {"service": "Event Bus", "team": "site-reliability", "aliases": ["bus"]},
                {"service": "event-bus", "team": "SRE"},
            ],
        ),
        table(
            "teams",
            [
                {"team": "Site Reliability", "parent": "foundations", "aliases": ["SRE"]},
                {"team": "Foundations"},
            ],
        ),
        table("people", [{"person": "Ada", "team": "site_reliability"}]),
        as_of=date(2026, 3, 31),
    )
    assert services["service"].tolist() == ["Event Bus", "Event Bus"]
    assert services["team"].tolist() == ["Site Reliability", "Site Reliability"]
    assert teams["parent"].fillna("").tolist() == ["Foundations", ""]
    assert people["team"].tolist() == ["Site Reliability"]


def test_a_former_name_means_the_team_that_bears_it_now() -> None:
    rows = [
        {"team": "Shop", "until": "2025-12-31"},
        {"team": "Checkout", "since": "2026-01-01", "aliases": ["Shop"]},
    ]
    named = table("services", [{"service": "s", "team": "shop"}])
    spelt = {
        day: registry_on(named, table("teams", rows), empty("people"), as_of=day)[0]["team"].item()
        for day in (date(2025, 12, 31), date(2026, 1, 1))
    }
    assert list(spelt.values()) == ["Shop", "Checkout"]


@pytest.mark.parametrize(
    ("rows", "team", "count", "multi_owned"),
    [
        ([{"team": "a"}], "a", 1, False),
        ([{"team": None}], None, 0, False),
        ([{"team": None}, {"team": "a"}], "a", 1, False),
        ([{"team": "a"}, {"team": "a", "role": "build"}], "a", 1, False),
        ([{"team": "a"}, {"team": "b"}], None, 2, True),
        # One team for each role: the operating team answers, whatever the alphabet says.
        ([{"team": "b", "role": "operate"}, {"team": "a", "role": "Build"}], "b", 2, False),
        ([{"team": "a", "role": "operate"}, {"team": "b", "role": "build"}], "a", 2, False),
        ([{"team": "a", "role": "build"}], "a", 1, False),
        # A row without a role claims both, and so competes for either.
        ([{"team": "a"}, {"team": "b", "role": "operate"}], None, 2, True),
        # Only the most trusted source counts, for each role on its own.
        (
            [{"team": "a", "source": "pagerduty"}, {"team": "b", "source": "backstage"}],
            "b",
            1,
            False,
        ),
        (
            [{"team": "a", "source": "codeowners"}, {"team": "b", "source": "PagerDuty"}],
            "b",
            1,
            False,
        ),
        (
            [{"team": "a", "source": "codeowners"}, {"team": "b", "source": "codeowners"}],
            None,
            2,
            True,
        ),
        ([{"team": "a", "source": "codeowners"}, {"team": None, "source": "csv"}], "a", 1, False),
        ([{"team": "a", "role": "build"}, {"team": "b", "source": "pagerduty"}], "b", 2, False),
    ],
)
def test_one_team_answers_for_a_service_or_none(
    rows: list[dict[str, Any]],
    team: str | None,
    count: int,
    multi_owned: bool,  # noqa: FBT001
) -> None:
    found = owners(*rows)
    assert (None if pd.isna(found["team"]) else found["team"]) == team
    assert (found["owners"], found["multi_owned"]) == (count, multi_owned)


def test_the_latest_confirmation_counts() -> None:
    found = owners(
        {"team": "a", "verified_on": "2025-01-01"}, {"team": "a", "verified_on": "2026-01-01"}
    )
    assert found["verified_on"] == pd.Timestamp("2026-01-01")
    assert pd.isna(owners({"team": "a"})["verified_on"])


def test_claims_name_service_role_and_team() -> None:
    rows = [
        {"service": "bus", "team": "a", "role": "build"},
        {"service": "bus", "team": "b", "role": "operate"},
        {"service": "api", "team": "a"},
        {"service": "fax", "team": None},
    ]
    assert service_claims(table("services", rows)).to_numpy().tolist() == [
        ["api", "build", "a"],
        ["api", "operate", "a"],
        ["bus", "build", "a"],
        ["bus", "operate", "b"],
    ]


def test_everybody_above_a_team_is_found_and_circles_end() -> None:
    rows = [
        {"team": "payments", "parent": "shop", "project": "PAY"},
        {"team": "payments", "parent": "shop", "project": "BILL"},
        {"team": "shop", "parent": "company"},
        {"team": "round", "parent": "about"},
        {"team": "about", "parent": "round"},
    ]
    assert ancestors(table("teams", rows)).to_numpy().tolist() == [
        ["about", "round"],
        ["payments", "company"],
        ["payments", "shop"],
        ["round", "about"],
        ["shop", "company"],
    ]


def test_a_project_belongs_to_a_team_when_only_one_works_in_it() -> None:
    rows = [
        {"team": "a", "project": "PAY"},
        {"team": "a", "project": "PAY", "parent": "x"},
        {"team": "a", "project": "OPS"},
        {"team": "b", "project": "OPS"},
        {"team": "c"},
    ]
    teams = table("teams", rows)
    assert team_projects(teams).to_numpy().tolist() == [["a", "OPS"], ["a", "PAY"], ["b", "OPS"]]
    assert project_teams(teams).to_dict() == {"PAY": "a"}


def test_people_are_known_by_name_and_alias() -> None:
    people = table(
        "people",
        [
            {"person": "Ada Lovelace", "team": "a", "aliases": ["alovelace"]},
            {"person": "Bob", "team": "b"},
            {"person": "Bob", "team": "a"},
            {"person": "Eve", "team": None},
        ],
    )
    assert person_teams(people).to_numpy().tolist() == [
        ["Ada Lovelace", "a"],
        ["Bob", "a"],
        ["Bob", "b"],
    ]
    written = pd.Series(["ada-lovelace", "ALovelace", "eve", "Zoe", None], index=[1, 1, 2, 3, 4])
    assert known_people(written, people).tolist() == [True, True, True, False, False]


def test_an_empty_registry_answers_with_empty_tables() -> None:
    services, teams, people = registry_on(
        empty("services"), empty("teams"), empty("people"), as_of=date(2026, 3, 31)
    )
    assert service_owners(services).empty
    assert service_claims(services).empty
    assert ancestors(teams).empty
    assert project_teams(teams).empty
    assert person_teams(people).empty


CLAIMS = st.lists(
    st.fixed_dictionaries(
        {
            "service": st.sampled_from(["a-b", "A B", "c"]),
            "team": st.sampled_from([None, "t", "T", "u"]),
            "role": st.sampled_from([None, "build", "operate"]),
            "source": st.sampled_from([None, "backstage", "pagerduty", "codeowners"]),
        }
    ),
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(CLAIMS, st.randoms())
def test_the_order_of_rows_changes_nothing(rows: list, random: Any) -> None:
    def answer(ordered: list) -> pd.DataFrame:
        services, _, _ = registry_on(
            table("services", ordered), empty("teams"), empty("people"), as_of=date(2026, 3, 31)
        )
        return service_owners(services)

    pd.testing.assert_frame_equal(answer(rows), answer(random.sample(rows, len(rows))))
