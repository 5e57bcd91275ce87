"""Summary: its figures worked by hand, its charts as the file holds them, its look at the ends."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.snapshots import Snapshot
from pmanalytics.workbook.summary import cohort

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


def incident(name: str, severity: str, day: str, **more: Any) -> dict[str, Any]:
    times = {"started_at": f"{day}T10:00Z", "resolved_at": f"{day}T11:00Z"}
    return {"incident_id": name, "severity": severity, **times, **more}


def item(name: str, of: str | None, team: str | None, done: str | None = None) -> dict[str, Any]:
    closed = {"state": "done", "closed_at": f"{done}T12:00Z"} if done else {"state": "open"}
    given = {"item_id": name, "key": name, "incident_id": of, "team": team}
    return {**given, "source": "jira", "owners": ["Ada"], **closed}


# By the default policy a Sev-1 item is due after 15 days, a Sev-2 item after 30.
# A of 2026-07-01 (Sev-1): due 07-16; B of 2026-08-01 (Sev-2): due 08-31; C of 2026-10-01: 10-16.
INCIDENTS = [
    incident("A", "sev1", "2026-07-01", product="shop", impact_minutes=30, customers_affected=500),
    incident("B", "sev2", "2026-08-01", product="depots", impact_minutes=90),
    incident("C", "sev1", "2026-10-01", product="shop", impact_minutes=45, customers_affected=20),
]
ITEMS = [
    *(item(f"K-{n}", "A", "core", "2026-07-10") for n in range(7)),  # seven in time
    *(item(f"L-{n}", "A", "core", "2026-07-20") for n in range(2)),  # two late
    item("O-1", "A", "core"),  # overdue
    item("M-1", "B", "web", "2026-08-15"),  # in time
    item("O-2", "B", "web"),  # overdue
    item("P-1", "C", "web"),  # due after the as-of date
    item("N-1", None, None),  # no incident, no team
]
FIGURES = ["Items due", "Done in time", "Open now", "Overdue now"]


@pytest.fixture(scope="module")
def world(dataset: Callable[..., Dataset]) -> Snapshot:
    data = dataset(items=ITEMS, incidents=INCIDENTS, teams=[{"team": "core"}, {"team": "web"}])
    return pma.snapshot(data, as_of="2026-10-10", period="2026Q3")


@pytest.fixture(scope="module")
def written(world: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of this world; no test may change it."""
    return pma.write_workbook(world, tmp_path_factory.mktemp("summary") / "w.xlsx", about={})


def tables(sheet: Worksheet) -> dict[str, dict[str, dict[str, Any]]]:
    """The tables of a sheet from the top, each by its first header, its rows by their names."""
    refs = [table.ref for table in sheet.tables.values()]
    found = {}
    for ref in sorted(refs, key=lambda ref: int(re.findall(r"\d+", ref)[0])):
        header, *rows = ([cell.value for cell in row] for row in sheet[ref])
        found[header[0]] = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    return found


def figures(rows: dict[str, dict[str, Any]]) -> dict[str, list[int]]:
    return {name: [row[header] for header in FIGURES] for name, row in rows.items()}


def test_the_figures_are_those_worked_by_hand(written: Path) -> None:
    found = tables(openpyxl.load_workbook(written)["Summary"])
    assert list(found) == ["Group", "Product area", "Team"]
    assert figures(found["Group"]) == {
        "all items": [12, 8, 4, 2],
        "Sev-1": [10, 7, 2, 1],
        "Sev-2": [2, 1, 1, 1],
        "no severity": [0, 0, 1, 0],
    }
    assert figures(found["Product area"]) == {
        "depots": [2, 1, 1, 1],  # 90 minutes come before 30 + 45
        "shop": [10, 7, 2, 1],
        "no product": [0, 0, 1, 0],
    }
    assert figures(found["Team"]) == {
        "core": [10, 7, 1, 1],
        "web": [2, 1, 2, 1],
        "no team": [0, 0, 1, 0],
    }


def test_shares_come_with_limits_and_not_for_few_items(written: Path) -> None:
    found = tables(openpyxl.load_workbook(written)["Summary"])
    core, web = found["Team"]["core"], found["Team"]["web"]
    assert core["Share kept"] == 0.7
    # All items of core came out of one incident: the design effect widens Wilson's 40% to 89%.
    assert core["Lower limit (95%)"] < 0.3968
    assert core["Upper limit (95%)"] > 0.8922
    assert [web[name] for name in ("Share kept", "Lower limit (95%)", "Upper limit (95%)")] == [
        None, None, None,
    ]  # fmt: skip
    # Severities are no comparison of teams: a share of two items is shown, beside its limits.
    assert found["Group"]["Sev-2"]["Share kept"] == 0.5


def test_what_incidents_cost_is_added_up_where_it_is_known(written: Path) -> None:
    found = tables(openpyxl.load_workbook(written)["Summary"])["Product area"]
    costs = ["Incidents so far", "Minutes affected", "Customers affected"]
    assert [found["shop"][name] for name in costs] == [2, 75, 520]
    # Nobody counted the customers of B: unknown, and not zero.
    assert [found["depots"][name] for name in costs] == [1, 90, None]
    assert [found["no product"][name] for name in costs] == [0, None, None]


def test_the_share_of_a_single_team_is_that_of_all_items(world: Snapshot, tmp_path: Path) -> None:
    path = pma.write_workbook(world.where(team="web"), tmp_path / "w.xlsx", about={})
    found = tables(openpyxl.load_workbook(path)["Summary"])
    assert found["Team"]["web"]["Share kept"] == found["Group"]["all items"]["Share kept"] == 0.5


def test_parts_add_up_to_all_items(q3: Snapshot) -> None:
    table = pma.summary_table(q3)
    counts = ["due", "met", "overdue", "open_items", "with_gap"]
    totals = table.groupby("level")[counts].sum()
    for level in ("severity", "product", "team"):
        assert totals.loc[level].tolist() == totals.loc["organisation"].tolist()
    rates = pma.gap_rates(q3, by="team").query("population == 'open'")
    teams = table[table["level"] == "team"].sort_values("group")
    assert teams["with_gap"].sum() == rates["with_gap"].sum()
    assert sorted(teams["with_gap"]) == sorted(rates["with_gap"])


def charts(path: Path) -> list[ElementTree.Element]:
    with zipfile.ZipFile(path) as parts:
        names = sorted(name for name in parts.namelist() if name.startswith("xl/charts/chart"))
        return [ElementTree.fromstring(parts.read(name)) for name in names]


def title(chart: ElementTree.Element) -> str:
    return "".join(part.text or "" for part in chart.find(f".//{CHART}title").iter() if part.text)


def values(book: openpyxl.Workbook, formula: str) -> list[Any]:
    sheet, _, place = formula.partition("!")
    return [row[0].value for row in book[sheet][place.replace("$", "")]]


def test_charts_say_their_cohort_and_draw_the_cells_of_the_tables(written: Path) -> None:
    book = openpyxl.load_workbook(written)
    found = tables(book["Summary"])
    kept, costs, still_open = charts(written)
    assert title(kept) == (
        "Share of the items due in the third quarter of 2026 that were done in time, with 95% "
        "intervals"
    )
    assert title(costs) == (
        "Minutes for which customers were affected, up to 2026-10-10, by product area"
    )
    assert title(still_open) == (
        "Items that were open on 2026-10-10, and how many of them were overdue, by team"
    )
    drawn = [
        [values(book, reference.text) for reference in chart.iter(f"{CHART}f")]
        for chart in (kept, costs, still_open)
    ]
    shares = [row["Share kept"] for row in found["Group"].values()]
    # Nothing without a severity was due: the last row is not drawn.
    assert shares[:3] in drawn[0]
    assert [90, 75, None] in drawn[1]
    assert {"core", "web", "no team"} == {*drawn[2][0]}
    assert [1, 2, 1] in drawn[2]
    assert [1, 1, 0] in drawn[2]


def test_intervals_reach_from_limit_to_limit(written: Path) -> None:
    book = openpyxl.load_workbook(written)
    rows = list(tables(book["Summary"])["Group"].values())[:3]
    bars = charts(written)[0].find(f".//{CHART}errBars")
    sides = [bars.find(f".//{CHART}{side}") for side in ("plus", "minus")]
    above, below = (values(book, side.find(f".//{CHART}f").text) for side in sides)
    # The chart holds them too, for programs that show a file before they count.
    held = [[float(value.text) for value in side.iter(f"{CHART}v")] for side in sides]
    assert held == [pytest.approx(above), pytest.approx(below)]
    for row, up, down in zip(rows, above, below, strict=True):
        assert row["Share kept"] + up == pytest.approx(row["Upper limit (95%)"])
        assert row["Share kept"] - down == pytest.approx(row["Lower limit (95%)"])
    labels = [text.text for text in charts(written)[0].iter() if " of " in (text.text or "")]
    assert [label for label in labels if len(label) < 10] == ["8 of 12", "7 of 10", "1 of 2"]


def test_every_chart_tells_its_figures_to_those_who_do_not_see_it(written: Path) -> None:
    with zipfile.ZipFile(written) as parts:
        drawing = ElementTree.fromstring(parts.read("xl/drawings/drawing1.xml"))
    said = [frame.get("descr", "") for frame in drawing.iter(f"{DRAWN}cNvPr")]
    assert len(said) == 3
    assert "Sev-1 7 of 10" in said[0]
    assert "depots 90; shop 75" in said[1]
    assert "core 1, 1 overdue" in said[2]


def test_charts_lie_between_the_tables_and_cover_none(written: Path) -> None:
    sheet = openpyxl.load_workbook(written)["Summary"]
    starts = sorted(
        int(number) for table in sheet.tables.values() for number in re.findall(r"\d+", table.ref)
    )
    _, end_of_first, start_of_second, *_ = starts
    with zipfile.ZipFile(written) as parts:
        drawing = ElementTree.fromstring(parts.read("xl/drawings/drawing1.xml"))
    for anchor in drawing:
        first, last = (
            int(anchor.find(f"{DRAWN}{side}/{DRAWN}row").text) for side in ("from", "to")
        )
        # Rows of a drawing count from 0.
        assert end_of_first < first + 1 <= last + 1 < start_of_second


def test_without_anything_to_draw_there_is_no_chart(
    dataset: Callable[..., Dataset], tmp_path: Path
) -> None:
    snapshot = pma.snapshot(dataset(), as_of="2026-10-10", period="2026Q3")
    path = pma.write_workbook(snapshot, tmp_path / "w.xlsx", about={})
    assert charts(path) == []
    found = tables(openpyxl.load_workbook(path)["Summary"])
    assert figures(found["Group"]) == {"all items": [0, 0, 0, 0]}
    assert list(found["Team"]) == ["Nothing was due, and nothing is known to be open."]


def test_of_many_teams_forty_are_drawn_and_all_are_listed(
    dataset: Callable[..., Dataset], tmp_path: Path
) -> None:
    items = [item(f"K-{n}", None, f"team {n:02}") for n in range(60)]
    snapshot = pma.snapshot(dataset(items=items), as_of="2026-10-10")
    path = pma.write_workbook(snapshot, tmp_path / "w.xlsx", about={})
    (chart,) = charts(path)
    assert title(chart).endswith("by team (the first 40 of 60; the table has all)")
    book = openpyxl.load_workbook(path)
    drawn = values(book, chart.find(f".//{CHART}cat//{CHART}f").text)
    assert drawn == [f"team {n:02}" for n in range(40)]
    assert len(tables(book["Summary"])["Team"]) == 60


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2026Q3", "in the third quarter of 2026"),
        ("2026-09", "in September 2026"),
        ("2026", "in 2026"),
        ("2026-W38", "in the week of 2026-09-14"),
        ("2026-07-01..2026-08-15", "from 2026-07-01 to 2026-08-15"),
        (None, "up to 2026-10-10"),
    ],
)
def test_the_cohort_is_said_as_a_reader_would(
    dataset: Callable[..., Dataset], period: str | None, said: str
) -> None:
    assert cohort(pma.snapshot(dataset(), as_of="2026-10-10", period=period)) == said
