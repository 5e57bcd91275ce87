"""The agenda of a review: the questions, the candidates, and who is to come."""

import re
from collections.abc import Callable
from typing import Any

import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset

Build = Callable[..., Dataset]

INCIDENTS = [
    {
        "incident_id": "INC-7",
        "title": "Maps were blank",
        "severity": "sev1",
        "service": "maps",
        "started_at": "2026-05-01T10:00Z",
        "resolved_at": "2026-05-01T12:00Z",
    },
    {"incident_id": "INC-8", "severity": "sev2", "started_at": "2026-05-02T10:00Z"},
]
SERVICES = [
    {"service": "maps", "team": "find"},
    {"service": "maps", "team": "pay"},
    {"service": "checkout", "team": "pay"},
    {"service": "mail"},
]
TEAMS = [
    {"team": "find", "engineering_manager": "Eve Adams", "project": "FIND"},
    {"team": "pay", "engineering_manager": "Max Weber", "product_manager": "Pia Lang"},
    {"team": "idle"},
    {"team": "post"},
]
ITEMS = [
    {"item_id": "x:1", "key": "1", "title": "Fall back to tiles"},
    {"item_id": "x:2", "key": "2", "title": "Call the post", "service": "mail", "owners": ["Zoe"]},
    {"item_id": "x:3", "key": "3", "title": "Pay less", "service": "checkout", "team": "pay"},
    {"item_id": "x:4", "key": "4", "title": "Move it", "service": "checkout", "project": "FIND"},
    {"item_id": "x:5", "key": "5", "title": "Never asked", "service": "mail", "state": "done"},
    {"item_id": "x:6", "key": "6", "title": "Shared", "incident_id": "INC-8", "service": "mail"},
]
POST = {
    "item_id": "y:1",
    "service": "mail",
    "team": "post",
    "state": "done",
    "incident_id": None,
    "closed_at": "2026-05-20T10:00Z",
}
ATTENDANCE = [
    {"incident_id": "INC-7", "role": "Engineering Manager", "team": "Pay"},
    {"incident_id": "INC-7", "role": "engineer", "team": "post"},
    {"incident_id": "INC-8", "role": "product_manager", "team": "pay"},
]


def judged(dataset: Build, **tables: Any) -> pma.Snapshot:
    base = {"state": "open", "incident_id": "INC-7", "created_at": "2026-05-03T10:00Z"}
    shared = {"x:6": {"other_incidents": ["INC-7"]}}
    items = [base | item | shared.get(item["item_id"], {}) for item in [*ITEMS, POST]]
    given = {
        "items": items,
        "incidents": INCIDENTS,
        "services": SERVICES,
        "teams": TEAMS,
        "attendance": ATTENDANCE,
    }
    return pma.snapshot(dataset(**(given | tables)), as_of="2026-06-01")


def section(page: str, title: str) -> list[str]:
    """The lines of one section that are not blank, without its heading."""
    found = re.search(
        rf"^##+ {re.escape(title)}.*?\n(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL
    )
    assert found, title
    return [line for line in found[1].splitlines() if line]


def test_the_head_says_what_is_to_settle(dataset: Build) -> None:
    lines = pma.agenda_page(judged(dataset), "INC-7").splitlines()
    assert lines[0] == "# Who owns the action items of INC-7?"
    assert lines[2] == "Sev-1, service maps, began on 2026-05-01: Maps were blank."
    # Items 1, 2 and 6 have no team: their services have several owners or none.
    assert lines[4] == (
        "As of 2026-06-01, 5 of its 6 action items are open: 3 without an owning team, 0 of "
        "contested ownership."
    )


def test_whom_to_invite_and_who_was_there(dataset: Build) -> None:
    # find and pay own maps and are the candidates of item 1; post closed what mail had before.
    assert section(pma.agenda_page(judged(dataset), "INC-7"), "Whom to invite") == [
        "| whom | team | why | on record as present |",
        "|---|---|---|---|",
        "| engineering manager | find | the team owns service maps | no |",
        "| product manager | find | the team owns service maps | no |",
        "| engineering manager | pay | the team owns service maps | yes |",
        "| product manager | pay | the team owns service maps | no |",
        "| a representative | find | may own x:1 | no |",
        "| a representative | pay | may own x:1 | yes |",
        "| a representative | post | may own x:2, x:6 | yes |",
    ]


def test_managers_are_named_only_when_asked_for(dataset: Build) -> None:
    snapshot = judged(dataset, attendance=[])
    plain = pma.agenda_page(snapshot, "INC-7")
    for name in ("Eve", "Max", "Pia", "Zoe"):
        assert name not in plain
    assert "Who came to the review is not on record." in plain
    named = section(pma.agenda_page(snapshot, "INC-7", identify=True), "Whom to invite")
    assert named[2:7] == [
        "| engineering manager | find | the team owns service maps | Eve Adams |",
        "| product manager | find | the team owns service maps | not in the registry |",
        "| engineering manager | pay | the team owns service maps | Max Weber |",
        "| product manager | pay | the team owns service maps | Pia Lang |",
        "| a representative | find | may own x:1 | for the team to say |",
    ]
    assert "Zoe" not in pma.agenda_page(snapshot, "INC-7", identify=True)


def test_each_question_has_its_evidence_and_its_candidates(dataset: Build) -> None:
    page = pma.agenda_page(judged(dataset), "INC-7")
    assert section(page, "x:1: Fall back to tiles") == [
        "Unclear: no person is named, and no rule gives a team; service maps is owned by find, pay.",
        "| may own it | score | verdict | why |",
        "|---|---|---|---|",
        "| find | 50% | too close to call | the registry names it for service maps |",
        "| pay | 50% | \N{EN DASH} | the registry names it for service maps |",
    ]
    assert section(page, "x:2: Call the post")[3:] == [
        "| post | 100% | proposed | owned the last closed item of service mail |",
    ]
    assert section(page, "x:6: Shared")[0] == "It also came out of INC-8."
    assert "x:5" not in page


def test_what_is_clear_and_what_else_is_asked(dataset: Build) -> None:
    page = pma.agenda_page(judged(dataset), "INC-7")
    assert section(page, "Services without one clear owner")[2:] == [
        "| mail | nobody owns it |",
        "| maps | several teams own it |",
    ]
    # The project gives item 4 to find, and pay, which owns its service, has no known project.
    assert section(page, "Items with a clear owner")[2:] == [
        "| x:3 | Pay less | pay |",
        "| x:4 | Move it | find |",
    ]


def test_other_gaps_are_asked_apart(dataset: Build) -> None:
    teams = [*TEAMS, {"team": "pay", "project": "PAY"}]
    page = pma.agenda_page(judged(dataset, teams=teams), "INC-7")
    assert section(page, "Other questions")[2:] == [
        "| x:4 | Move it | find | project FIND, but pay works in PAY |"
    ]


def test_what_was_decided_is_not_asked_again(dataset: Build) -> None:
    made = [
        {"decided_on": "2026-06-01", "subject": f"x:{number}", "kind": "owner_team", "value": team}
        for number, team in ((1, "find"), (2, "post"))
    ]
    page = pma.agenda_page(judged(dataset, decisions=made), "INC-7")
    assert "5 of its 6 action items are open: 1 without an owning team" in page
    assert "### x:1" not in page
    assert "### x:6" in page
    # Who owns their services is still unclear.
    assert section(page, "Other questions")[2:] == [
        "| x:1 | Fall back to tiles | find | service maps is owned by find, pay |",
        "| x:2 | Call the post | post | service mail has no owner in the registry |",
    ]
    made.append(made[0] | {"subject": "x:6", "value": "post"})
    page = pma.agenda_page(judged(dataset, decisions=made), "INC-7")
    assert "5 of its 6 action items are open: none of them asks for an owner." in page
    assert "Items to settle" not in page


def test_an_incident_without_a_service_asks_the_owners_of_its_items(dataset: Build) -> None:
    page = pma.agenda_page(judged(dataset), "inc_8")
    assert page.startswith("# Who owns the action items of INC-8?")
    assert "Sev-2, no service is named, began on 2026-05-02." in page
    assert section(page, "Whom to invite")[2:] == [
        "| a representative | post | may own x:6 | no |",
        "Nobody owns service mail: no managers to invite.",
    ]
    assert section(page, "x:6")[0] == "It also came out of INC-7."


def test_only_teams_with_half_of_the_best_score_are_invited(dataset: Build) -> None:
    # Of mail's closed items post has two, pay one of the same age: 2/3 and 1/3, which is half.
    more = [POST | {"item_id": f"y:{number}"} for number in range(2, 4)]
    base = [{"incident_id": "INC-8", "state": "open", "created_at": "2026-05-03T10:00Z"} | ITEMS[5]]
    closed = [POST, *more[:1], POST | {"item_id": "z:1", "team": "pay"}]
    page = pma.agenda_page(judged(dataset, items=base + closed), "INC-8")
    assert "| a representative | pay |" in page
    page = pma.agenda_page(judged(dataset, items=[*base, *closed, more[1]]), "INC-8")
    assert "| a representative | pay |" not in page
    assert "| pay | 25% |" in page


def test_nothing_known_is_said(dataset: Build) -> None:
    items = [{"item_id": "x:1", "key": "1", "incident_id": "Z", "state": "open"}]
    page = pma.agenda_page(pma.snapshot(dataset(items=items), as_of="2026-06-01"), "Z")
    assert "no severity, no service is named, of unknown date." in page
    assert page.count("Nothing points to a team.") == 2
    assert "No service is named, which would say whose managers to invite." in page
    done = [{"item_id": "x:1", "incident_id": "Z", "state": "done"}]
    page = pma.agenda_page(pma.snapshot(dataset(items=done), as_of="2026-06-01"), "Z")
    assert "none of its action items is open (1 in all): no owner is to be found." in page
    page = pma.agenda_page(judged(dataset, items=[]), "INC-7")
    assert "As of 2026-06-01, no action items of it are known." in page
    assert "| engineering manager | find |" in page


def test_an_unknown_incident_is_one_sentence(dataset: Build) -> None:
    with pytest.raises(
        pma.UsageError, match=r"^There is no incident 'INC-77'; did you mean 'INC-7'\?$"
    ):
        pma.agenda_page(judged(dataset), "INC-77")
    with pytest.raises(pma.UsageError, match="writes the ones that are known"):
        pma.agenda_page(judged(dataset), "what\n?")


HOSTILE = [
    "a | b",
    "<script>alert(1)</script>",
    "[x](javascript:y)",
    "two\nlines\r\n# heading",
    "`code` $m$ ~s~ \u202ereversed",
    "https://evil.example www.evil.example @all me@evil.example",
    "\x1b[31m",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_text_from_exports_is_no_markup(
    dataset: Build, lines_without_markup: Callable[[str], list[str]], name: str
) -> None:
    incident = {
        "incident_id": name,
        "title": name,
        "severity": name,
        "service": name,
        "started_at": "2026-05-02T10:00Z",
    }
    base = {"state": "open", "incident_id": name, "title": name, "created_at": "2026-05-03T10:00Z"}
    items = [
        base | {"item_id": f"{name}1", "key": name, "service": name},
        base | {"item_id": f"{name}2", "key": name, "service": f"{name} bare", "team": name},
        base | {"item_id": f"{name}3", "key": name, "service": f"{name} own", "project": name},
        base
        | {"item_id": f"{name}4", "key": name, "service": f"{name} own", "team": f"{name} too"},
    ]
    services = [
        {"service": name, "team": name, "source": "backstage"},
        {"service": name, "team": f"{name} too", "source": "codeowners", "path": name},
        {"service": name, "team": f"{name} three", "source": "backstage"},
        {"service": f"{name} own", "team": f"{name} too"},
    ]
    teams = [
        {"team": name, "engineering_manager": name, "product_manager": name},
        {"team": f"{name} too", "project": f"{name} elsewhere"},
    ]
    came = [{"incident_id": name, "role": name, "team": name}]
    snapshot = judged(
        dataset, items=items, incidents=[incident], services=services, teams=teams, attendance=came
    )
    page = pma.agenda_page(snapshot, name, identify=True)
    for told in lines_without_markup(page):
        # What a renderer would turn into a link or a mention by itself.
        assert not re.search(r"://|www\.|@\w", told)
    assert not any(line.startswith("# heading") for line in page.splitlines())
    for title in (
        "Whom to invite",
        "Items to settle",
        "Other questions",
        "Items with a clear owner",
    ):
        assert f"## {title}" in page
