"""Postmortem documents: which texts are one, and what they say of their incident and items.

The small documents are made up, each in a form that real ones have. The counts over real documents
were made by reading them: every bullet under the heading about actions was counted by eye, boxes
and words for done were noted, and the day was taken from the title or the first line of the time
line.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pmanalytics.errors import InputError
from pmanalytics.trackers import FileTables
from pmanalytics.trackers.documents import document_records
from tests.trackers.samples import SAMPLES, read_path, read_sample, states

HEAD = "# Outage of 2026-03-12\n\n## Timeline\n\n## Root cause\n\n"


def records(text: str, name: str = "a.md", *, kind: str = "item") -> list[dict[str, Any]]:
    found = document_records(text, name)
    assert found is not None
    return [record for record in found if record["record"] == kind]


def items(actions: str) -> list[dict[str, Any]]:
    return records(HEAD + "## Action items\n\n" + actions)


def titles(actions: str) -> list[str]:
    return [item["title"] for item in items(actions)]


def incident(text: str, name: str = "a.md") -> dict[str, Any]:
    (found,) = records(text, name, kind="incident")
    return found


# --- which texts are postmortems


@pytest.mark.parametrize(
    ("name", "text"),
    {
        "parts that no other document has": "# Disk full\n## Root cause\n## Impact\n## Action items",
        "a date in the title": "# 2026-01-02 Disk full\n## Timeline\n## Action items",
        "a word in the title": "# Outage in Bonn\n## Impact\n## Next steps",
        "labels instead of headings": "# Incident 7\n\n- **Impact**: x\n- **Resolution**: y",
        "bold lines instead of headings": "# Disk\n\n**Trigger**\n\nx\n\n**Impact**\n\n**Actions**",
        "lines under headings": "Incident\n===\nTimeline\n---\nx\n\nImpact\n---\n",
        "a title in the front matter": "---\ntitle: Outage\n---\n## Impact\n## Timeline",
    }.items(),
)
def test_a_postmortem_is_told_from_its_parts_and_title(name: str, text: str) -> None:
    assert document_records(text, "x.md") is not None, name


@pytest.mark.parametrize(
    ("name", "text"),
    {
        "nothing": "",
        "a readme": "# incident-bot\n## Timeline\n## Install\n",
        "a list of changes": "# Changelog\n## 2026-01-02\n### Resolution\n### Impact\n### Timeline",
        "a proposal": "# Proposal: a queue\n## Impact\n## Timeline\n## Root cause\n## Next steps",
        "a plan": "# A new queue\n## Impact\n## Timeline\n## Next steps",
        "a meeting": "# Weekly\n## Attendees\n## Action items\n## Next steps\n",
        "a look back at a sprint": "# Sprint 7\n## What went well\n## What went wrong\n## Actions",
        "a template": "# Postmortem template\n## Timeline\n## Root cause\n## Impact\n",
        "a title to fill in": "# {{ date }}, {{ name }}\n## Timeline\n## Root cause\n## Impact\n",
        "one weak sign": "# Outage\n\nIt was dark.\n",
        "a table of text": "Impact,Timeline\nhigh,long\n",
    }.items(),
)
def test_other_texts_are_none(name: str, text: str) -> None:
    assert document_records(text, "x.md") is None, name


# --- the incident


def test_facts_in_a_table_in_lines_and_in_the_front_matter() -> None:
    """The three documents say the same in three ways."""
    table = (
        "# Disk full\n\n| Field | Value |\n|---|---|\n| Severity | SEV-2 |\n"
        "| Start time | 2026-03-12 10:00 UTC |\n| End time | 2026-03-12 12:30 UTC |\n"
        "| Affected service | queue |\n| Incident ID | INC-12 |\n| Duration | 2h 30m |\n"
        "\n## Root cause\n## Impact\n## Timeline\n"
    )
    lines = (
        "# Disk full\n\n**Severity:** SEV-2\n**Start time:** 2026-03-12 10:00 UTC\n"
        "**End time**: 2026-03-12 12:30 UTC\nAffected service: queue\nIncident ID: INC-12\n"
        "Duration: 2h 30m\n\n## Root cause\n## Impact\n## Timeline\n"
    )
    front = (
        "---\ntitle: Disk full\nseverity: SEV-2\nstart_time: 2026-03-12 10:00 UTC\n"
        "end_time: 2026-03-12 12:30 UTC\nservices: [queue]\nincident_id: INC-12\n"
        "duration: 2h 30m\n---\n## Root cause\n## Impact\n## Timeline\n"
    )
    names = ("incident_id", "title", "severity", "started", "resolved", "service", "minutes")
    for text in (table, lines, front):
        assert [incident(text)[name] for name in names] == [
            "INC-12", "Disk full", "sev2", "2026-03-12 10:00Z", "2026-03-12 12:30Z", "queue", "150",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("6th November, 2022", "2022-11-06"),
        ("November 6, 2022", "2022-11-06"),
        ("Nov 6th 2022", "2022-11-06"),
        ("2022-11-06", "2022-11-06"),
        ("20221106", "2022-11-06"),
        ("2022/11/6", "2022-11-06"),
        ("13/11/2022", "2022-11-13"),
        ("2022-11-06 14:05 (UTC+1)", "2022-11-06 14:05+01:00"),
        ("2022-11-06 2:05 PM PST", "2022-11-06 14:05-08:00"),
        ("2022-11-06 11.50", "2022-11-06 11:50"),
        # A zone that means several gives the day only, and what can be read two ways stays.
        ("2022-11-06 14:05 IST", "2022-11-06"),
        ("3/4/2022", "3/4/2022"),
        ("20202-01-16", None),
        ("2022-02-30", None),
    ],
)
def test_dates(written: str, day: str | None) -> None:
    text = f"# Incident\n\nDate of incident: {written}\n\n## Impact\n## Root cause\n"
    assert incident(text)["started"] == day


PARTS = "\n## Impact\n## Root cause\n"


def test_which_day_counts_when_they_disagree() -> None:
    title = "# 2026-03-01 Disk full\n"
    assert incident(title + PARTS, "2026-03-02-disk.md")["started"] == "2026-03-01"
    fact = title + "\nDate: 2026-03-03\n" + PARTS
    assert incident(fact, "2026-03-02-disk.md")["started"] == "2026-03-03"
    confirmed = title + PARTS + "## Timeline\n\n- 2026-03-02 10:00 full\n- 2026-03-04 empty\n"
    found = incident(confirmed, "2026-03-02-disk.md")
    assert (found["started"], found["resolved"]) == ("2026-03-02", "2026-03-04")
    assert len(found["doubts"]) == 1
    assert "the title 2026-03-01, the name of the file 2026-03-02" in found["doubts"][0]
    assert incident("# Outage" + PARTS)["doubts"][0].startswith("It does not say on which day")


def test_the_id_is_written_or_the_name_of_the_file() -> None:
    assert incident("# INC-12: Disk" + PARTS)["incident_id"] == "INC-12"
    assert incident("# Incident #42: Disk" + PARTS)["incident_id"] == "42"
    outage = "# Outage" + PARTS
    assert incident(outage, "PM2026-003_-_Disk.md")["incident_id"] == "PM2026-003"
    assert incident(outage, "docs/2026-03-01-disk.md")["incident_id"] == "2026-03-01-disk"
    assert incident(outage, "docs/2026-03-01-disk/README.md")["incident_id"] == "2026-03-01-disk"
    assert incident(outage, "2026-03-01.html.md.erb")["incident_id"] == "2026-03-01"


def test_attendees_are_found_in_all_their_forms() -> None:
    for written in (
        "\n**Attendees**: Ada Brandt (engineering), @lin and Noor\n",
        "\n## Attendees\n\n- Ada Brandt (engineering)\n- @lin\n- Noor\n",
        "\n## Atendees\n\nAda Brandt; lin; Noor\n",
    ):
        assert incident("# Outage" + PARTS + written)["attendees"] == ["Ada Brandt", "lin", "Noor"]
    assert incident("# Outage" + PARTS + "\n## Attendees\n- AB LN NH\n")["attendees"] == [
        "AB", "LN", "NH",
    ]  # fmt: skip


def test_a_log_of_incidents_is_cut_into_them() -> None:
    """Two incidents with 2 and 1 items; the third has none, which is said in so many words."""
    text = """---
title: Incident Log
---
# Incident Log

## Q3 2026

### Incident on 2026-09-18 15:12 - Lack of disk space

- **Key events**
  - First detected: 2026-09-18 13:42
  - Repaired: 2026-09-18 17:54
  - Resolved 2026-09-20 19.18

- **Impact**: Several nodes.

- **Review actions**:
  - Compare templates before an upgrade
  - Scale with the number of nodes [#4704](https://github.com/acme/platform/issues/4704)

- **Notes**: none of this was seen before.

### Incident on 2026-08-04 - Dropped logs

- **Key events**
  - Resolved 2026-08-10 14:47
- **Impact**: Logs were lost.
- **Review actions**: Check that logs arrive

### Incident on 2026-07-25

- **Impact**: None.
- **Actions following review**: N/A
"""
    found = [
        (i["incident_id"], i["started"], i["resolved"]) for i in records(text, kind="incident")
    ]
    assert found == [
        ("a/2026-09-18-15-12-lack-of-disk", "2026-09-18 15:12", "2026-09-20 19:18"),
        ("a/2026-08-04-dropped-logs", "2026-08-04", "2026-08-10 14:47"),
        ("a/2026-07-25", "2026-07-25", None),
    ]
    assert [(item["title"], item["ticket"]) for item in records(text)] == [
        ("Compare templates before an upgrade", None),
        ("Scale with the number of nodes", ["acme/platform#4704"]),
        ("Check that logs arrive", None),
    ]
    assert [left["reason"] for left in records(text, kind="left out")] == ["none"]


# --- the items


def test_bullets_numbers_and_wrapped_lines() -> None:
    assert titles("- one\n- two\n  goes on\n") == ["one", "two goes on"]
    assert titles("1. one\n2. two\n\n### Later\n\n1. three\n") == ["one", "two", "three"]


def test_sub_headings_belong_to_the_actions_but_for_those_of_another_kind() -> None:
    actions = "### Process\n\n- one\n\n### What went wrong\n\n- bad\n\n### Detection\n\n- two\n"
    assert [(item["title"], item["kind"]) for item in items(actions)] == [
        ("one", "process"),
        ("two", "detect"),
    ]


def test_other_parts_have_no_items() -> None:
    text = (
        HEAD
        + "## Where we got lucky\n\n- a\n\n## Lessons learned\n\n- b\n\n## Follow-up timeline\n\n- c"
        "\n\n## Actions taken\n\n- d\n\n## Questions for follow up\n\n- e\n"
    )
    assert records(text) == []


@pytest.mark.parametrize(
    "heading",
    ["Action Items", "5. Action items:", "Follow-ups", "Follow up actions", "Next steps",
     "Corrective & Preventive Actions (CAPA)", "Remediation", "Review actions",
     "Actions following review", "Follow-up improvements", "Preventative measures", "To do"],
)  # fmt: skip
def test_headings_of_actions(heading: str) -> None:
    assert [item["title"] for item in records(HEAD + f"### {heading}\n\n- one\n")] == ["one"]


@pytest.mark.parametrize(
    ("written", "title", "status", "mark"),
    [
        ("[x] Add an alert", "Add an alert", "[x]", "done"),
        ("[ ] Add an alert", "Add an alert", "[ ]", "open"),
        ("Add an alert (done)", "Add an alert", "done", "done"),
        ("Add an alert (DONE)", "Add an alert", "DONE", "done"),
        ("Add an alert **DONE**", "Add an alert", "DONE", "done"),
        ("TODO: Add an alert", "Add an alert", "TODO", "open"),
        ("~~Add an alert~~", "Add an alert", "struck", "done"),
        ("Add an alert (won't do)", "Add an alert", "won't do", "dropped"),
        ("[x] Add an alert (won't do)", "Add an alert", "won't do", "dropped"),
        ("\N{WHITE HEAVY CHECK MARK} Add an alert", "Add an alert", "\N{WHITE HEAVY CHECK MARK}",
         "done"),
        # Words of a sentence are no marks.
        ("See that it is done", "See that it is done", None, None),
        ("Close the gap (open question)", "Close the gap (open question)", None, None),
    ],
)  # fmt: skip
def test_marks_of_the_state(written: str, title: str, status: str | None, mark: str | None) -> None:
    (found,) = items(f"- {written}\n")
    assert (found["title"], found["status"], found["mark"]) == (title, status, mark)


@pytest.mark.parametrize(
    ("written", "owner"),
    [
        ("Add an alert (@ada)", ["ada"]),
        ("Add an alert (@ada, @lin)", ["ada", "lin"]),
        ("@ada: Add an alert", ["ada"]),
        ("Add an alert, owner: Ada Brandt", ["Ada Brandt"]),
        ("[ada] Add an alert", ["ada"]),
        ("Add an alert - @ada", ["ada"]),
        ("Add an alert - @ada - [#7](https://github.com/acme/shop/issues/7)", ["ada"]),
        ("Add an alert (owner: Ada; priority: high; status: open)", ["Ada"]),
        ("Add an alert | Owner: Ada | Due: 2026-04-01", ["Ada"]),
        ("Add an alert  \n  Owner: @ada  \n  Due: 2026-04-01", ["ada"]),
        # Nobody is guessed from a sentence, a kind of work, or an address.
        ("[Monitoring] Add an alert", None),
        ("Add an alert (Ada calls a meeting)", None),
        ("Ask ada@acme.example for an alert", None),
        ("Tell @ada about the alert and wait", None),
        ("Owner: TBD, add an alert", None),
    ],
)
def test_owners_are_those_written_as_such(written: str, owner: list[str] | None) -> None:
    (found,) = items(f"- {written}\n")
    assert found["owner"] == owner
    assert not owner or found["title"] == "Add an alert"


def test_due_dates_priorities_and_kinds() -> None:
    (found,) = items("- **Detect**: Add an alert (P1), due 2026-04-01\n")
    assert [found[name] for name in ("title", "kind", "priority", "due")] == [
        "Add an alert", "detect", "P1", "2026-04-01",
    ]  # fmt: skip
    assert items("- Rewind by 2026-04-01\n")[0]["due"] == "2026-04-01"
    assert items("- Repair what was due to the change of 2026-04-01\n")[0]["due"] is None


@pytest.mark.parametrize(
    ("written", "title", "ticket"),
    [
        ("Add it <https://github.com/acme/shop/issues/7>", "Add it", ["acme/shop#7"]),
        ("Add it ([#7](https://github.com/acme/shop/issues/7))", "Add it", ["acme/shop#7"]),
        ("Add it [Issue][i]", "Add it", ["acme/shop#9"]),
        ("Add it https://acme.example/browse/PAY-12", "Add it", ["PAY-12"]),
        ("Add it (PAY-12)", "Add it", ["PAY-12"]),
        ("PAY-12: Add it", "Add it", ["PAY-12"]),
        ("acme/shop#7", "acme/shop#7", ["acme/shop#7"]),
        ("#7", "#7", ["#7"]),
        ("[Add it](https://gitlab.com/acme/pay/shop/-/issues/7)", "Add it", ["acme/pay/shop#7"]),
        ("Add it, as [#7](https://github.com/acme/shop/issues/7) says", "Add it, as #7 says",
         ["acme/shop#7"]),
        # A change of the code is no ticket, and neither are norms or other incidents.
        ("Add it (see https://github.com/acme/shop/pull/8)", "Add it", None),
        ("Add UTF-8 and SHA-256 after INC-12", "Add UTF-8 and SHA-256 after INC-12", None),
        ("See https://acme.example/wiki", "See https://acme.example/wiki", None),
    ],
)  # fmt: skip
def test_tickets(written: str, title: str, ticket: list[str] | None) -> None:
    (found,) = items(f"- {written}\n\n[i]: https://github.com/acme/shop/issues/9\n")
    assert (found["title"], found["ticket"]) == (title, ticket)


def test_nested_bullets_are_notes_unless_they_have_boxes() -> None:
    (found,) = items("- Add an alert\n  - for all queues\n  - done in #8\n")
    assert (found["notes"], found["mark"]) == (["for all queues", "done in #8"], "done")
    (found,) = items("- Add an alert\n  - Owner: Ada\n  - Due: 2026-04-01\n  - Jira: PAY-12\n")
    assert [found[name] for name in ("owner", "due", "ticket")] == [
        ["Ada"],
        "2026-04-01",
        ["PAY-12"],
    ]
    assert titles("- Alerts\n  - [ ] one\n  - [x] two\n") == ["one", "two"]
    assert titles("- [ ] Alerts\n  - [ ] one\n") == ["Alerts", "one"]
    assert titles("- Alerts:\n  - one\n  - two\n") == ["one", "two"]
    assert titles("1. Add an alert\n\n   It should ring.\n\n2. Two\n") == ["Add an alert", "Two"]


def test_tables_in_their_spellings() -> None:
    for header in (
        "Action Item | Type | Owner | Bug | Due date",
        "Corrective action | Category | Assignee | Jira ticket | Target date",
        "Task | Kind | Who | Tracking ticket | ETA",
    ):
        rows = "| Add an alert | Detection | @ada | PAY-12 **DONE** | 1 April 2026 |\n| | | | | |\n"
        text = f"| {header} |\n|---|---|---|---|---|\n{rows}"
        elsewhere = records(HEAD + "## More\n\n" + text) if "ction" in header else items(text)
        for found in (items(text), elsewhere):
            assert [
                (i["title"], i["kind"], i["owner"], i["ticket"], i["due"], i["mark"]) for i in found
            ] == [("Add an alert", "detect", ["ada"], ["PAY-12"], "2026-04-01", "done")]


def test_a_column_for_the_state_outranks_marks() -> None:
    head = "| # | Action | Status |\n|---|---|---|\n"
    found = items(
        head + "| 1 | one (done) | In progress |\n| 2 | two | \N{CHECK MARK} |\n| 3 | x | |\n"
    )
    assert [item["mark"] for item in found] == ["open", "done", None]


def test_other_tables_give_no_items() -> None:
    text = "## More\n\n| Time | Action | Owner |\n|---|---|---|\n| 10:00 | restarted | ada |\n"
    assert records(HEAD + text) == []
    (left,) = records(
        HEAD + "## Action items\n\n| Time | Event |\n|---|---|\n| 1 | a |\n", kind="left out"
    )
    assert left["reason"] == "table"


def test_placeholders_and_prose_are_left_out_with_a_reason() -> None:
    text = (
        HEAD + "## Action items\n\n- N/A\n- None\n- TBD\n- No action items\n- {{ summary }}\n"
        "- *Describe each action*\n- Action item 1\n-\n\n## Next steps\n\nWe shall see.\n"
    )
    assert records(text) == []
    assert [left["reason"] for left in records(text, kind="left out")] == [
        "none", "none", "none", "none", "template", "italic", "none", "prose",
    ]  # fmt: skip
    introduced = "These are samples.\n\n### Process\n\n- one\n"
    assert records(HEAD + "## Action items\n\n" + introduced, kind="left out") == []
    linked = "Limit it. (https://github.com/acme/shop/issues/7)\n"
    assert titles("### Queue\n\n" + linked + "\n### Process\n\n- one\n") == ["Limit it.", "one"]


def test_names_of_items_stay_when_others_are_added() -> None:
    before = [item["item"] for item in items("- Add an alert\n- Add an alert\n")]
    assert before == ["a/add-an-alert", "a/add-an-alert-2"]
    after = [item["item"] for item in items("- New\n- [x] Add an alert (@ada)\n- Add an alert\n")]
    assert after == ["a/new", *before]


# --- hostile texts

SIZE = 40_000


@pytest.mark.parametrize(
    "text",
    ["[" * SIZE, "> " * SIZE, "- " * SIZE, "*a " * SIZE, "<" * SIZE, "[a](" * SIZE, "|" * SIZE,
     "`" * SIZE, "\0" * SIZE, "-" * SIZE, "{{" * SIZE, "(see " * SIZE, "@a " * SIZE],
)  # fmt: skip
def test_what_nobody_writes_is_read_all_the_same(text: str) -> None:
    for before in ("", "- ", "- [ ] ", "| Action | Owner |\n|---|---|\n| "):
        assert document_records(HEAD + "## Action items\n\n" + before + text, "a.md") is not None


def test_nested_front_matter_and_lists_are_read() -> None:
    deep = "---\na: " + "[" * 5_000 + "\n---\n" + HEAD + "## Action items\n\n"
    deep += "\n".join("  " * depth + "- [ ] a" for depth in range(200))
    assert document_records(deep, "a.md") is not None


def test_a_document_that_is_too_large_is_refused() -> None:
    for text in ("x" * 10_000_000, "- a\n" * 40_000, "|a" * 200_000):
        with pytest.raises(InputError, match=r"^a\.md is a postmortem document of [^\n]*\.$"):
            document_records(HEAD + "## Action items\n\n- " + text, "a.md")
    assert document_records("x" * 10_000_000, "a.md") is None


def test_line_ends_and_byte_order_marks_change_nothing() -> None:
    text = SAMPLES["postmortem_md"].read_text("utf-8")
    expected = document_records(text, "a.md")
    assert document_records(text.replace("\n", "\r\n"), "a.md") == expected
    assert document_records("\N{ZERO WIDTH NO-BREAK SPACE}" + text, "a.md") == expected


# --- as a tracker


def test_the_sample() -> None:
    """An incident, six items (four bullets and two rows) and one N/A: eight records.

    The box with x and the struck line are done, the empty box and the row in progress are open, the
    row without a word has no ticket and is open, the bullet with only a ticket is unknown.
    """
    found = read_sample("postmortem_md")
    items, (incident,) = found.tables["items"], found.tables["incidents"].to_dict("records")
    assert (found.rows, len(items), found.filtered, len(found.rejects)) == (8, 6, 1, 0)
    assert items["state"].fillna("").tolist() == ["done", "open", "", "done", "open", "open"]
    assert items["key"].isna().all()
    assert items["item_id"].iloc[0] == "postmortem_md:INC-2026-014/raise-the-limit-again"
    assert items["links"].iloc[1] == ["PAY-12"]
    assert items["promised_on"].iloc[1] == pd.Timestamp("2026-02-01")
    assert items["owners"].iloc[2] == ["Noor Haddad"]
    assert set(items["incident_id"]) == {incident["incident_id"]} == {"INC-2026-014"}
    assert incident["started_at"] == pd.Timestamp("2026-01-10T09:10Z")
    assert incident["resolved_at"] == pd.Timestamp("2026-01-10T10:40Z")
    assert (incident["severity"], incident["service"]) == ("sev2", "checkout")
    assert incident["customers_affected"] == 1250
    assert found.attendees["person"].tolist() == ["Ada Brandt", "lin", "Noor Haddad"]
    assert pd.isna(found.observed_at)


def test_words_that_nobody_knows_and_words_of_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    head = "## Action items\n\n| Action | Status | Type |\n|---|---|---|\n"
    path.write_text(HEAD + head + "| one | shelved | Docs |\n- [ ] two\n")
    found = read_path(path)
    assert states(found)[0] == "open"
    assert any("Unknown status 'shelved'" in warning for warning in found.warnings)
    assert any("Unknown kind 'Docs'" in warning for warning in found.warnings)
    settled = read_path(path, states={"Shelved": "dropped"}, kinds={"Docs": "process"})
    assert states(settled)[0] == "dropped"
    assert settled.tables["items"]["kind"].tolist()[0] == "process"


def test_what_could_be_an_item_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        HEAD + "## Action items\n\nWe shall see.\n\n## Next steps\n\n- [ ] one (done)\n"
    )
    found = read_path(path)
    assert found.filtered == 1
    assert any("sentences outside of a list (1, the first in line 9" in w for w in found.warnings)
    assert any("1 items contradict themselves" in warning for warning in found.warnings)


def test_only_incidents_when_the_configuration_asks_for_them() -> None:
    found = read_sample("postmortem_md", table="incidents")
    assert (len(found.tables["incidents"]), found.filtered) == (1, 7)
    assert "items" not in found.tables


# --- real documents

DOCUMENTS = "postmortem_md"


@pytest.fixture
def real(shared_exports: Path) -> Callable[[str], FileTables]:
    def call(pattern: str) -> FileTables:
        (path,) = (shared_exports / DOCUMENTS).glob(pattern)
        return read_path(path)

    return call


@pytest.mark.real
def test_every_real_document_is_one(shared_exports: Path) -> None:
    """45 files, all of them postmortems."""
    paths = sorted((shared_exports / DOCUMENTS).rglob("*.md"))
    assert len(paths) == 45
    for path in paths:
        found = read_path(path)
        assert found.format == "postmortem_md"
        assert len(found.tables["incidents"]) == 1
        assert found.rows == 1 + len(found.tables["items"]) + found.filtered
        assert found.rejects.empty


def said(found: FileTables) -> tuple[str, str, list[str]]:
    """The incident's id and day, and the states of its items, unknown being the empty text."""
    incident = found.tables["incidents"].iloc[0]
    return incident["incident_id"], f"{incident['started_at']:%Y-%m-%d}", states(found)


@pytest.mark.real
@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        # 5 bullets with an address each and no box; the title says August, the file October.
        ("2i2c/2020-10-28*", ("2020-10-28-memory-overload", "2020-08-28", [""] * 5)),
        # No heading about actions at all.
        (
            "2i2c/2023-01-23*",
            (
                "2023-01-23-Upgrading-ingress-nginx-caused-brief-outage-in-carbonplan",
                "2023-01-23",
                [],
            ),
        ),
        # `Follow-up improvements`: 5 bullets that are a number such as #2127.
        ("2i2c/2023-02-01*", ("2023-02-01-daskhub-induced-evictions", "2023-02-01", [""] * 5)),
        # 2 empty boxes; the three addresses nested under the second are its notes.
        (
            "2i2c/2025-05-12*",
            ("2025-05-12-earthscope-resource-provisioning-issue", "2025-05-12", ["open"] * 2),
        ),
        # 5 boxes, the last two with x.
        (
            "2i2c/2025-08-12*",
            ("2025-08-12-leap-outage", "2025-08-12", ["open"] * 3 + ["done"] * 2),
        ),
        # 4 bullets with bold beginnings; the first line of the time line is of 29 November.
        ("dfds/PM2019-009*", ("PM2019-009", "2019-11-29", ["open"] * 4)),
        # 1 bullet with a nested one.
        ("dfds/PM2020-009*", ("PM2020-009", "2020-11-17", ["open"])),
        # 6 bullets, the last of them (done).
        ("dfds/PM2023-001*", ("PM2023-001", "2023-02-13", ["open"] * 5 + ["done"])),
        # 7 bullets.
        ("dfds/PM2024-001*", ("PM2024-001", "2024-03-13", ["open"] * 7)),
    ],
)
def test_real_documents_say_what_a_reader_finds(
    pattern: str, expected: tuple[str, str, list[str]], real: Callable[[str], FileTables]
) -> None:
    assert said(real(pattern)) == expected


@pytest.mark.real
def test_a_real_document_without_a_readable_date(real: Callable[[str], FileTables]) -> None:
    """All five lines of its time line begin with 20202-01, which is no year."""
    found = real("dfds/PM2020-003*")
    assert found.tables["incidents"]["started_at"].isna().all()
    assert len(found.tables["items"]) == 4
    assert any("does not say on which day" in warning for warning in found.warnings)


@pytest.mark.real
def test_attendees_of_a_real_document(real: Callable[[str], FileTables]) -> None:
    """Its heading is `Atendees`, and its one bullet holds five initials."""
    assert real("dfds/PM2021-004*").attendees["person"].tolist() == ["RF", "PW", "RR", "AN", "EC"]
