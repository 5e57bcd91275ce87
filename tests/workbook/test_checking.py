"""The check of answers: its words, and the formula as a spreadsheet computes it."""

from collections.abc import Callable
from datetime import datetime
from itertools import product
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from pmanalytics.workbook.checking import answer_check, answer_formula
from pmanalytics.workbook.layout import ANSWERS

NAMES = [column.name for column in ANSWERS]
DAY = datetime(2026, 11, 1)


def answers(**given: object) -> pd.DataFrame:
    row = {name: given.get(name) for name in NAMES}
    days = {"new_promised_on": "datetime64[us]", "waiver_until": "datetime64[us]"}
    return pd.DataFrame([row]).astype(dict.fromkeys(NAMES, "str") | days)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, ""),
        ({"note": "ask again"}, "complete"),
        ({"new_promised_on": DAY, "new_team": "web"}, "complete"),
        ({"decision": "keep"}, "complete"),
        ({"decision": "drop"}, "needs a reason"),
        ({"decision": "drop", "reason": " "}, "needs a reason"),
        ({"decision": "drop", "reason": "no use"}, "complete"),
        ({"decision": "ask for a waiver", "reason": "vendor"}, "needs a day"),
        ({"decision": "ask for a waiver", "waiver_until": DAY}, "needs a reason"),
        ({"decision": "ask for a waiver", "waiver_until": DAY, "reason": "vendor"}, "complete"),
        ({"decision": "keep", "waiver_until": DAY}, "day without a waiver"),
        ({"waiver_until": DAY}, "day without a waiver"),
        ({"reason": "no use"}, "needs a decision"),
        ({"decision": "perhaps"}, "choose from the list"),
        # Excel has no days before 1900; the cell holds a text.
        ({"new_promised_on": datetime(999, 12, 31)}, "write a date"),
    ],
)
def test_the_words_say_what_is_missing(given: dict[str, object], said: str) -> None:
    assert answer_check(answers(**given)).tolist() == [said]


def test_any_spreadsheet_computes_the_same(
    libreoffice: Callable[[Path, str, Path], Path], tmp_path: Path
) -> None:
    choices = {
        "new_promised_on": (None, DAY),
        "new_team": (None, "web"),
        "decision": (None, "keep", "drop", "ask for a waiver", "perhaps"),
        "waiver_until": (None, DAY),
        "reason": (None, " ", "=1+1"),
        "note": (None, "+ more"),
    }
    rows = list(product(*(choices[name] for name in NAMES)))
    book = openpyxl.Workbook()
    sheet = book.active
    for number, row in enumerate(rows, start=1):
        for cell, value in zip(sheet[f"A{number}:F{number}"][0], row, strict=True):
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
        letters = zip(NAMES, "ABCDEF", strict=True)
        cells = {name: f"{letter}{number}" for name, letter in letters}
        sheet[f"G{number}"] = answer_formula().format_map(cells)
    # Nobody can promise this in a frame: days that are written as text.
    for number, text in enumerate(("2026-13-45", "soon"), start=len(rows) + 1):
        sheet[f"A{number}"] = text
        letters = zip(NAMES, "ABCDEF", strict=True)
        cells = {name: f"{letter}{number}" for name, letter in letters}
        sheet[f"G{number}"] = answer_formula().format_map(cells)
    book.save(tmp_path / "check.xlsx")
    folder = tmp_path / "computed"
    folder.mkdir()
    computed = openpyxl.load_workbook(
        libreoffice(tmp_path / "check.xlsx", "xlsx", folder), data_only=True
    )
    said = [cell.value or "" for (cell,) in computed.active[f"G1:G{len(rows) + 2}"]]
    frame = pd.DataFrame(rows, columns=NAMES)
    assert said[: len(rows)] == answer_check(frame).tolist()
    assert said[len(rows) :] == ["write a date", "write a date"]
    assert len(set(said)) == 8
