"""Apply an edited workbook, and hold what came of it against what must come of it."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import copyfile
from typing import Any, Final

import pandas as pd

import pmanalytics as pma
from pmanalytics.answers.applying import written_changes
from pmanalytics.datasets import Dataset
from tests.answers.editing import Book, Edit, edited_copy
from tests.answers.expecting import GROUPS, Ending, endings, shown, squeezed, strays
from tests.answers.meanwhile import MEANWHILE
from tests.answers.small_world import ON, World, write_book

__all__ = ["Bench", "Found", "check_next_book", "check_script", "check_two_readers", "found_in"]

# The list of changes names an answer by its header, without the mark that it is one.
GROUP_OF: Final = {headers[0].removesuffix(" (answer)"): group for group, headers in GROUPS.items()}
WORD_OF: Final = {
    "keep": "keep", "drop": "drop", "waiver": "ask for a waiver", "repeat": "confirm",
    "not_repeat": "deny",
}  # fmt: skip


@dataclass(eq=False)
class Bench:
    """A private copy of the world, taken back to its beginning before each script."""

    world: World = field(repr=False)
    folder: Path
    given: Book = field(init=False, repr=False)
    examples: int = 0

    def __post_init__(self) -> None:
        self.given = Book.opened(self.world.workbook)

    @property
    def decisions(self) -> Path:
        return self.folder / "decisions.csv"

    def fresh(self, meanwhile: Iterable[str] = ()) -> Dataset:
        """The data with the decisions as they were, and those made since then in the file only."""
        copyfile(self.world.decisions, self.decisions)
        with self.decisions.open("a", encoding="utf-8") as stream:
            stream.writelines(f"{line}\n" for line in meanwhile)
        settings = replace(self.world.data.settings, folder=self.folder)
        return replace(self.world.data, settings=settings)

    def reread(self, data: Dataset) -> Dataset:
        """The data with the decisions that the file holds now, which alone has changed."""
        return replace(data, decisions=pma.read(self.decisions).decisions)


@dataclass(frozen=True)
class Found:
    """What became of the answers: changes by key and group, and about which there are sentences."""

    changes: Mapping[tuple[str, str], tuple[str, ...]]
    said: frozenset[tuple[str, str]]


def found_in(table: pd.DataFrame, book: Book) -> Found:
    """The changes and sentences of a list of changes, found by the rows that they name."""
    changes: dict[tuple[str, str], tuple[str, ...]] = {}
    said: set[tuple[str, str]] = set()
    for line in table.to_dict("records"):
        assert line["outcome"] in {"change", "known", "conflict", "refused", "remark"}
        if pd.isna(line["row"]):
            continue
        row = book.row_at(line["sheet"], line["row"])
        group = GROUP_OF[line["answer"]] if pd.notna(line["answer"]) else ""
        if line["outcome"] != "change":
            said.add((row.get("Key"), group))
            continue
        key = row["Key"], group
        assert line["subject"] == row.get("Item", row.get("Incident"))
        before = changes.get(key)
        # Only an item that is dropped is kept first, before it gets its waiver.
        assert before is None or (before[0], line["kind"]) == ("keep", "waiver")
        changes[key] = _decided(line, group)
    return Found(changes, frozenset(said))


def _decided(line: Mapping[str, Any], group: str) -> tuple[str, ...]:
    value, reason = (
        "" if pd.isna(line[name]) else squeezed(line[name]) for name in ("value", "reason")
    )
    until = "" if pd.isna(line["until"]) else line["until"].date().isoformat()
    assert line["decided_on"].date().isoformat() == ON
    return {
        "promised": (until,),
        "team": (value.casefold(),),
        "decision": (WORD_OF.get(line["kind"]), until, reason),
        "note": (value,),
        "verdict": (WORD_OF.get(line["kind"]), reason),
    }[group]


def check_script(
    bench: Bench, script: Iterable[Edit], meanwhile: Iterable[tuple[str, str]]
) -> None:
    """One script from its edits to the second time that it is applied."""
    bench.examples += 1
    file = bench.folder / "edited.xlsx"
    book = edited_copy(bench.world.workbook, file, script)
    sent = file.read_bytes()
    data = bench.fresh(MEANWHILE[one].line for one in meanwhile)
    before = bench.decisions.read_bytes()

    dry = pma.workbook_changes(data, file, on=ON) if bench.examples % 5 == 0 else None
    assert bench.decisions.read_bytes() == before
    changes = applied(data, file)
    if dry is not None:
        pd.testing.assert_frame_equal(dry, changes)
    hold(found_in(changes, book), expected(bench, book, meanwhile))
    hold_strays(changes, book, bench.given)
    hold_sentences(changes)

    after = bench.decisions.read_bytes()
    assert after.startswith(before)
    made = changes[changes["outcome"] == "change"]
    grown = list(csv.DictReader(after.decode().splitlines()))[len(before.splitlines()) - 1 :]
    assert len(grown) == len(made)
    assert [row["subject"] for row in grown] == made["subject"].tolist()
    roles = {squeezed(row["role"]).lstrip("'") for row in grown}
    assert roles <= {squeezed(book.role)}

    again = pma.workbook_changes(data, file, on=ON)
    assert "change" not in set(again["outcome"])
    known = found_in(again[again["outcome"] == "known"], book).said
    assert known >= found_in(changes, book).changes.keys()
    if bench.examples % 10 == 0:
        assert pma.apply_answers(data, file, on=ON).empty
    assert (file.read_bytes(), bench.decisions.read_bytes()) == (sent, after)


def applied(data: Dataset, *files: Path) -> pd.DataFrame:
    """The list of changes of workbooks whose answers were written."""
    changes = written_changes(data, *files, on=ON)
    assert "change" not in set(changes["outcome"])
    return changes.assign(outcome=changes["outcome"].replace("written", "change"))


def check_next_book(bench: Bench, script: Iterable[Edit]) -> None:
    """The next workbook shows what was answered in this one, and says nothing by itself."""
    bench.examples += 1
    book = edited_copy(bench.world.workbook, bench.folder / "edited.xlsx", script)
    data = bench.fresh()
    changes = applied(data, book.file)
    data = bench.reread(data)
    file = write_book(data, bench.folder / "next.xlsx", as_of=ON)
    following = Book.opened(file)
    rows = {row["Key"]: row for table in following.tables for row in table.rows}
    for (key, group), values in found_in(changes, book).changes.items():
        assert shown(rows[key], group) == values, (key, group)
    assert pma.workbook_changes(data, file, on=ON).empty


def check_two_readers(bench: Bench, scripts: Sequence[Sequence[Edit]]) -> None:
    """Two copies that come back together: the same answer counts once, different ones never."""
    bench.examples += 1
    books = [
        edited_copy(bench.world.workbook, bench.folder / f"{name}.xlsx", script)
        for name, script in zip(("ada", "ben"), scripts, strict=True)
    ]
    data = bench.fresh()
    changes = applied(data, *(book.file for book in books))
    found = [found_in(changes[changes["file"] == book.file.name], book) for book in books]
    wanted = [endings(book, bench.given) for book in books]
    for place in wanted[0]:
        made = [one.changes.get(place) for one in found]
        if not drops_what_is_promised(place, wanted):
            hold_both(made, [one[place] for one in wanted])
        elif place[1] == "decision":
            promised = [one.changes.get((place[0], "promised")) for one in found]
            assert not (any(made) and any(promised)), (made, promised)
    spoken = changes[changes["outcome"] == "conflict"]
    for text in spoken["detail"]:
        assert "ada.xlsx" in text, text
        assert "ben.xlsx" in text, text
    after = bench.decisions.read_bytes()
    again = pma.workbook_changes(data, *(book.file for book in books), on=ON)
    assert "change" not in set(again["outcome"])
    assert bench.decisions.read_bytes() == after


def drops_what_is_promised(
    place: tuple[str, str], wanted: Sequence[Mapping[tuple[str, str], Ending]]
) -> bool:
    """Whether one of two readers may drop the item that the other one promises."""
    key, group = place
    if group not in {"decision", "promised"}:
        return False
    decided = [one[key, "decision"].change for one in wanted]
    promised = [one[key, "promised"].change for one in wanted]
    return any(
        one is not None and one[0] == "drop" and other is not None
        for one, other in zip(decided, reversed(promised), strict=True)
    )


def hold_both(made: Sequence[tuple[str, ...] | None], wanted: Sequence[Ending]) -> None:
    """What is written of the answers of two readers in one place."""
    told = (made, wanted)
    written = [values for values in made if values is not None]
    asked = [ending.change for ending in wanted if ending.change is not None]
    sure = [ending.change for ending in wanted if not (ending.said or ending.silent)]
    assert len(written) <= 1, told
    assert set(written) <= set(asked), told
    if len(sure) == 2:
        assert written == ([sure[0]] if sure[0] == sure[1] else []), told
    elif len(sure) == 1 and len(asked) == 1:
        assert written == sure, told


def expected(
    bench: Bench, book: Book, meanwhile: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Ending]:
    """The endings, as they are beside what was decided since."""
    found = endings(book, bench.given)
    for name, group in meanwhile:
        table = bench.given.repeats if group == "verdict" else bench.given.actions
        first = "Incident" if group == "verdict" else "Item"
        key = next(row["Key"] for row in table.rows if row[first] == name)
        ending, now = found[key, group], MEANWHILE[name, group].stands
        if not ending.silent:
            found[key, group] = Ending(said=True, told=ending.change != now)
    return found


def hold(found: Found, wanted: Mapping[tuple[str, str], Ending]) -> None:
    assert found.changes.keys() <= wanted.keys()
    for (key, group), ending in wanted.items():
        change = found.changes.get((key, group))
        said = bool({(key, group), (key, "")} & found.said)
        told = (key, group, ending, change, said)
        if change is not None:
            assert change == ending.change, told
        elif said:
            assert ending.said or ending.silent, told
        else:
            assert ending.silent, told
        assert said or not ending.told, told


def hold_strays(changes: pd.DataFrame, book: Book, given: Book) -> None:
    """Every row with answers and without a key that was given out is refused by its number."""
    refused = changes[changes["outcome"] == "refused"]
    places = set(zip(refused["sheet"], refused["row"], strict=True))
    keys = [row["Key"] for row in given.actions.rows]
    for number, _ in strays(book.actions, keys):
        assert (book.actions.page.title, number) in places


def hold_sentences(changes: pd.DataFrame) -> None:
    for text in changes["detail"]:
        assert text.endswith("."), text
        assert "\n" not in text, text
    named = changes[changes["outcome"].isin(["refused", "conflict"]) & changes["row"].notna()]
    for text, row in zip(named["detail"], named["row"], strict=True):
        assert f"row {row}" in text, text
