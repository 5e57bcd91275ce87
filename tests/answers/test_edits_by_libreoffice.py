"""Edits that LibreOffice makes and saves: the right answers must come of them.

LibreOffice writes a workbook anew: other styles, other shared texts, computed formulas, a baseline
that is hidden in its own way. What is expected is written out beside each script.
"""

from collections.abc import Callable
from pathlib import Path
from shutil import which

import pandas as pd
import pytest

import pmanalytics as pma
from tests.answers.checking import Bench
from tests.answers.editing import (
    DECISION,
    NOTE,
    PROMISED,
    REASON,
    TEAM,
    UNTIL,
    VERDICT,
    Answer,
    edited_copy,
)
from tests.answers.office import (
    Office,
    ask,
    delete_row,
    fill_down,
    insert_row,
    sort_by,
    type_in,
)
from tests.answers.small_world import ON, small_world
from tests.conftest import missing

Line = tuple[str, str, str, str]

SCRIPTS = {
    "untouched": [],
    # The answers of two items, typed, and the table sorted between them and after them.
    "sorted": [
        type_in("own:PAY-2", PROMISED, "2026-12-24"),
        sort_by("Title"),
        type_in("own:BOOK-1", TEAM, "Payments"),
        sort_by(DECISION, ascending=False),
    ],
    "decided": [
        type_in("own:PAY-2", DECISION, "drop"),
        type_in("own:PAY-2", REASON, "=1+1"),
        type_in("own:SEA-1", DECISION, "ask for a waiver"),
        type_in("own:SEA-1", UNTIL, "2027-01-31"),
        type_in("own:SEA-1", REASON, "vendor, \"soon\""),
        ask("head of Search"),
    ],
    # A row too many, a row too few, and an answer copied down to the rows below.
    "filled": [
        delete_row("own:PAY-1"),
        insert_row(3),
        type_in("own:PAY-2", NOTE, "our customers wait"),
        sort_by("Item"),
        fill_down(NOTE, "own:PAY-2", 1),
    ],
    "odd": [
        type_in("own:PAY-2", PROMISED, "soon"),
        type_in("own:SEA-2", DECISION, "postpone"),
        type_in("own:BOOK-1", NOTE, "Ω <b>&amp;"),
    ],
}  # fmt: skip
# outcome, subject, and what is decided; sorted. In "filled" the row below PAY-2 is PAY-3 by Item.
EXPECTED: dict[str, list[Line]] = {
    "untouched": [],
    "sorted": [
        ("change", "own:BOOK-1", "owner_team", "Payments"),
        ("change", "own:PAY-2", "promised", "2026-12-24"),
    ],
    "decided": [
        ("change", "own:PAY-2", "drop", "=1+1"),
        ("change", "own:SEA-1", "waiver", '2027-01-31 vendor, "soon"'),
    ],
    "filled": [
        ("change", "own:PAY-2", "note", "our customers wait"),
        ("change", "own:PAY-3", "note", "our customers wait"),
    ],
    "odd": [
        ("change", "own:BOOK-1", "note", "Ω <b>&amp;"),
        ("refused", "own:PAY-2", "", ""),
        ("refused", "own:SEA-2", "", ""),
    ],
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(small_world(tmp_path_factory.mktemp("world")), tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Office]:
    program = which("soffice") or which("libreoffice")
    if program is None:
        missing("LibreOffice")
    return lambda locale: Office(program, tmp_path_factory.mktemp("office"), locale)


@pytest.fixture(scope="module")
def made(bench: Bench, office: Callable[[str], Office]) -> dict[str, Path]:
    return office("en-US").edit(bench.world.workbook, SCRIPTS)


def lines_of(changes: pd.DataFrame) -> list[Line]:
    """The outcomes without mere remarks, in the order of their texts."""
    told = changes[changes["outcome"] != "remark"]
    texts = told.assign(until=told["until"].dt.strftime("%Y-%m-%d"))
    texts = texts.assign(kind=texts["kind"].fillna(""))
    said = texts[["value", "until", "reason"]].apply(lambda row: " ".join(row.dropna()), axis=1)
    named = texts["value"].where(texts["kind"].isin(["not_repeat", "repeat"]))
    assert named.isna().all()
    return sorted(zip(texts["outcome"], texts["subject"], texts["kind"], said, strict=True))


@pytest.mark.parametrize("name", SCRIPTS)
def test_edits_made_in_libreoffice_come_back(
    name: str, bench: Bench, made: dict[str, Path]
) -> None:
    data, file = bench.fresh(), made[name]
    changes = pma.workbook_changes(data, file, on=ON)
    assert lines_of(changes) == EXPECTED[name]
    written = pma.apply_answers(data, file, on=ON)
    assert len(written) == sum(line[0] == "change" for line in EXPECTED[name])
    if name == "decided":
        assert set(written["role"]) == {"head of Search"}
    again = pma.workbook_changes(data, file, on=ON)
    assert "change" not in set(again["outcome"])


def test_verdicts_given_in_libreoffice_come_back(
    bench: Bench, office: Callable[[str], Office]
) -> None:
    """By a reader whose LibreOffice is German, and who writes dates as Germans do."""
    doings = [
        type_in("own:PAY-2", PROMISED, "24.12.2026"),
        type_in("INC-6", VERDICT, "deny", sheet="Repeats"),
        type_in("INC-6", REASON, "another cause", sheet="Repeats"),
    ]
    file = office("de-DE").edit(bench.world.workbook, {"german": doings})["german"]
    changes = pma.workbook_changes(bench.fresh(), file, on=ON)
    verdict = changes[changes["kind"].eq("not_repeat").to_numpy(dtype=bool)].iloc[0]
    assert (verdict["subject"], verdict["value"], verdict["reason"]) == (
        "INC-6", "INC-5", "another cause",
    )  # fmt: skip
    # Whether LibreOffice takes the text for a date depends on it; in silence it may not go.
    (promise,) = changes[changes["subject"].eq("own:PAY-2").to_numpy(dtype=bool)].to_dict("records")
    assert promise["outcome"] in {"change", "refused"}
    assert promise["outcome"] == "refused" or promise["until"] == pd.Timestamp("2026-12-24")


def test_an_edited_copy_that_libreoffice_saves_again(
    bench: Bench, tmp_path: Path, libreoffice: Callable[[Path, str, Path], Path]
) -> None:
    edits = [Answer(1, PROMISED, "2026-12-24"), Answer(4, NOTE, "+49 30 1234")]
    book = edited_copy(bench.world.workbook, tmp_path / "edited.xlsx", edits)
    items = [book.actions.rows[row]["Item"] for row in (1, 4)]
    (tmp_path / "saved").mkdir()
    saved = libreoffice(book.file, "xlsx", tmp_path / "saved")
    changes = pma.workbook_changes(bench.fresh(), saved, on=ON)
    assert lines_of(changes) == sorted(
        [
            ("change", items[0], "promised", "2026-12-24"),
            ("change", items[1], "note", "+49 30 1234"),
        ]
    )
