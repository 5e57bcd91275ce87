"""The digest between two reports, worked by hand: 2026-W41 is 5 to 11 October, known on the 12th."""

from dataclasses import replace

import pytest

import pmanalytics as pma
from pmanalytics.errors import UsageError
from pmanalytics.reporting.opening import Report
from pmanalytics.reporting.showing.sentences import findings


def item(name, ended, **known):
    """An item of a Sev-1 incident that ended on a day: it is due 15 days later."""
    return {
        "item_id": f"jira:{name}",
        "source": "jira",
        "key": name,
        "title": f"Mend {name}",
        "state": "open",
        "team": "web",
        "incident_id": f"INC-{ended}",
        "created_at": "2026-09-01T08:00Z",
        "url": f"https://tracker.example/{name}",
        **known,
    }


def incident(ended, **known):
    moment = {"started_at": f"2026-{ended}T08:00Z", "resolved_at": f"2026-{ended}T10:00Z"}
    return {"incident_id": f"INC-{ended}", "severity": "sev1", "service": "shop", **moment, **known}


ITEMS = [
    item("A-1", "09-27"),  # due on 10-12, the as-of date itself: due next
    item("A-2", "10-03"),  # due on 10-18, the seventh day: due next
    item("A-3", "10-04"),  # due on 10-19, the eighth: not yet news
    item("B-1", "09-19"),  # due on 10-04, overdue from 10-05 on: new in this week
    item("B-2", "09-25", team="data"),  # due on 10-10: new, too
    item("B-3", "09-18"),  # due on 10-03: overdue since the week before
    item("B-4", "09-26"),  # due on 10-11, overdue from 10-12 on: news of the next week
    item("C-1", "09-22"),  # due on 10-07, but waived until 10-16: due next
    item("D-1", "10-04", team=None, created_at="2026-10-06T08:00Z"),  # new, and nobody's
    item("D-2", "10-04", team=None),  # nobody's before, too
    item("CORE-1", "10-04", team=None),  # its team left the registry on 10-06
    item("E-1", "10-04", state="done", closed_at="2026-10-11T20:00Z"),
    item("E-2", "10-04", state="done", closed_at="2026-10-12T08:00Z"),  # after the week
    item("E-3", "10-04", state="dropped", closed_at="2026-10-08T08:00Z"),  # dropped, not done
]
ENDED = ("09-18", "09-19", "09-22", "09-25", "09-26", "09-27", "10-03", "10-04")


@pytest.fixture(scope="module")
def report(dataset):
    data = dataset(
        items=[row | {"project": row["key"].split("-")[0]} for row in ITEMS],
        incidents=[
            *(incident(day) for day in ENDED),
            incident("10-08", repeat_of="INC-09-18"),
            incident("10-12", repeat_of="INC-09-19"),  # began after the week
        ],
        services=[{"service": "shop", "team": "store"}],
        teams=[
            {"team": "core", "project": "CORE", "until": "2026-10-06"},
            {"team": "web"},
            {"team": "data"},
            {"team": "store"},
        ],
        decisions=[
            {"decided_on": "2026-10-01", "subject": "jira:C-1", "kind": "waiver",
             "until": "2026-10-16"},
        ],
    )  # fmt: skip
    return Report(data, pma.snapshot(data, as_of="2026-10-12", period="2026-W41"))


def named(digest, news):
    rows = digest[(digest["news"] == news).to_numpy()]
    return rows["item_id"].fillna(rows["incident_id"]).str.removeprefix("jira:").tolist()


def test_each_kind_of_news_holds_what_is_new_and_no_more(report):
    digest = pma.week_digest(report)
    assert named(digest, "due_next") == ["A-1", "C-1", "A-2"]
    assert named(digest, "newly_overdue") == ["B-2", "B-1"]
    assert named(digest, "newly_unowned") == []
    assert named(digest, "came_back") == ["INC-10-08"]
    assert named(digest, "newly_done") == ["E-1"]


def test_what_lost_its_team_or_never_had_one_is_news_once(report):
    # Without the registry's owner of the service, the three items have no team.
    data = replace(report.data, services=report.data.services.iloc[:0])
    bare = Report(data, pma.snapshot(data, as_of="2026-10-12", period="2026-W41"))
    digest = pma.week_digest(bare)
    assert named(digest, "newly_unowned") == ["CORE-1", "D-1"]
    assert digest["team"].isna().tolist()[-2:] == [True, True]
    # Nothing is at hand of what jira said before, and the page says so.
    assert "What jira said before 2026-10-05" in pma.digest_limits(bare)[0]


def test_the_days_ahead_can_be_chosen(report):
    assert "A-3" in named(pma.week_digest(report, days=8), "due_next")


def test_each_team_gets_one_sentence_in_the_order_of_the_names(report):
    digest = pma.week_digest(report)
    assert findings(digest, "week_digest") == (
        "data: newly overdue B-2.",
        "store: came back INC-10-08.",
        "web: due next A-1 (by 2026-10-12), C-1 (by 2026-10-16), A-2 (by 2026-10-18); "
        "newly overdue B-1; 1 done.",
    )
    counts = pma.digest_per_team(digest).set_index("team")
    assert counts.loc["web"].tolist() == [3, 1, 0, 0, 1]
    assert counts.index.tolist() == ["data", "store", "web"]


def test_the_first_screen_counts_and_names_what_was_counted(report):
    answers = {one.label: one for one in pma.digest_answers(pma.week_digest(report))}
    assert answers["Due next"].figure == "3"
    assert answers["Due next"].items == ("jira:A-1", "jira:C-1", "jira:A-2")
    assert answers["Came back"].incidents == ("INC-10-08",)


def test_a_week_in_which_nothing_happened_is_one_sentence(dataset):
    data = dataset(items=[item("B-3", "09-18")], incidents=[incident("09-18")])
    quiet = Report(data, pma.snapshot(data, as_of="2026-10-12", period="2026-W41"))
    digest = pma.week_digest(quiet)
    assert digest.empty
    assert pma.digest_answers(digest) == ()
    assert len(findings(digest, "week_digest")) == 1
    assert findings(digest, "week_digest")[0].startswith("Nothing is due next")


def test_many_teams_and_many_items_do_not_make_a_long_summary(dataset):
    rows = [item(f"T{n}-1", "10-03", team=f"team {n:02}") for n in range(20)]
    rows += [item(f"M-{n}", "10-03", team="team 00") for n in range(6)]
    data = dataset(items=rows, incidents=[incident("10-03")])
    many = Report(data, pma.snapshot(data, as_of="2026-10-12", period="2026-W41"))
    said = findings(pma.week_digest(many), "week_digest")
    assert len(said) == 15
    assert said[-1] == "And 6 more teams, on the page."
    assert said[0].endswith(" and 3 more.")


def test_a_digest_needs_a_period(dataset):
    data = dataset()
    with pytest.raises(UsageError, match="about a period"):
        pma.week_digest(Report(data, pma.snapshot(data, as_of="2026-10-12")))
