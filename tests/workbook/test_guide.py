"""The words of the first sheet."""

import re
from itertools import chain

from pmanalytics.snapshots import Snapshot
from pmanalytics.words import STANDINGS
from pmanalytics.workbook.guide import about_lines, section
from pmanalytics.workbook.layout import ANSWERS, DECISIONS, SHEETS, VERDICTS

ABOUT = {
    "organisation": "Example & Sons",
    "subject": "payments",
    "period_label": "third quarter of 2026",
    "period_remark": "The period is not over: it is counted up to 2026-08-01.",
    "policy": ["sev1 15 days."],
    "method": ["Wilson."],
    "warnings": ["Old export."],
    "counts": {"action items": 1200, "incidents": 2},
    "reject_count": 1,
    "unread_files": ["b.csv"],
}


def said(snapshot: Snapshot, about: dict[str, object], **options: str) -> dict[str, str]:
    """The text under each heading."""
    found: dict[str, str] = {}
    heading = ""
    for name, text in about_lines(snapshot, about, **options):
        heading = name or heading
        if text:
            found[heading] = f"{found.get(heading, '')}\n{text}".strip()
    return found


def test_it_says_what_this_is_and_of_which_day(q3: Snapshot) -> None:
    told = said(q3, ABOUT)
    assert told["Organisation"] == "Example & Sons"
    assert told["Only about"] == "payments"
    assert told["Period"].startswith("third quarter of 2026. The period is not over")
    assert told["As of"].startswith("2026-10-12")
    assert "Europe/Berlin" in told["As of"]
    assert (told["Policy"], told["Method"]) == ("sev1 15 days.", "Wilson.")
    assert told["Warnings"] == "Old export."
    assert told["Counted"].splitlines() == [
        "1,200 action items, 2 incidents",
        "b.csv could not be read.",
        "1 row of the exports could not be read; see Data quality.",
    ]
    assert (
        said(q3, {"counts": {"action items": 1, "teams": 0}})["Counted"] == "1 action item, 0 teams"
    )
    assert "2026-07-01" in told["Actions"]


def test_every_place_to_answer_is_explained(q3: Snapshot) -> None:
    told = said(q3, {})
    answering = f"{told['How to answer']}\n{told['Your answers']}"
    for column in ANSWERS:
        assert column.header.removesuffix(" (answer)").casefold() in answering.casefold()
    for word in (*DECISIONS, *VERDICTS):
        assert word in answering
    assert "role" in answering
    assert "No tracker is changed" in answering
    everything = "\n".join(told.values())
    for sheet in SHEETS[2:-1]:
        assert sheet in everything
    explained = [line.partition(":")[0].split("; ") for line in told["Standing"].splitlines()]
    assert sorted(chain(*explained)) == sorted(STANDINGS.values())


def test_the_first_screen_says_what_this_is_and_how_to_answer(q3: Snapshot) -> None:
    lines = about_lines(q3, ABOUT)
    steps = [text for _, text in lines if re.match(r"[1-9]\. ", text)]
    assert [text[0] for text in steps] == ["1", "2", "3", "4", "5"]
    # A cell of width 104 holds about 118 letters of the usual fonts in one line.
    assert max(map(len, steps)) <= 118
    assert [heading for heading, _ in lines[:3]] == ["What this is", "", "How to answer"]
    assert lines[6] == ("", steps[-1])


def test_what_nobody_told_is_left_out_or_said_to_be_missing(q3: Snapshot) -> None:
    told = said(q3, {})
    assert told["Organisation"] == "not named in the configuration"
    assert told["Warnings"] == "None."
    assert told["Period"] == "all items"
    assert not {"Only about", "Policy", "Method", "Counted"} & set(told)


def test_of_very_many_warnings_the_first_are_told_and_the_others_counted(q3: Snapshot) -> None:
    told = said(q3, {"warnings": [f"Doubt {number}." for number in range(1, 12)]})
    assert told["Warnings"].splitlines()[7:] == ["Doubt 8.", "3 more are on Data quality."]
    told = said(q3, {"warnings": [f"Doubt {number}." for number in range(1, 9)]})
    assert told["Warnings"].splitlines()[-1] == "Doubt 8."


def test_the_kind_of_interval_is_said(q3: Snapshot) -> None:
    assert "widened" not in said(q3, {})["Summary"]
    assert "widened" in said(q3, {}, interval="cluster")["Summary"]


def test_a_section_without_sentences_is_none() -> None:
    assert section("Policy", []) == []
    assert section("Policy", ["a", "b"]) == [("", ""), ("Policy", "a"), ("", "b")]
