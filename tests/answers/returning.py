"""A small organisation whose workbook goes out, is edited with openpyxl, and comes back."""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import openpyxl
import pandas as pd

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.workbook import write_workbook

__all__ = ["AS_OF", "NEW", "World", "saved_on", "small_organisation"]

AS_OF: Final = "2026-10-12"
NEW: Final = "New promised date"
CONFIGURATION: Final = """organisation = "Small & Co"
timezone = "Europe/Berlin"
decisions = "decisions.csv"

[[source]]
path = ["items.csv", "incidents.csv"]
observed_at = 2026-10-12T06:00:00Z

[registry]
teams = "teams.csv"
"""
TEAMS: Final = "team,project,aliases\nPayments,PAY,money\nSearch Index,SEA,\nMail,MAIL,\n"
# Resolved on the day it began. Sev-1 has 15 days, Sev-2 has 30: INC-1 until 2026-07-16, INC-2 until
# 2026-10-16, INC-3 until 2026-09-30, INC-4 until 2026-10-31; Sev-3 has no target. INC-2 names INC-1
# (L1); INC-4 is the return of INC-3 by its service and cause (L2).
INCIDENTS: Final = """incident_id,title,severity,started_at,resolved_at,service,causes,repeat_of
INC-1,Checkout ran out of disk,sev1,2026-07-01T08:00:00Z,2026-07-01T10:00:00Z,checkout,,
INC-2,Order database was lost,sev1,2026-10-01T08:00:00Z,2026-10-01T10:00:00Z,ledger,,INC-1
INC-3,Replicas of the index were gone,sev2,2026-08-31T08:00:00Z,2026-08-31T10:00:00Z,index,upgrade,
INC-4,Search returned nothing,sev2,2026-10-01T08:00:00Z,2026-10-01T10:00:00Z,index,upgrade,
INC-5,Letters were sent twice,sev3,2026-09-01T08:00:00Z,2026-09-01T09:00:00Z,mailer,,
"""
ITEM: Final = {
    "source": "own", "state": "open", "team": "Payments", "incident_id": "INC-1",
    "created_at": "2026-07-02T09:00:00Z", "updated_at": "2026-10-01T09:00:00Z",
}  # fmt: skip
ITEMS: Final[Mapping[str, Mapping[str, str]]] = {
    "PAY-1": {"title": "Alert on a full disk", "promised_on": "2026-10-20"},
    "PAY-2": {"title": "Move the database", "incident_id": "INC-2"},
    "PAY-3": {"title": "=1+1", "state": "done", "closed_at": "2026-09-05T09:00:00Z"},
    "SEA-1": {"title": "Wait for replicas", "incident_id": "INC-4", "team": "Search Index"},
    "SEA-2": {"title": "Show the lag", "incident_id": "INC-3", "team": ""},
    "MAIL-1": {"title": "Send each letter once", "incident_id": "INC-5", "team": "Mail"},
}
DECISIONS: Final = "decided_on,subject,kind,value,until,reason,role,origin\n"


@dataclass(frozen=True)
class World:
    """The folder with its exports, whose rows and decisions a test may change.

    `pristine` is the workbook of the organisation as it is at first, made once for many tests.
    """

    folder: Path
    items: Mapping[str, Mapping[str, str]]
    pristine: Path | None = None

    @property
    def decisions(self) -> Path:
        return self.folder / "decisions.csv"

    def write(self) -> "World":
        rows = [
            ITEM | {"item_id": f"own:{key}", "key": key, "project": key.split("-")[0]} | dict(item)
            for key, item in self.items.items()
        ]
        pd.DataFrame(rows).to_csv(self.folder / "items.csv", index=False)
        return self

    def but(self, key: str, **changed: str) -> "World":
        """The same with a ticket that its tracker has otherwise now."""
        items = dict(self.items) | {key: dict(self.items.get(key, {})) | changed}
        return replace(self, items=items).write()

    def without(self, key: str) -> "World":
        kept = {name: item for name, item in self.items.items() if name != key}
        return replace(self, items=kept).write()

    def decided(self, *rows: str) -> "World":
        """Add lines to the decisions file."""
        held = self.decisions.read_text("utf-8") if self.decisions.exists() else DECISIONS
        self.decisions.write_text(held + "".join(f"{row}\n" for row in rows), "utf-8")
        return self

    def data(self) -> Dataset:
        """What is read now; the organisation as it was at first is read once for many tests."""
        first = self.pristine.parent.parent if self.pristine else self.folder
        if first == self.folder or _files(first) != _files(self.folder):
            return pma.read(self.folder)
        data = _read_once(first)
        return replace(data, settings=replace(data.settings, folder=self.folder))

    def given_out(self, name: str = "workbook.xlsx", *, as_of: str = AS_OF, **about: Any) -> Path:
        """The workbook of a report as of a day."""
        path = self.folder / "out" / name
        path.parent.mkdir(exist_ok=True)
        snapshot = pma.snapshot(self.data(), as_of=as_of, period="2026Q3")
        told = {"organisation": "Small & Co", "as_of": as_of, "period": "2026Q3", **about}
        return write_workbook(snapshot, path, about=told)

    def edited(
        self, answers: Mapping[str, Mapping[str, Any]], name: str = "edited.xlsx", **options: Any
    ) -> Path:
        """A workbook as given out now, with answers by key or `LATER EARLIER` and header."""
        untouched = self.items == ITEMS and not self.decisions.exists()
        given = options.get("given") or (self.pristine if untouched else None) or self.given_out()
        book = openpyxl.load_workbook(given)
        for about, cells in answers.items():
            _fill(book, about, cells)
        if "role" in options:
            book["About"]["B2"].value = options["role"]
        path = self.folder / "back" / name
        path.parent.mkdir(exist_ok=True)
        book.save(path)
        return path


def small_organisation(folder: Path, pristine: Path | None = None) -> World:
    (folder / "pmanalytics.toml").write_text(CONFIGURATION, "utf-8")
    (folder / "incidents.csv").write_text(INCIDENTS, "utf-8")
    (folder / "teams.csv").write_text(TEAMS, "utf-8")
    return World(folder, ITEMS, pristine).write()


def _files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


@cache
def _read_once(folder: Path) -> Dataset:
    return pma.read(folder)


def _fill(book: openpyxl.Workbook, about: str, cells: Mapping[str, Any]) -> None:
    sheet, names = (
        ("Repeats", ("Incident", "Earlier incident")) if " " in about else ("Actions", ("Item",))
    )
    page = book[sheet]
    column = {str(cell.value).removesuffix(" (answer)"): cell.column for cell in page[1]}
    wanted = about.split() if " " in about else [f"own:{about}"]
    for row in range(2, page.max_row + 1):
        if [page.cell(row, column[name]).value for name in names] == wanted:
            for header, value in cells.items():
                cell = page.cell(row, column[header])
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"  # also what begins like a formula
            return
    raise AssertionError(f"{about} has no row")


def saved_on(path: Path, moment: str) -> Path:
    """The same file as a spreadsheet saved it at another moment; openpyxl writes that of now."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    core = parts["docProps/core.xml"].decode()
    core, found = re.subn(r"(<dcterms:modified[^>]*>)[^<]*", rf"\g<1>{moment}", core)
    assert found == 1
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (parts | {"docProps/core.xml": core.encode()}).items():
            archive.writestr(name, content)
    return path
