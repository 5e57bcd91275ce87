"""The cells of an edited workbook: days, choices and texts, and the rules of a group of answers."""

from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path

import openpyxl
import pytest

import pmanalytics as pma
from pmanalytics.answers.edited import Edited, read_edited
from pmanalytics.datasets import Dataset
from pmanalytics.workbook import write_workbook
from tests.answers.workbook_edits import (
    HEADERS,
    answers,
    cell,
    decision,
    item,
    key,
    put,
    refusals,
    rewrite,
)

Read = Callable[..., Edited]
Rows = Callable[..., Edited]
ITEM = HEADERS["item"]
REPEAT = HEADERS["repeat"]


DAYS = {
    "2026-11-15": (
        datetime(2026, 11, 15),
        datetime(2026, 11, 15, 14, 30),
        datetime(2026, 11, 15, 23, 59, 59, 999000),
        "2026-11-15",
        " 2026-11-15\n",
        "2026-11-15T08:00",
        "2026-11-15 08:00:00",
    ),
    "2028-02-29": ("2028-02-29",),
    "2000-01-01": (datetime(2000, 1, 1),),
    "2099-12-31": (datetime(2099, 12, 31),),
}


def test_days_are_read(rows: Rows) -> None:
    result = rows(*({"new_promised_on": value} for values in DAYS.values() for value in values))
    assert result.remarks == ()
    expected = [day for day, values in DAYS.items() for _ in values]
    read = [answers(result, f"A-{number}") for number in range(1, len(expected) + 1)]
    assert read == [{"new_promised_on": day} for day in expected]


# What stands in a cell, and how it is quoted.
NO_DAYS = (
    # A day whose cell lost its format is a number; 46023 is 2026-01-01.
    (46023, "46023"),
    (46023.5, "46023.5"),
    ("12.01.2026", "12.01.2026"),
    ("01/12/2026", "01/12/2026"),
    ("next week", "next week"),
    ("2026-02-30", "2026-02-30"),
    ("2027-02-29", "2027-02-29"),
    ("2026-W10-1", "2026-W10-1"),
    ("20261115", "20261115"),
    ("2026-11", "2026-11"),
    ("2026-11-15T25:00", "2026-11-15T25:00"),
    ("2026-11-15 or later", "2026-11-15 or later"),
    ("\u0662\u0660\u0662\u0666-11-15", "\u0662\u0660\u0662\u0666-11-15"),
    (time(9, 30), "09:30:00"),
    (True, "true"),
    ("x" * 100, "x" * 59 + "…"),
)


def test_what_is_no_day_is_refused_and_not_guessed(rows: Rows) -> None:
    result = rows(*({"new_promised_on": value, "note": "kept"} for value, _ in NO_DAYS))
    said = {remark.key: remark for remark in refusals(result)}
    assert len(result.remarks) == len(said) == len(NO_DAYS)
    for number, (_, shown) in enumerate(NO_DAYS, start=1):
        remark = said[key(f"A-{number}")]
        assert remark.group == "promised"
        assert remark.sentence == (
            f"Sheet 'Actions', row {remark.row} (jira:A-{number}): {ITEM['new_promised_on']!r} "
            f"says {shown!r}, which is no date; write it like 2026-09-30."
        )
        # The other answers of the row are kept.
        assert answers(result, f"A-{number}") == {"note": "kept"}


def test_a_day_that_can_only_be_a_slip_is_refused(rows: Rows, edited: Read) -> None:
    slips = ["0206-11-15", "1999-12-31", "2100-01-01", datetime(1926, 1, 1)]
    result = rows(*({"new_promised_on": value} for value in slips))
    sentences = [remark.sentence for remark in refusals(result)]
    assert len(sentences) == len(slips)
    assert all("which is no day from 2000-01-01 to 2099-12-31" in said for said in sentences)
    # What was given out stays.
    after = edited(put("PAY-4", new_promised_on="1999-12-31"))
    assert answers(after, "PAY-4")["new_promised_on"] == "2026-11-30"


def test_a_number_with_the_format_of_days_that_is_none(edited: Read) -> None:
    """Excel has no day after 9999; openpyxl gives such a number back as an error."""

    def change(book: openpyxl.Workbook) -> None:
        at = cell(book, "PAY-1", "new_promised_on")
        at.value, at.number_format = 99_999_999, "yyyy-mm-dd"

    (remark,) = refusals(edited(change))
    assert "holds the error #VALUE!" in remark.sentence


def test_choices_are_read_in_any_case_and_with_any_blanks(rows: Rows) -> None:
    words = ["drop", " Drop ", "DROP\n", "\u200edrop"]
    result = rows(*({"decision": word, "reason": "bought"} for word in words))
    for number in range(1, len(words) + 1):
        assert answers(result, f"A-{number}") == {"decision": "drop", "reason": "bought"}


def test_a_waiver_is_read_whole(edited: Read) -> None:
    result = edited(
        put(
            "PAY-1",
            decision="ask  for a\tWaiver",
            waiver_until=datetime(2027, 1, 31),
            reason="frozen",
        )
    )
    assert result.remarks == ()
    assert answers(result, "PAY-1") == {
        "decision": "ask for a waiver",
        "waiver_until": "2027-01-31",
        "reason": "frozen",
    }


def test_an_unknown_choice_is_refused_with_the_choices(edited: Read) -> None:
    result = edited(
        put("PAY-1", decision="later", reason="why"), put("INC-2", verdict="perhaps", reason="x")
    )
    item, pair = (remark.sentence.split(": ", 1)[1] for remark in refusals(result))
    assert item == (
        f"{ITEM['decision']!r} says 'later'; choose one of 'keep', 'drop', 'ask for a waiver'."
    )
    assert pair == f"{REPEAT['verdict']!r} says 'perhaps'; choose one of 'confirm', 'deny'."
    assert answers(result, "PAY-1") == answers(result, "INC-2") == {}


SMILES = "\N{SLIGHTLY SMILING FACE}" * 16_383
TEXTS = (
    ("  two\nlines \r\n and more ", "two lines and more"),
    ("one_x000D_\ntwo_x0041_", "one two_x0041_"),
    ("a\u202eb\u200f", "ab"),
    ("#1 on the list", "#1 on the list"),
    (12, "12"),
    (datetime(2026, 11, 15), "2026-11-15"),
    (SMILES, SMILES),
)


def test_texts_become_one_clean_line(rows: Rows) -> None:
    result = rows(*({"note": value} for value, _ in TEXTS))
    assert result.remarks == ()
    for number, (_, expected) in enumerate(TEXTS, start=1):
        assert answers(result, f"A-{number}") == {"note": expected}


def test_a_text_like_a_formula_is_a_text(edited: Read) -> None:
    def change(book: openpyxl.Workbook) -> None:
        at = cell(book, "PAY-1", "note")
        at.value, at.data_type = "=1+1", "s"

    assert answers(edited(change), "PAY-1") == {"note": "=1+1"}


def test_a_text_that_is_too_long_is_refused_and_not_cut(edit: Callable[..., Path]) -> None:
    """LibreOffice lets one write longer texts than Excel; openpyxl would cut them."""
    path = edit(put("PAY-1", note="LONG"))
    rewrite(path, part_of(path, "Actions"), lambda part: part.replace(b"LONG", b"y" * 32_768))
    result = read_edited(path, zone="UTC")
    (remark,) = refusals(result)
    assert "holds more than 32,767 signs" in remark.sentence
    assert len(remark.sentence) < 300
    assert answers(result, "PAY-1") == {}


@pytest.mark.parametrize(
    ("formula", "value", "kind", "expected"),
    [
        ("TODAY()+30", "46341", "", "2026-11-15"),
        ('"so it is"', "so it is", ' t="str"', "so it is"),
    ],
)
def test_the_saved_value_of_a_formula_is_read(
    edit: Callable[..., Path], formula: str, value: str, kind: str, expected: str
) -> None:
    """46341 is 2026-11-15: 45658 is 2025-01-01, and 683 days later it is 2026-11-15."""
    column = "note" if kind else "new_promised_on"
    path = edit(put("PAY-1", **{column: f"={formula}"}))
    name, after = f"<f>{formula}</f>".replace('"', "&quot;"), f"<v>{value}</v>"

    def computed(part: bytes) -> bytes:
        """Give the formula the value that Excel would save."""
        text = part.decode().replace(name.replace("&quot;", '"'), name)
        start = text.index(name)
        head = text.rindex("<c ", 0, start)
        opening = text[head:start].replace(">", f"{kind}>")
        end = text.index("</c>", start)
        return f"{text[:head]}{opening}{name}{after}{text[end:]}".encode()

    rewrite(path, part_of(path, "Actions"), computed)
    result = read_edited(path, zone="UTC")
    assert result.remarks == ()
    assert answers(result, "PAY-1") == {column: expected}


def part_of(path: Path, title: str) -> str:
    book = openpyxl.load_workbook(path)
    return f"xl/worksheets/sheet{book.sheetnames.index(title) + 1}.xml"


def test_a_formula_without_a_value_is_refused(edited: Read) -> None:
    """openpyxl computes nothing, so that its formulas have no value; those elsewhere do no harm."""
    result = edited(put("PAY-1", note='="x"', days_over="=1+1", new_team="search"))
    (remark,) = result.remarks
    assert remark.sentence.endswith(
        f"(jira:PAY-1): {ITEM['note']!r} holds a formula that was saved without a value; write a "
        "value."
    )
    assert answers(result, "PAY-1") == {"new_team": "search"}


def test_errors_are_refused(rows: Rows) -> None:
    errors = ["#REF!", "#NAME?", "#N/A", "#DIV/0!", "#VALUE!"]
    columns = ["new_promised_on", "new_team", "decision", "note"]
    result = rows(*({column: error} for column in columns for error in errors))
    said = {remark.key: remark.sentence for remark in refusals(result)}
    cells = [(column, error) for column in columns for error in errors]
    for number, (column, error) in enumerate(cells, start=1):
        assert f"{ITEM[column]!r} holds the error {error};" in said[key(f"A-{number}")]


WAIVER = {"decision": "ask for a waiver", "waiver_until": datetime(2027, 1, 31), "reason": "why"}


TOO_LITTLE: tuple[tuple[dict[str, object], str], ...] = (
    ({"decision": "drop"}, "'drop' needs a reason"),
    ({**WAIVER, "reason": None}, "'ask for a waiver' needs a reason; write it under"),
    ({**WAIVER, "reason": " \n"}, "'ask for a waiver' needs a reason; write it under"),
    ({**WAIVER, "waiver_until": None}, "'ask for a waiver' needs its last day"),
    ({**WAIVER, "waiver_until": "soon"}, "says 'soon', which is no date"),
    ({**WAIVER, "decision": None}, "stands beside no decision"),
    ({**WAIVER, "decision": "drop"}, "is for waivers only; empty it"),
    ({**WAIVER, "decision": "keep"}, "is for waivers only; empty it"),
    ({"waiver_until": "2027-01-31"}, "stands beside no decision"),
    ({"reason": "because"}, "stands beside no decision"),
)


def test_answers_that_say_too_little_together_are_refused(rows: Rows) -> None:
    result = rows(*(values for values, _ in TOO_LITTLE))
    said = {remark.key: remark for remark in refusals(result)}
    assert len(result.remarks) == len(said) == len(TOO_LITTLE)
    for number, (_, expected) in enumerate(TOO_LITTLE, start=1):
        remark = said[key(f"A-{number}")]
        assert remark.group == "decision"
        assert expected in remark.sentence
        assert answers(result, f"A-{number}") == {}


@pytest.mark.parametrize(
    ("name", "values", "group", "said"),
    [
        ("PAY-2", {"decision": None, "reason": "no more"}, "decision", "beside no decision"),
        ("PAY-3", {"reason": None, "waiver_until": "2027-02-01"}, "decision", "needs a reason"),
        ("INC-2", {"reason": "because"}, "verdict", "stands beside no verdict"),
        ("INC-3", {"verdict": None, "reason": "unsure"}, "verdict", "stands beside no verdict"),
    ],
)
def test_a_refused_group_stands_as_it_was_given_out(
    edited: Read, name: str, values: dict[str, object], group: str, said: str
) -> None:
    untouched = answers(edited(), name)
    result = edited(put(name, **values))
    (remark,) = result.remarks
    assert remark.refused
    assert (remark.key, remark.group) == (key(name), group)
    assert said in remark.sentence
    assert answers(result, name) == untouched


def test_the_other_groups_of_a_row_are_kept(edited: Read) -> None:
    result = edited(
        put("PAY-1", decision="drop", note="seen", new_team="search", new_promised_on="soon")
    )
    assert {remark.group for remark in refusals(result)} == {"decision", "promised"}
    assert answers(result, "PAY-1") == {"note": "seen", "new_team": "search"}


@pytest.mark.parametrize(
    ("name", "columns", "group", "advice"),
    [
        ("PAY-2", ["decision"], "decision", "choose 'keep' to take a decision back"),
        ("PAY-2", ["reason"], "decision", "choose 'keep' to take a decision back"),
        ("PAY-2", ["decision", "reason"], "decision", "choose 'keep' to take a decision back"),
        ("PAY-3", ["waiver_until"], "decision", "choose 'keep' to take a decision back"),
        ("PAY-3", ["decision", "waiver_until", "reason"], "decision", "choose 'keep'"),
        ("PAY-4", ["new_promised_on"], "promised", "write the date that is promised now"),
        ("PAY-4", ["new_team"], "team", "write the team that answers for it now"),
        ("PAY-4", ["note"], "note", "write what is to be noted instead"),
        ("INC-3", ["verdict", "reason"], "verdict", "choose the other verdict to take one back"),
        ("INC-3", ["reason"], "verdict", "choose the other verdict to take one back"),
    ],
)
def test_clearing_takes_nothing_back_and_says_so(
    edited: Read, name: str, columns: list[str], group: str, advice: str
) -> None:
    untouched = answers(edited(), name)
    result = edited(put(name, **dict.fromkeys(columns)))
    (remark,) = result.remarks
    assert not remark.refused
    assert (remark.key, remark.group) == (key(name), group)
    assert "cleared, which takes nothing back; " + advice in remark.sentence
    for column in columns:
        header = (REPEAT if name == "INC-3" else ITEM)[column]
        assert repr(header) in remark.sentence
    assert answers(result, name) == untouched


@pytest.mark.parametrize("mark", ["\u200b", "\u2063", "\xad", "\U001080a7"])
def test_marks_that_nobody_sees_take_the_place_of_no_note(edited: Read, mark: str) -> None:
    untouched = answers(edited(), "PAY-4")
    assert untouched["note"]
    result = edited(put("PAY-4", note=mark))
    (remark,) = result.remarks
    assert "cleared, which takes nothing back" in remark.sentence
    assert answers(result, "PAY-4") == untouched


def test_another_decision_leaves_the_former_one_behind(edited: Read) -> None:
    result = edited(
        put("PAY-2", decision="keep", reason=None),
        put("PAY-3", decision="keep"),
        put("INC-3", verdict="deny", reason=None),
    )
    assert answers(result, "PAY-2") == {"decision": "keep"}
    # The last day of the waiver was left where it stood.
    assert answers(result, "PAY-3") == {"decision": "keep", "reason": "frozen"}
    assert answers(result, "INC-3") == {"verdict": "deny"}
    (remark,) = result.remarks
    assert not remark.refused
    assert f"{ITEM['waiver_until']!r} is that of the former decision" in remark.sentence


def test_a_waiver_may_be_made_longer(edited: Read) -> None:
    result = edited(put("PAY-3", waiver_until=datetime(2027, 1, 31)))
    assert answers(result, "PAY-3")["waiver_until"] == "2027-01-31"
    assert result.remarks == ()


def test_what_was_given_out_is_not_judged_again(
    dataset: Callable[..., Dataset], tmp_path: Path
) -> None:
    """A file of decisions may say less than a workbook asks for: here a drop without a reason."""
    data = dataset(items=[item("PAY-1")], decisions=[decision("jira:PAY-1", "drop")])
    snapshot = pma.snapshot(data, as_of="2026-10-20")
    path = write_workbook(snapshot, tmp_path / "w.xlsx", about={})
    result = read_edited(path, zone="UTC")
    assert answers(result, "PAY-1") == {"decision": "drop"}
    assert result.remarks == ()
