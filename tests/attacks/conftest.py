"""What is attacked: a whole report on naughty titles, and a whole run on the sample."""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from pmanalytics import cli
from pmanalytics.reporting.reports import report
from tests.conftest import ROOT
from tests.naughty import naughty_folder
from tests.reporting.conftest import chromium, made_once, notebooks, quarterly

__all__ = ["chromium", "made_once", "notebooks", "quarterly"]

Make = Callable[[str, Callable[[Path], Path]], Path]


@pytest.fixture(scope="session")
def naughty(made_once: Make, chromium: Any) -> Path:
    """The folder of a whole quarterly report on naughty titles, with its PDF."""

    def make(place: Path) -> Path:
        config = naughty_folder(place / "exports")
        asked = {"as_of": "2026-10-12", "period": "2026Q3", "output": place / "reports"}
        return report(config=config, pdf=True, **asked)  # type: ignore[arg-type]

    return made_once("naughty", make)


@pytest.fixture(scope="session")
def seen(naughty: Path, chromium: Any, made_once: Make) -> tuple[str, dict[str, Any]]:
    """What a browser made of the page, and the log of its network."""

    def browse(place: Path) -> Path:
        place.mkdir()
        network = ("--host-resolver-rules=MAP * ~NOTFOUND", f"--log-net-log={place / 'log.json'}")
        page = chromium(naughty / "report.html", "--dump-dom", *network)
        (place / "page.html").write_text(page)
        return place

    place = made_once("browsed", browse)
    return (place / "page.html").read_text(), json.loads((place / "log.json").read_text())


def e_mail(person: str) -> str:
    """The address of a person of the sample, in which none is written."""
    return f"{person.casefold().replace(' ', '.')}@example.com"


def with_e_mails(sample: Path, folder: Path) -> Path:
    """A copy of the sample in which every person has an e-mail, and every third ticket names it."""
    shutil.copytree(sample, folder)
    people = pd.read_csv(folder / "people.csv", dtype="str", keep_default_na=False)
    people["aliases"] += ";" + people["person"].map(e_mail)
    people.to_csv(folder / "people.csv", index=False)
    export = (folder / "jira-2026-10.csv").read_text("utf-8")
    for person in sorted({*people["person"]})[::3]:
        export = export.replace(person, e_mail(person))
    (folder / "jira-2026-10.csv").write_text(export, "utf-8")
    return folder


def said(*words: object) -> str:
    """All that a command prints."""
    told, aside, before = StringIO(), StringIO(), sys.argv
    sys.argv = ["pmanalytics", *map(str, words)]
    try:
        with redirect_stdout(told), redirect_stderr(aside), suppress(SystemExit):
            cli.main()
    finally:
        sys.argv = before
    return told.getvalue() + aside.getvalue()


def answered(workbook: Path, edited: Path) -> Path:
    """The workbook as a reader sends it back: a promise and a note about every item."""
    book = openpyxl.load_workbook(workbook)
    sheet = book["Actions"]
    header = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, header["Item"]).value:
            sheet.cell(row, header["New promised date (answer)"]).value = "2026-12-24"
            sheet.cell(row, header["Note (answer)"]).value = "asked for again"
    book.save(edited)
    return edited


@pytest.fixture(scope="session")
def full_run(made_once: Make, chromium: Any) -> Path:
    """A folder with everything that a run on the sample gives out.

    `reports` holds the quarterly report with its PDF, `said` what the other verbs print; `exports`
    is what it was made of.
    """

    def make(place: Path) -> Path:
        config = with_e_mails(ROOT / "data" / "sample", place / "exports") / "pmanalytics.toml"
        made = report(config=config, period="2026Q3", output=place / "reports", pdf=True)
        edited = answered(made / "workbook.xlsx", place / "edited.xlsx")
        asked = ("--config", config)
        apply = ("workbook", "apply", edited, *asked, "--on", "2026-10-14")
        verbs: dict[str, tuple[object, ...]] = {
            "check": ("check", *asked),
            "history": ("history", "PAY-142", *asked),
            "owners": ("owners", *asked),
            "policy": ("policy", *asked),
            "trial": ("policy", *asked, "--try", "sev1=20"),
            "metrics.json": ("metrics", *asked, "--period", "2026Q3", "--format", "json"),
            "apply": apply,
            "jira.csv": (*apply, "--for", "jira_csv"),
            "github.sh": (*apply, "--for", "github"),
            "read": ("read", *asked),
            "agenda": ("agenda", _an_incident(made), *asked),
        }
        (place / "said").mkdir()
        for name, words in verbs.items():
            (place / "said" / name).write_text(said(*words), "utf-8")
        return place

    return made_once("full_run", make)


def _an_incident(made: Path) -> str:
    """An incident with open items, about which an agenda has something to ask."""
    items = pd.read_csv(made / "tables" / "items.csv", dtype="str")
    open_ones = items[items["state"].eq("open") & items["incident_id"].notna()]
    return str(open_ones["incident_id"].str.split(";").str[0].value_counts().index[0])


@pytest.fixture(scope="session")
def fired(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], set[str]]:
    """Open a page in a browser; the marks that the scripts in it left on its root."""

    def opened(page: str) -> set[str]:
        path = tmp_path_factory.mktemp("page") / "page.html"
        path.write_text(page, "utf-8")
        root = re.search(r"<html[^>]*>", chromium(path, "--dump-dom"))
        return set(re.findall(r"data-fired-(\w+)", root[0])) if root else set()

    return opened


@pytest.fixture(scope="session")
def machine() -> tuple[str, ...]:
    """The names by which this machine and its folders are known."""
    home = str(Path.home())
    return tuple({str(Path.cwd()), str(ROOT), os.uname().nodename, "/tmp/", home} - {"/"})
