"""The workbook: read back by other programs, it must say what the frames say, as values."""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.errors import InputError, ReportError
from pmanalytics.settings import Settings
from pmanalytics.snapshots import Snapshot
from pmanalytics.workbook import actions_table, lint_workbook, summary_table, write_workbook
from pmanalytics.workbook.cells import cell_text, sheet_names

ABOUT = {
    "title": "Report on action items",
    "organisation": "Example & Sons",
    "sample": True,
    "period_label": "third quarter of 2026",
    "policy": ["At all times: sev1 15 days, sev2 30 days after the incident was resolved."],
    "warnings": ["The newest export of jira is from 2026-10-01."],
    "counts": {"action items": 5, "incidents": 2},
    "reject_count": 3,
}
LONG = "x" * 40_000
MARKUP = "<r><t>bold</t></r>"


def item(key: str, title: str, **more: Any) -> dict[str, Any]:
    return {
        "item_id": f"jira:{key}",
        "source": "jira",
        "key": key,
        "title": title,
        "state": "open",
        "created_at": "2026-01-05T08:00:00Z",
        "url": f"https://tracker.example/browse/{key}",
        "owners": ["Ada Byron"],
        "team": "payments",
        **more,
    }


@pytest.fixture
def data(dataset: Callable[..., Dataset]) -> Dataset:
    """Five items of two incidents; the default policy gives sev1 15 and sev2 30 days.

    INC-1 was resolved on 2026-07-01, so its items are due on 2026-07-16; INC-2 on 2026-10-10, due
    on 2026-11-09.
    """
    items = [
        item("PAY-4", "+cmd|' /C calc'!A0", team=None, owners=[]),
        item("PAY-3", LONG, incident_id="INC-2", url="javascript:alert(1)", team="@sum"),
        item("PAY-2", MARKUP, incident_id="INC-1", state="done", closed_at="2026-07-10T09:00:00Z"),
        item("PAY-1", "=1+1", incident_id="INC-1", promised_on="2026-08-31"),
        item("PAY-5", "long ago", state="done", closed_at="2026-03-01T09:00:00Z"),
    ]
    incidents = [
        {"incident_id": "INC-1", "severity": "sev1", "started_at": "2026-07-01T03:00:00Z",
         "resolved_at": "2026-07-01T05:00:00Z"},
        {"incident_id": "INC-2", "severity": "sev2", "started_at": "2026-10-10T03:00:00Z",
         "resolved_at": "2026-10-10T05:00:00Z"},
    ]  # fmt: skip
    return dataset(items=items, incidents=incidents)


@pytest.fixture
def world(data: Dataset) -> Snapshot:
    return pma.snapshot(data, as_of="2026-10-20", period="2026Q3")


@pytest.fixture
def written(world: Snapshot, tmp_path: Path) -> Path:
    tables = {
        "standings": pma.standings(world, by="severity"),
        "a/b: [long] name of a table that goes on": pd.DataFrame(
            {
                "=1+1": ["=1+1", "-x"],
                "=1+1 ": [["a", "b"], []],
                "seen_at": pd.to_datetime(["2026-01-05T08:30:00Z", None]),
                "flag": [True, False],
            }
        ),
    }
    return write_workbook(world, tmp_path / "workbook.xlsx", about=ABOUT, tables=tables)


def cells(sheet: Worksheet) -> Iterator[Any]:
    return (cell for row in sheet.iter_rows() for cell in row)


def records(sheet: Worksheet) -> list[dict[str, Any]]:
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_the_sheets_are_about_summary_actions_and_the_tables(written: Path) -> None:
    names = openpyxl.load_workbook(written).sheetnames
    assert names[:4] == ["About", "Summary", "Actions", "standings"]
    assert names[4] == "a b long name of a table that g"


def test_actions_come_in_the_order_in_which_they_press(written: Path) -> None:
    rows = records(openpyxl.load_workbook(written)["Actions"])
    # PAY-5 was closed before the quarter and is no news.
    assert [row["Item"] for row in rows] == ["jira:PAY-1", "jira:PAY-3", "jira:PAY-4", "jira:PAY-2"]
    first = rows[0]
    assert first["Standing"] == "open, overdue"
    assert first["Severity"] == "Sev-1"
    assert first["Policy date"] == datetime(2026, 7, 16)
    assert first["Promised date"] == datetime(2026, 8, 31)
    # From 16 July to 20 October: 15 + 31 + 30 + 20 days.
    assert first["Days over or left"] == 96
    # From 20 October to 9 November.
    assert rows[1]["Days over or left"] == -20
    assert rows[2]["Standing"] == "no target"
    assert rows[3]["Standing"] == "done in time"
    assert rows[3]["Closed"] == datetime(2026, 7, 10)


def test_gaps_are_in_words(written: Path) -> None:
    rows = {row["Item"]: row for row in records(openpyxl.load_workbook(written)["Actions"])}
    assert "nobody: no person, no team" in rows["jira:PAY-4"]["Ownership gap"]


def test_text_stays_text_whatever_it_begins_with(written: Path) -> None:
    book = openpyxl.load_workbook(written)
    titles = {row["Item"]: row["Title"] for row in records(book["Actions"])}
    assert titles["jira:PAY-1"] == "=1+1"
    assert titles["jira:PAY-4"] == "+cmd|' /C calc'!A0"
    # The blank keeps XlsxWriter from taking the title for markup of its own.
    assert titles["jira:PAY-2"] == f"{MARKUP} "
    assert [cell.value for cell in book.worksheets[4][1]] == [
        "=1+1",
        "=1+1 2",
        "seen at (UTC)",
        "flag",
    ]
    assert not [cell for sheet in book for cell in cells(sheet) if cell.data_type == "f"]


def test_a_text_that_is_too_long_is_cut_with_a_mark(written: Path) -> None:
    titles = [row["Title"] for row in records(openpyxl.load_workbook(written)["Actions"])]
    longest = max(titles, key=len)
    assert len(longest) == 32_767
    assert longest.endswith("… [cut]")
    # Excel counts a smiley as two characters.
    assert len(cell_text("\N{SLIGHTLY SMILING FACE}" * 20_000)) < 16_400


def test_only_pages_on_the_web_become_links(written: Path) -> None:
    sheet = openpyxl.load_workbook(written)["Actions"]
    links = {
        cell.value: cell.hyperlink.target if cell.hyperlink else None for cell in sheet["A"][1:]
    }
    assert links["jira:PAY-1"] == "https://tracker.example/browse/PAY-1"
    assert links["jira:PAY-3"] is None


def test_dates_are_dates_and_shares_are_percentages(written: Path) -> None:
    book = openpyxl.load_workbook(written)
    actions, summary = book["Actions"], book["Summary"]
    due = next(cell for cell in actions[2] if actions.cell(1, cell.column).value == "Policy date")
    assert due.is_date
    assert due.number_format == "yyyy-mm-dd"
    share = next(cell for cell in summary[2] if summary.cell(1, cell.column).value == "Share kept")
    assert share.number_format == "0%"
    # Items due in the quarter: PAY-1 overdue, PAY-2 done in time.
    assert share.value == 0.5


def test_lists_flags_and_moments_are_written_for_readers(written: Path) -> None:
    rows = records(openpyxl.load_workbook(written).worksheets[4])
    assert [row["=1+1 2"] for row in rows] == ["a; b", "none"]
    assert rows[0]["seen at (UTC)"] == datetime(2026, 1, 5, 8, 30)
    assert [row["flag"] for row in rows] == ["yes", "no"]


def test_codes_of_other_tables_are_said_in_words(world: Snapshot, tmp_path: Path) -> None:
    tables = {"gaps": pma.ownership_gaps(world), "standings": pma.standings(world)}
    path = write_workbook(world, tmp_path / "w.xlsx", about=ABOUT, tables=tables)
    book = openpyxl.load_workbook(path)
    assert "nobody: no person, no team" in {row["gap"] for row in records(book["gaps"])}
    assert records(book["standings"])[0]["open, overdue"] == 1


def test_table_sheets_speak_as_the_page_does(world: Snapshot, tmp_path: Path) -> None:
    tables = {
        "speed_by_severity": pma.speed(world, by="severity"),
        "gap_rates": pma.gap_rates(world),
        "repeats": pd.DataFrame({"incident_id": ["b"], "level": ["L1"], "share": ["-x"]}),
    }
    titles = dict.fromkeys([*tables, "completion_curve"], "A title")
    path = write_workbook(world, tmp_path / "w.xlsx", about=ABOUT, tables=tables, titles=titles)
    book = openpyxl.load_workbook(path)
    speed = records(book["speed by severity"])
    assert [row["severity"] for row in speed] == ["Sev-1", "Sev-2"]
    assert "mean days open, of 90" in speed[0]
    assert records(book["gap rates"])[0]["population"] == "open items"
    assert records(book["repeats"])[0]["found by"] == "named as a return"
    about = "\n".join(str(cell.value) for cell in cells(book["About"]) if cell.value)
    assert "speed by severity: A title." in about
    assert "tables/completion_curve.csv" in about


def test_a_text_like_a_formula_stays_text_when_its_cell_is_edited(written: Path) -> None:
    sheet = openpyxl.load_workbook(written)["Actions"]
    quoted = {cell.value: cell.quotePrefix for cell in sheet["B"][1:]}
    assert quoted["=1+1"]
    assert not quoted[f"{MARKUP} "]


def test_summary_says_what_the_metrics_say(written: Path, world: Snapshot) -> None:
    rows = records(openpyxl.load_workbook(written)["Summary"])
    everything = rows[0]
    kept = pma.attainment(world).iloc[0]
    assert (everything["By"], everything["Group"]) == ("organisation", "all items")
    assert everything["Items due"] == kept["due"] == 2
    assert everything["Share kept, lower limit"] == pytest.approx(kept["low"])
    # PAY-1, PAY-3 and PAY-4 are open, PAY-1 is overdue.
    assert (everything["Open now"], everything["Overdue now"]) == (3, 1)
    severities = [row["Group"] for row in rows if row["By"] == "severity"]
    assert severities == ["Sev-1", "Sev-2", "no severity"]
    # Two items are too few to show a team's share, or even its limits.
    team = next(row for row in rows if row["Group"] == "payments")
    assert (team["Items due"], team["Done in time"], team["Share kept"]) == (2, 1, None)
    assert team["Share kept, upper limit"] is None


def test_summary_of_the_sample_adds_up(q3: Snapshot) -> None:
    table = summary_table(q3)
    counts = ["due", "met", "overdue", "open_items", "with_gap"]
    totals = table.groupby("level")[counts].sum()
    assert totals.loc["severity"].tolist() == totals.loc["organisation"].tolist()
    assert totals.loc["team"].tolist() == totals.loc["organisation"].tolist()
    assert (table["due"] > 0).any()


def test_actions_of_the_sample_hold_every_open_item_once(q3: Snapshot) -> None:
    table = actions_table(q3)
    assert table["item_id"].is_unique
    still_open = set(q3.items.loc[q3.items["state"] == "open", "item_id"])
    assert still_open <= set(table["item_id"])
    overdue = table["standing"].eq("open, overdue").to_numpy()
    assert overdue[: overdue.sum()].all()
    assert table.loc[overdue, "days_over"].is_monotonic_decreasing


def test_every_table_is_a_real_one_with_a_frozen_repeated_header(written: Path) -> None:
    book = openpyxl.load_workbook(written)
    for sheet in book.worksheets[1:]:
        (table,) = sheet.tables.values()
        assert table.ref == sheet.dimensions
        assert table.autoFilter is not None
        assert sheet.freeze_panes == "B2"
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "SAMPLE DATA" in sheet.oddHeader.left.text


def test_the_first_sheet_says_what_this_is(written: Path) -> None:
    said = [cell.value for cell in cells(openpyxl.load_workbook(written)["About"]) if cell.value]
    text = "\n".join(map(str, said))
    for expected in (
        "SAMPLE DATA", "Example & Sons", "third quarter of 2026", "2026-10-20", "UTC",
        "sev1 15 days", "The newest export of jira", "3 rows of the exports could not be read",
    ):  # fmt: skip
        assert expected in text


def test_without_the_mark_nothing_says_sample(world: Snapshot, tmp_path: Path) -> None:
    about = {**ABOUT, "sample": False}
    book = openpyxl.load_workbook(write_workbook(world, tmp_path / "w.xlsx", about=about))
    assert "SAMPLE" not in str([cell.value for cell in cells(book["About"])])
    assert "SAMPLE" not in book["Actions"].oddHeader.left.text


def test_persons_are_there_only_when_configured(
    data: Dataset, written: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(written) as parts:
        assert not [name for name in parts.namelist() if b"Byron" in parts.read(name)]
    named = replace(data, settings=Settings(persons=True))
    snapshot = pma.snapshot(named, as_of="2026-10-20", period="2026Q3")
    book = openpyxl.load_workbook(write_workbook(snapshot, tmp_path / "p.xlsx", about=ABOUT))
    assert records(book["Actions"])[0]["Owners"] == "Ada Byron"


def test_the_same_input_gives_the_same_bytes_and_names_nobody(
    world: Snapshot, tmp_path: Path
) -> None:
    first = write_workbook(world, tmp_path / "a.xlsx", about=ABOUT).read_bytes()
    second = write_workbook(world, tmp_path / "b.xlsx", about=ABOUT).read_bytes()
    assert first == second
    properties = openpyxl.load_workbook(tmp_path / "a.xlsx").properties
    assert not properties.creator
    assert not properties.lastModifiedBy
    assert properties.created.date() == date(2026, 10, 20)


def test_nothing_to_list_is_said(dataset: Callable[..., Dataset], tmp_path: Path) -> None:
    closed = item("PAY-9", "done", state="done", closed_at="2026-02-01T00:00:00Z")
    snapshot = pma.snapshot(dataset(items=[closed]), as_of="2026-10-20")
    book = openpyxl.load_workbook(write_workbook(snapshot, tmp_path / "w.xlsx", about={}))
    assert book["Actions"]["A2"].value == "Nothing is open, and nothing was closed lately."


def test_a_long_name_of_an_item_is_not_cut(dataset: Callable[..., Dataset], tmp_path: Path) -> None:
    long = item("x", "title", item_id="gitlab:example/storefront#1204")
    snapshot = pma.snapshot(dataset(items=[long]), as_of="2026-10-20")
    book = openpyxl.load_workbook(write_workbook(snapshot, tmp_path / "w.xlsx", about={}))
    assert book["Actions"].column_dimensions["A"].width > len("gitlab:example/storefront#1204")


def test_dates_before_excel_began_stay_readable(
    dataset: Callable[..., Dataset], tmp_path: Path
) -> None:
    old = item("PAY-9", "old", promised_on="0999-12-31")
    snapshot = pma.snapshot(dataset(items=[old]), as_of="2026-10-20")
    book = openpyxl.load_workbook(write_workbook(snapshot, tmp_path / "w.xlsx", about={}))
    assert records(book["Actions"])[0]["Promised date"] == "0999-12-31"


def test_a_folder_that_is_not_there_gives_one_sentence(world: Snapshot, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"^The workbook cannot be written to .*folder\.$"):
        write_workbook(world, tmp_path / "no" / "w.xlsx", about=ABOUT)


def test_a_failed_writing_leaves_what_was_there(world: Snapshot, tmp_path: Path) -> None:
    # A folder of that name cannot be replaced by a file.
    path = tmp_path / "w.xlsx"
    path.mkdir()
    (path / "kept").touch()
    with pytest.raises(ReportError, match="cannot be written"):
        write_workbook(world, path, about=ABOUT)
    assert sorted(found.name for found in tmp_path.rglob("*")) == ["kept", "w.xlsx"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["a/b", "a:b"], ["a b", "a b 2"]),
        (["Summary"], ["Summary 2"]),
        (["History"], ["History 2"]),
        (["x" * 40, "x" * 40], ["x" * 31, "x" * 29 + " 2"]),
        (["'quoted'", ""], ["quoted", "Sheet"]),
    ],
)
def test_sheet_names_are_made_acceptable(given: list[str], expected: list[str]) -> None:
    assert sheet_names(given, taken=["Summary"]) == expected


def faulty(path: Path, change: Callable[[openpyxl.Workbook], None]) -> Path:
    """A workbook by openpyxl with one table, changed into one that Excel repairs."""
    book = openpyxl.Workbook()
    book.properties.creator = None
    sheet = book.active
    for row in (["one", "two"], [1, 2]):
        sheet.append(row)
    sheet.add_table(Table(displayName="Good", ref="A1:B2"))
    sheet.tables["Good"]._initialise_columns()
    for column, name in zip(sheet.tables["Good"].tableColumns, ["one", "two"], strict=True):
        column.name = name
    change(book)
    book.save(path)
    return path


def rename_header(book: openpyxl.Workbook, name: str) -> None:
    book.active["B1"].value = name
    book.active.tables["Good"].tableColumns[1].name = name


FAULTS: dict[str, tuple[Callable[[openpyxl.Workbook], None], str]] = {
    "twice": (lambda book: rename_header(book, "ONE"), "'one' occurs more than once"),
    "line break": (lambda book: rename_header(book, "t\nwo"), "line break"),
    "formula": (lambda book: book.active.append(["=1+1"]), "holds a formula"),
    "person": (lambda book: setattr(book.properties, "creator", "Ada"), "names somebody"),
    "sheet": (lambda book: setattr(book.active, "title", "x" * 40), "Sheet name"),
    "cell": (lambda book: setattr(book.active.tables["Good"], "name", "AB12"), "Table name"),
    "rows": (lambda book: setattr(book.active.tables["Good"], "ref", "A1:B1"), "no row"),
    "columns": (lambda book: setattr(book.active.tables["Good"], "ref", "A1:C2"), "number of"),
}


def test_the_linter_accepts_a_sound_workbook(tmp_path: Path, written: Path) -> None:
    assert lint_workbook(faulty(tmp_path / "good.xlsx", lambda book: None)) == ()
    assert lint_workbook(written) == ()


@pytest.mark.filterwarnings("ignore:Title is more than 31 characters")
@pytest.mark.parametrize("name", FAULTS)
def test_the_linter_finds_what_excel_repairs(tmp_path: Path, name: str) -> None:
    change, expected = FAULTS[name]
    (fault,) = lint_workbook(faulty(tmp_path / "bad.xlsx", change))
    assert expected in fault


@pytest.mark.parametrize(
    ("part", "old", "new", "expected"),
    [
        ("xl/sharedStrings.xml", "long name", "y" * 32_800, "longer than 32,767"),
        ("xl/sharedStrings.xml", "long name", "a_x000B_b", "control character"),
        ("xl/worksheets/sheet4.xml", '<row r="2"', '<row r="1048577"', "rows"),
        ("xl/worksheets/sheet4.xml", "</sheetData>", "<hyperlink " * 65_531, "links"),
    ],
)
def test_the_linter_looks_at_the_file_itself(
    world: Snapshot, tmp_path: Path, part: str, old: str, new: str, expected: str
) -> None:
    tables = {"t": pd.DataFrame({"name": ["long name"]})}
    path = write_workbook(world, tmp_path / "w.xlsx", about=ABOUT, tables=tables)
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert content.count(old.encode()) == 1
                content = content.replace(old.encode(), new.encode())
            target.writestr(name, content)
    (fault,) = lint_workbook(broken)
    assert expected in fault


def test_the_linter_refuses_entities(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w") as target:
        target.writestr(
            "xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aa">]><workbook>&a;</workbook>'
        )
    with pytest.raises(InputError, match="entities"):
        lint_workbook(bomb)


def test_libreoffice_reads_the_same_values(
    libreoffice: Callable[[Path, str, Path], Path], written: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "converted"
    folder.mkdir()
    theirs = openpyxl.load_workbook(libreoffice(written, "xlsx", folder), data_only=True)
    ours = openpyxl.load_workbook(written)
    assert theirs.sheetnames == ours.sheetnames
    for sheet in ours:
        other = theirs[sheet.title]
        for cell in cells(sheet):
            value = other[cell.coordinate].value
            assert not str(value).startswith("#")
            if isinstance(cell.value, float):
                assert value == pytest.approx(cell.value)
            else:
                # LibreOffice keeps the blank that some texts have at their end, or not.
                assert str(value).strip() == str(cell.value).strip(), cell.coordinate
    assert theirs["Actions"]["A2"].hyperlink.target == "https://tracker.example/browse/PAY-1"


def test_libreoffice_prints_each_sheet_one_page_wide(
    libreoffice: Callable[[Path, str, Path], Path], world: Snapshot, tmp_path: Path
) -> None:
    path = write_workbook(world, tmp_path / "short.xlsx", about=ABOUT)
    page = libreoffice(path, "pdf", tmp_path).read_bytes()
    # About is longer than a page; Summary, and Actions of four items, need one each if they are not
    # cut in width.
    assert page.count(b"/Type/Page/") + page.count(b"/Type/Page\n") == 4
