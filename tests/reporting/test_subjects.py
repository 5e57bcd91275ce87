"""One subject of a report: found by any spelling, with what it answers for."""

import pytest

import pmanalytics as pma
from pmanalytics.errors import UsageError
from pmanalytics.reporting.opening import Report


def incident(number, **known):
    day = f"2026-0{number}-01"
    return {"incident_id": f"INC-{number}", "severity": "sev1", "started_at": f"{day}T08:00Z",
            "resolved_at": f"{day}T10:00Z", **known}  # fmt: skip


def item(number, incident_id, **known):
    return {"item_id": f"x:{number}", "incident_id": incident_id, "state": "open",
            "created_at": "2026-01-02T08:00Z", **known}  # fmt: skip


@pytest.fixture(scope="module")
def report(dataset):
    data = dataset(
        incidents=[
            incident(1, service="basket", causes=["disk"]),
            incident(2, service="login", product="accounts"),
            incident(3, service="basket", repeat_of="INC-1"),
            incident(4, service="fax"),
        ],
        items=[
            item(1, "INC-1", team="Web Shop"),
            item(2, "INC-2", team="Web Shop"),  # another team's incident
            item(3, "INC-4"),  # nobody's: the service has no owner
            item(4, "INC-3", team="identity", labels=["INC-1"]),
        ],
        services=[
            {"service": "basket", "team": "Web Shop", "product": "shop"},
            {"service": "login", "team": "identity"},
            {"service": "fax"},
        ],
        teams=[{"team": "Web Shop", "aliases": ["storefront"]}, {"team": "identity"}],
    )
    return Report(data, pma.snapshot(data, as_of="2026-04-10", period="2026Q1"))


def held(report):
    q = report.snapshot
    return (
        q.items["item_id"].str.removeprefix("x:").str.cat(),
        q.incidents["incident_id"].str.removeprefix("INC-").str.cat(),
    )


@pytest.mark.parametrize("name", ["Web Shop", "web_shop", "  WEB-SHOP ", "Storefront"])
def test_a_team_is_found_in_any_spelling_with_the_incidents_of_its_services_and_items(report, name):
    own = report.on(team=name)
    assert own.subject == "Web Shop"
    # INC-1 and INC-3 are of its service, INC-2 is what its second item came out of.
    assert held(own) == ("12", "123")


@pytest.mark.parametrize(
    ("subject", "found", "holds"),
    [
        ({"service": "Basket"}, "basket", ("14", "13")),
        ({"product": "SHOP"}, "shop", ("14", "13")),
        ({"product": "accounts"}, "accounts", ("2", "2")),
        ({"incident": "inc-2"}, "INC-2", ("2", "2")),
        # Without a name: what no team owns, the service that came back most, all, the last one.
        ({"team": ""}, "no team", ("3", "4")),
        ({"service": ""}, "basket", ("14", "13")),
        ({"product": ""}, "", ("1234", "1234")),
        ({"incident": " "}, "INC-4", ("3", "4")),
    ],
)
def test_each_subject_brings_what_is_about_it(report, subject, found, holds):
    own = report.on(**subject)
    assert (own.subject, held(own)) == (found, holds)
    assert own.about()["subject"] == found


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ({"team": "Web Shup"}, "no team 'Web Shup'; did you mean 'Web Shop'"),
        ({"service": "baskets"}, "no service 'baskets'; did you mean 'basket'"),
        ({"product": "qqq"}, "no product area 'qqq'; known are: accounts, shop"),
        ({"incident": "INC-77"}, "no incident 'INC-77'"),
        ({"teem": "x"}, "cannot be about a 'teem'; did you mean 'team'"),
        ({"team": "x", "service": "y"}, "about one subject"),
        ({}, "about one subject"),
    ],
)
def test_what_is_not_there_is_one_sentence_with_the_nearest(report, subject, said):
    with pytest.raises(UsageError, match=said):
        report.on(**subject)


def test_a_name_that_no_data_hold_says_so(dataset):
    bare = Report(dataset(), pma.snapshot(dataset(), as_of="2026-04-10"))
    with pytest.raises(UsageError, match="the data name no team at all"):
        bare.on(team="web")
    assert bare.on(service="").subject == ""
    assert bare.on(incident="").subject == ""


def test_the_period_before_is_about_the_same_subject(report):
    own = report.on(team="storefront")
    assert own.previous.items["team"].unique().tolist() in ([], ["Web Shop"])
    assert report.on(team="").previous.items["team"].notna().sum() == 0
