"""The workbook of a report and its page say the same: every figure, cell by cell.

The tables that the page shows are read from the CSV files beside it; what the workbook says in
words is put into the codes of those files by the words of the glossary below, written by hand.
"""

import re
from collections.abc import Callable
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

STANDINGS = {
    "done in time": "met", "done late": "late", "open, overdue": "overdue",
    "open, not yet due": "pending", "dropped in time": "dropped_in_time",
    "dropped late": "dropped_late", "no target": "no_target", "cannot be judged": "unknown",
}  # fmt: skip
TIES = {
    "named as a return": "L1", "same service and cause": "L2", "same ticket or text": "L3",
}  # fmt: skip


class Folder:
    """A report folder: the tables of its page, and those of its workbook."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = openpyxl.load_workbook(path / "workbook.xlsx", data_only=True)

    def shown(self, name: str) -> pd.DataFrame:
        """A table of the page."""
        return pd.read_csv(self.path / "tables" / f"{name}.csv", dtype_backend="numpy_nullable")

    def sheet(self, name: str, place: int = 0) -> pd.DataFrame:
        """A table of a sheet, the first one from the top if not said otherwise."""
        page = self.book[name]
        ranges = sorted(
            (table.ref for table in page.tables.values()),
            key=lambda ref: int(re.findall(r"\d+", ref)[0]),
        )
        header, *rows = ([cell.value for cell in row] for row in page[ranges[place]])
        return pd.DataFrame(rows, columns=header).convert_dtypes()

    def summary(self, header: str) -> pd.DataFrame:
        """The table of Summary whose first column is called so."""
        tables = (self.sheet("Summary", n) for n in range(len(self.book["Summary"].tables)))
        (found,) = [table for table in tables if table.columns[0] == header]
        return found.set_index(header)


def same(ours: Any, theirs: Any) -> None:
    """Two columns hold the same values; numbers to nine digits."""
    pairs = zip(list(ours), list(theirs), strict=True)
    for one, other in pairs:
        if pd.isna(one) or pd.isna(other):
            assert pd.isna(one) == pd.isna(other), (one, other)
        elif isinstance(one, (int, float)):
            assert one == pytest.approx(float(other), rel=1e-9)
        else:
            assert str(one)[:10] == str(other) if hasattr(one, "year") else str(one) == str(other)


SUBJECTS = {"quarterly": {}, "team": {"team": "Platform"}, "product": {"product": "shop"}}


@pytest.fixture(scope="module")
def made(
    tmp_path_factory: pytest.TempPathFactory, played: Callable[..., Any]
) -> Callable[[str], Folder]:
    """The quarterly report, a team's and a product area's, all of the sample, each made once."""

    @cache
    def make(name: str) -> Folder:
        place = tmp_path_factory.mktemp(name)
        day = {"as_of": "2026-10-12", "period": "2026Q3"}
        played(name, output=str(place), **day, **SUBJECTS[name])
        return Folder(place)

    return make


@pytest.fixture
def folder(request: pytest.FixtureRequest, made: Callable[[str], Folder]) -> Folder:
    """One of these reports: those that show the tables in question."""
    return made(request.param)


def of(*names: str) -> pytest.MarkDecorator:
    """Run a test on the reports whose pages show what it compares."""
    return pytest.mark.parametrize("folder", names, indirect=True)


@of("quarterly", "team")
def test_what_was_kept_is_what_the_page_says(folder: Folder) -> None:
    shown = folder.shown("attainment_by_severity")
    shown.index = shown["severity"].str.replace("sev", "Sev-").fillna("no severity")
    ours = folder.summary("Group")
    assert set(ours.index[(ours["Items due"] > 0)]) - {"all items"} == set(shown.index)
    ours_here = ours.loc[shown.index]
    for header, column in {
        "Items due": "due", "Done in time": "met", "Share kept": "attainment",
        "Lower limit (95%)": "low", "Upper limit (95%)": "high",
    }.items():  # fmt: skip
        same(ours_here[header], shown[column])
    assert ours.loc["all items", "Items due"] == shown["due"].sum()
    assert ours.loc["all items", "Done in time"] == shown["met"].sum()


@of("quarterly", "team", "product")
def test_what_is_open_is_what_the_lists_behind_the_page_hold(folder: Folder) -> None:
    # items.csv holds all that the report counts.
    items = folder.shown("items")
    items = items[items["state"].eq("open") | items["standing"].eq("overdue")]
    gaps = folder.sheet("Gaps")["Item"].dropna()
    tables = {"Group": "severity", "Team": "team"}
    for header, column in tables.items():
        ours = folder.summary(header)
        named = items[column].str.replace("sev", "Sev-") if column == "severity" else items[column]
        groups = named.fillna(f"no {column}")
        is_open, late = items["state"].eq("open"), items["standing"].eq("overdue")
        unclear = items["item_id"].isin(gaps)
        for name, row in ours.drop(index="all items", errors="ignore").iterrows():
            here = groups.eq(name)
            assert row["Open now"] == (here & is_open).sum(), name
            assert row["Overdue now"] == (here & late).sum(), name
            assert row["Open, with an ownership gap"] == (here & unclear).sum(), name
    total = folder.summary("Group").loc["all items"]
    assert total["Open now"] == items["state"].eq("open").sum()
    assert total["Overdue now"] == items["standing"].eq("overdue").sum()
    assert total["Open, with an ownership gap"] == gaps.nunique()


@of("quarterly")
def test_teams_are_those_of_the_page(folder: Folder) -> None:
    shown = folder.shown("funnel_by_team").assign(team=lambda t: t["team"].fillna("no team"))
    ours = folder.summary("Team")
    ours = ours[(ours["Items due"] > 0).to_numpy()].loc[shown["team"]]
    same(ours["Items due"], shown["due"])
    same(ours["Share kept"], shown["attainment"])
    late = folder.shown("overdue_by_team").assign(team=lambda t: t["team"].fillna("no team"))
    for team, count in late.groupby("team")["overdue"].sum().items():
        assert folder.summary("Team").loc[team, "Overdue now"] == count


@of("product")
def test_product_areas_are_those_of_their_page(folder: Folder) -> None:
    shown = folder.shown("product_threats")
    ours = folder.summary("Product area").loc[shown["product"]]
    for header, column in {
        "Incidents so far": "incidents", "Minutes affected": "impact_minutes",
        "Customers affected": "customers_affected", "Open now": "open_items",
        "Overdue now": "overdue_items",
    }.items():  # fmt: skip
        same(ours[header], shown[column])


@of("quarterly", "team")
def test_gaps_are_those_of_the_page(folder: Folder, glossary: dict[str, str]) -> None:
    shown = folder.shown("ownership_gaps")
    ours = folder.sheet("Gaps")
    ours = ours.assign(code=ours["Ownership gap"].map(glossary)).sort_values(["Item", "code"])
    shown = shown.sort_values(["item_id", "code"])
    assert ours["code"].notna().all()
    same(ours["Severity"].str.replace("Sev-", "sev"), shown["severity"])
    same(ours["Standing"].map(STANDINGS), shown["standing"])
    for header, column in {
        "Item": "item_id", "code": "code", "What shows it": "evidence", "Team": "team",
        "Service": "service", "Project": "project",
    }.items():  # fmt: skip
        same(ours[header], shown[column])


@pytest.fixture(scope="module")
def glossary() -> dict[str, str]:
    """The code of each gap by its words."""
    return {
        "only in a document, no ticket": "no_ticket",
        "nobody: no person, no team": "no_owner",
        "a person, but no team": "person_only",
        "assigned to a person who left": "owner_inactive",
        "its service has no owner": "service_unowned",
        "its service has several owners": "multi_owned",
        "its team does not own the service": "team_conflict",
        "ticket in another team's project": "wrong_project",
        "its team is not in the registry": "unknown_team",
        "ownership not confirmed for a year": "stale_registry",
    }


@of("quarterly", "team", "product")
def test_repeats_are_those_of_the_page(folder: Folder) -> None:
    pair = ["Incident", "Earlier incident"]
    ours = folder.sheet("Repeats")
    ours = ours[ours["What ties them"].isin(list(TIES))].sort_values(pair)
    shown = folder.shown("repeats").sort_values(["incident_id", "repeat_of"])
    assert len(shown) > 0
    same(ours["What ties them"].map(TIES), shown["level"])
    for header, column in {
        "Incident": "incident_id", "Earlier incident": "repeat_of",
        "Days between": "days_between", "Service": "service", "Shared cause": "cause",
        "Items of the earlier one open then": "open_before", "Of these overdue": "overdue_before",
    }.items():  # fmt: skip
        same(ours[header], shown[column])


@of("quarterly", "team", "product")
def test_actions_say_of_each_item_what_the_page_says(folder: Folder) -> None:
    items = folder.shown("items").set_index("item_id")
    ours = folder.sheet("Actions").set_index("Item")
    still_open = set(items.index[items["state"].eq("open")])
    assert still_open
    assert still_open <= set(ours.index)
    theirs = items.loc[ours.index]
    # Of an item that was closed by its date no days are left, and none are over.
    early = theirs["closed_on"].notna() & theirs["days_over"].le(0).fillna(value=False)
    theirs = theirs.assign(days_over=theirs["days_over"].mask(early))
    same(ours["Standing"].map(STANDINGS), theirs["standing"])
    for header, column in {
        "Policy date": "due_on", "Days over or left": "days_over", "Closed": "closed_on",
        "Team": "team", "Service": "service", "Incident": "incident_id",
    }.items():  # fmt: skip
        same(ours[header], theirs[column])
    late = folder.shown("oldest_overdue").set_index("item_id")
    same(ours.loc[late.index, "Days over or left"], late["days_over"])
    same(ours.loc[late.index, "Policy date"], late["due_on"])


@of("quarterly", "team", "product")
def test_chances_are_those_of_the_page(folder: Folder) -> None:
    shown = folder.shown("at_risk").set_index("item_id")
    ours = folder.sheet("Actions").set_index("Item")
    assert len(shown) > 0
    same(ours.loc[shown.index, "Missed, of items like it"], shown["chance"])
    assert ours["Missed, of items like it"].drop(index=shown.index).isna().all()
    same(-ours.loc[shown.index, "Days over or left"], shown["days_left"])


def test_the_page_itself_shows_the_figures_of_summary(quarterly: Path) -> None:
    page = (quarterly / "report.html").read_text()
    section = page[page.index('id="attainment-by-severity"') :]
    table = section[section.index("<table") : section.index("</table>")]
    # A narrow table stands on its side: a row for each figure, a column for each severity.
    head, *rows = [
        [unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells]
        for row in table.split("</tr>")
        if (cells := re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL))
    ]
    shown = pd.DataFrame([row[1:] for row in rows], columns=head[1:], index=[r[0] for r in rows])
    ours = Folder(quarterly).summary("Group")
    assert len(shown.columns) >= 3
    for name, told in shown.items():
        row = ours.loc[name]
        assert told["due"] == f"{row['Items due']:.0f}"
        assert told["done in time"] == f"{row['Done in time']:.0f}"
        assert told["kept"] == f"{100 * row['Share kept']:.0f}%"
        low, high = row["Lower limit (95%)"], row["Upper limit (95%)"]
        assert told["95% interval"] == f"{100 * low:.0f}–{100 * high:.0f}%"
