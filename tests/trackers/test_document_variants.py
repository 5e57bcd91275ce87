"""Postmortem documents as other tools and hands write them; all are made up."""

from pathlib import Path

import pytest

from pmanalytics.settings import Settings, Source
from pmanalytics.trackers import read_file
from pmanalytics.trackers.documents import document_records
from tests.trackers.test_postmortem_md import HEAD, incident, items, titles

SEVERAL_ROWS = """
<table><tbody>
<tr><th>Action</th><th>Owner</th><th>Status</th><th>Ticket</th></tr>

<tr><td>Add an <b>alert</b></td><td>Ada</td><td>Done</td>
<td><a href="https://acme.example/browse/PAY-7">PAY-7</a></td></tr>

<tr><td>Write it down</td><td>Bo</td><td>Open</td><td></td></tr>
</tbody></table>
"""


@pytest.mark.parametrize("table", [SEVERAL_ROWS, SEVERAL_ROWS.replace("\n\n", "\n")])
def test_a_table_of_html_is_a_table(table: str) -> None:
    """The empty lines cut it into pieces for a parser of Markdown."""
    found = items(table + "\n## Glossary\n")
    assert [(item["title"], item["owner"], item["mark"], item["ticket"]) for item in found] == [
        ("Add an alert", ["Ada"], "done", ["PAY-7"]),
        ("Write it down", ["Bo"], "open", None),
    ]
    assert found[0]["url"] == "https://acme.example/browse/PAY-7"
    assert items("<p>No table</p>\n") == []


def test_a_cross_is_not_done_yet() -> None:
    found = items("- \N{CROSS MARK} Add an alert\n- Write it down :x:\n- [x] \N{CROSS MARK} Both\n")
    assert [(item["title"], item["mark"]) for item in found] == [
        ("Add an alert", "open"),
        ("Write it down", "open"),
        ("Both", "done"),
    ]


def test_a_handle_before_the_due_date() -> None:
    (found,) = items("- TODO: Write the runbook - @grace due 2024-02-01\n")
    assert (found["title"], found["owner"], found["due"][:10]) == (
        "Write the runbook",
        ["grace"],
        "2024-02-01",
    )


def test_what_a_sentence_needs_stays_in_the_title() -> None:
    address = "https://github.com/acme/shop"
    assert titles(
        f"- Check the [PR #12]({address}/pull/12)\n- Raise the limit ([#3]({address}/issues/3))\n"
        f"- Raise an issue [#4]({address}/issues/4)\n"
    ) == ["Check the PR #12", "Raise the limit", "Raise an issue"]


def test_a_sentence_of_the_template_in_single_braces_is_none() -> None:
    assert titles("1. {summary} [link to github issue]\n1. Add an alert\n") == ["Add an alert"]


@pytest.mark.parametrize(
    ("written", "ticket"),
    [
        (
            "Add it https://acme.service-now.com/x.do?sysparm_query=number=PTASK0010031",
            "PTASK0010031",
        ),
        ("Add it (PTASK0010031)", "PTASK0010031"),
        ("Add it https://acme.monday.com/boards/12/pulses/111", "111"),
        ("Add it https://bugs.launchpad.net/shop/+bug/17", "shop#17"),
        ("Add it https://pagure.io/shop/issue/17", "shop#17"),
        ("Add it https://dev.azure.com/a/b/_boards/board?workitem=12", "12"),
        ("Add it https://redmine.example.com/issues/12#note-3", "12"),
    ],
)
def test_tickets_of_other_trackers(written: str, ticket: str) -> None:
    (found,) = items(f"- {written}\n")
    assert found["ticket"] == [ticket]


def test_a_bold_first_line_is_the_title_where_nothing_is_headed() -> None:
    text = "**Outage of search, 2024-03-12**\n\n**Timeline**\n\n**Root cause**\n\nx\n"
    found = incident(text)
    assert (found["title"], found["started"]) == ("Outage of search, 2024-03-12", "2024-03-12")
    assert incident(HEAD)["title"] == "Outage of 2026-03-12"
    assert document_records(
        "**Summary**\n\n**Impact**\n\n**Root cause**\n\n**Trigger**\n", "INC-3.md"
    )


def test_key_events_say_when_an_incident_began_and_ended() -> None:
    """`Started` counts before `first detected`, whichever is written first."""
    text = (
        "# Incident on 2021-11-05\n\n- **Key events**\n  - First detected 2021-11-05 15:12\n{}"
        "  - Incident declared 2021-11-05 15:26\n  - Resolved 2021-11-05 16:58\n\n"
        "- **Impact**: none\n\n- **Resolution**: rule removed\n"
    )
    found = incident(text.format(""))
    assert (found["started"], found["resolved"]) == ("2021-11-05 15:12", "2021-11-05 16:58")
    assert incident(text.format("  - Started 2021-11-05 15:02\n"))["started"] == "2021-11-05 15:02"


@pytest.mark.parametrize(
    ("facts", "started", "resolved"),
    [
        ("Date: 2024-03-05 10:00 - 12:30 UTC", "2024-03-05 10:00Z", "2024-03-05 12:30Z"),
        ("When: 5 March 2024, 2:00 PM CET to 3:15 PM CET", "2024-03-05 14:00+01:00",
         "2024-03-05 15:15+01:00"),
        ("Date: 2024-03-05\nStart time: 10:00 UTC\nEnd time: 12:30 UTC", "2024-03-05 10:00Z",
         "2024-03-05 12:30Z"),
        # A time of the next day, perhaps: nobody says so.
        ("Date: 2024-03-05\nStart time: 23:00 UTC\nEnd time: 01:30 UTC", "2024-03-05 23:00Z", None),
        ("Date: 2024-03-05 23:00-01:30 UTC", "2024-03-05 23:00Z", None),
        # Without the name of a zone this is one time with its offset.
        ("Date: 2024-03-05 10:00-07:00", "2024-03-05 10:00-07:00", None),
        ("Start time: 10:00 UTC", None, None),
        ("Date: 3/4/2024\nStart time: 10:00 UTC", "3/4/2024", None),
    ],
)  # fmt: skip
def test_hours_of_a_day(facts: str, started: str | None, resolved: str | None) -> None:
    found = incident(f"# Incident\n\n{facts}\n\n## Impact\n## Root cause\n")
    assert (found["started"], found["resolved"]) == (started, resolved)


def test_a_time_alone_is_of_the_day_in_the_title() -> None:
    text = "# 2024-03-05 Disk full\n\nStart time: 10:00 UTC\n\n## Impact\n## Root cause\n"
    assert incident(text)["started"] == "2024-03-05 10:00Z"
    assert incident(text)["doubts"] is None


@pytest.mark.parametrize("written", ["P2", "S2", "SEV-2", "sev 2", "Severity 2"])
def test_severities(written: str, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"# Incident\n\nSeverity: {written}\n\n## Impact\n## Root cause\n")
    found = read_file(path, source=Source(), settings=Settings(), name="a.md")
    assert found.tables["incidents"]["severity"].tolist() == ["sev2"]
    assert not any("Unknown severity" in sentence for sentence in found.warnings)


def test_facts_below_headings_of_their_names() -> None:
    text = (
        "# Search postmortem (incident #465)\n\n## Date\n2015-10-21\n\n## Severity\n\nSEV-2\n\n"
        "## Summary\nSearch was down for everybody.\n\n## Root Causes\nA leak.\n\n"
        "## Resolved\nBy more capacity.\n\n## Trigger\nA bug.\n"
    )
    found = incident(text)
    assert [found[name] for name in ("incident_id", "started", "severity", "resolved")] == [
        "465",
        "2015-10-21",
        "sev2",
        None,
    ]


def test_states_beside_bugs() -> None:
    found = items(
        "| Action Item | Type | Owner | Bug |\n| --- | --- | --- | --- |\n"
        "| Define a policy | prevent | Ada | **DONE** |\n"
        "| Monitor it | prevention | Bo | (Jira Issue No: OPS-38263)**TODO** |\n"
        "| Bundle it | mitigation | Core-1 team | TODO. |\n| Test it | process | | n/a |\n"
    )
    assert [(item["mark"], item["kind"], item["ticket"]) for item in found] == [
        ("done", "prevent", None),
        ("open", "prevent", ["OPS-38263"]),
        ("open", "mitigate", None),
        (None, "process", None),
    ]
    assert found[2]["owner"] == ["Core-1 team"]


@pytest.mark.parametrize(
    ("written", "day"),
    [("29-02-2016", "2016-02-29"), ("04-07-2020", "04/07/2020"), ("8888-08-08", None)],
)
def test_days_written_with_dashes_and_years_of_templates(written: str, day: str | None) -> None:
    text = f"# Incident\n\nDate of incident: {written}\n\n## Impact\n## Root cause\n"
    assert incident(text)["started"] == day


def test_a_severity_and_a_date_tell_a_document_whose_title_does_not() -> None:
    """Its only part is a list of actions, as the notes of a meeting have one too."""
    text = "# Payments down\n\nSeverity: SEV-1\n\n## Action items\n\n- [ ] Add an alert\n"
    found = document_records(text, "2026-01-05-payments-down.md")
    assert found is not None
    assert [r["record"] for r in found] == ["incident", "item"]
    assert found[0]["started"] == "2026-01-05"
    notes = text.replace("Payments down", "Weekly sync").replace("Severity: SEV-1\n\n", "")
    assert document_records(notes, "2026-01-05-weekly-sync.md") is None


def test_short_words_for_done() -> None:
    assert [
        (i["title"], i["mark"]) for i in items("- Done - Add it\n- Done-ness is unclear\n")
    ] == [
        ("Add it", "done"),
        ("Done-ness is unclear", None),
    ]
    (found,) = items("| Action | Owner | Done? |\n|---|---|---|\n| Add it | Ada | Y |\n")
    assert found["mark"] == "done"
